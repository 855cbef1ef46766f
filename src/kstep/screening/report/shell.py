"""What every page of kstep is set in: its templates, its style, and the policy that lets nothing else in."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from kstep.screening.report import embedded, words

if TYPE_CHECKING:
    from jinja2 import Environment


def policy(style: str, script: str = "") -> str:
    """The content security policy: our own style and script by hash, an icon that is data, nothing from anywhere."""
    scripts = f"script-src {_hash(script)}; " if script else ""
    return (
        f"default-src 'none'; {scripts}style-src {_hash(style)}; img-src data:; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def assembled(package: str, folder: str, names: Sequence[str]) -> str:
    """Files of a package's folder, one after the other."""
    here = files(package) / folder
    return "".join((here / name).read_text("utf-8") for name in names)


@functools.cache
def environment(*packages: str) -> Environment:
    """Where the templates of `packages` are, the first one that has a template giving it.

    Whatever they show is escaped, and what is invisible in it is written out.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        finalize=embedded.visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        count=words.count,
        large=words.large,
        bits=words.signed,
        plain=words.plain,
        chance=words.chance,
        odds=words.odds,
        number=words.number,
        share=words.share,
    )
    return made
