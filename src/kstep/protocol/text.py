"""Reading YAML as plain values, with the line of each: text stays text (`on`, `no` and dates too), and nothing is said twice.

Of YAML only what a policy officer writes is read: mappings, lists, text, whole numbers, true and false; no anchors, no tags.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from kstep.model import InputError, one_line
from kstep.protocol.wrong import wrong_in

MOST_BYTES = 1 << 20
At = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """What is written without quotes is text, but for whole numbers, true and false."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - this is how the library is told
        first: [
            (tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:null")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Text:
    """A text that was read: its values, and where each of them stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.source = text
        self.lines: dict[At, int] = {}
        self._seen: set[int] = set()
        try:
            node = yaml.compose(text, _Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise InputError(
                f"is no YAML: {one_line(error.problem or 'it cannot be read', 120)}",
                where=f"{name}, line {mark.line + 1}" if mark else name,
                mend="mend the indentation or the quotes there",
            ) from None
        except (yaml.YAMLError, RecursionError) as error:
            deep = isinstance(error, RecursionError)
            what = "it is nested too deep" if deep else "it holds a character that no text has"
            raise InputError(f"is no YAML: {what}", where=name, mend="write it as docs/protocol.md shows") from None
        if not isinstance(node, yaml.MappingNode):
            raise InputError("holds no fields", where=name, mend="write it as docs/protocol.md shows")
        self.values: dict[str, Any] = self._plain(node, ())

    @classmethod
    def read(cls, path: Path) -> Text:
        """Raises `InputError`."""
        try:
            if path.stat().st_size > MOST_BYTES:
                raise InputError("is larger than 1 MiB", where=str(path), mend="a protocol is a few pages of text")
            return cls(str(path), path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise InputError(f"is no UTF-8 at byte {error.start:,}", where=str(path), mend="save it as UTF-8") from None
        except OSError as error:
            mend = "give the path of a file that can be read"
            raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend=mend) from None

    def where(self, at: At) -> str:
        """Where a value stands, in words: the file, the line and the field."""
        known = next((self.lines[at[:end]] for end in range(len(at), 0, -1) if at[:end] in self.lines), 1)
        return f"{self.name}, line {known}: {'.'.join(map(str, at))}" if at else self.name

    def _plain(self, node: yaml.Node, at: At) -> Any:
        self.lines[at] = node.start_mark.line + 1
        if id(node) in self._seen:
            raise InputError("is an alias (*name)", where=self.where(at), mend="write it out")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Any] = {}
            for key, value in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else None
                if name is None:
                    raise InputError("has a field whose name is no text", where=self.where(at), mend="name it")
                self.lines[*at, name] = key.start_mark.line + 1
                if name in found:
                    raise InputError("is said twice", where=self.where((*at, name)), mend="keep one of the two")
                found[name] = self._plain(value, (*at, name))
            return found
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(value, (*at, place)) for place, value in enumerate(node.value)]
        return self._scalar(node, at)

    def _scalar(self, node: yaml.Node, at: At) -> Any:
        tag, value = node.tag, str(node.value)
        if tag == "tag:yaml.org,2002:int":
            try:
                return int(value)
            except ValueError:
                return value
        if tag == "tag:yaml.org,2002:null":
            return None
        if tag != "tag:yaml.org,2002:str":
            raise InputError(f"has the tag {one_line(tag, 40)}", where=self.where(at), mend="write it without a tag")
        return {"true": True, "false": False}.get(value, value) if not getattr(node, "style", None) else value


_LENGTH = "write it like 30 minutes, 4 hours or 2 days"
_FORMS: dict[str | int, str] = {
    "within": _LENGTH,
    "at_most": _LENGTH,
    "lasts": _LENGTH,
    "ends": _LENGTH,
    "late": "write it like 1 hour before, when due or 4 hours after",
    "hours": "write it like 09:00-17:00",
    "happens": "write it like 2 hours or 2027-03-01T09:00",
    "begins": "write it like 2027-03-01T09:00",
}
"""How what stands in some fields is written."""

_MENDS = {
    "missing": "add it",
    "extra_forbidden": "take it out, or mend its spelling",
    "literal_error": "choose one of those",
    "list_type": "write it as a list: [one, another]",
}


def told(text: Text, error: ValidationError) -> InputError:
    """The first thing that is wrong with a text, where it stands, and the mend."""
    first = error.errors(include_url=False, include_input=False)[0]
    found: object = text.values
    at: list[str | int] = []
    for part in first["loc"]:  # the library also names its own types there
        inner = found.get(str(part)) if isinstance(found, dict) else None
        if isinstance(found, list) and isinstance(part, int) and part < len(found):
            inner = found[part]
        if inner is None and part != first["loc"][-1]:
            continue
        at.append(part)
        found = inner
    if first["type"] == "string_pattern_mismatch":
        mend = next((_FORMS[part] for part in reversed(at) if part in _FORMS), "use small letters, digits and hyphens")
        return InputError(f"{one_line(str(found), 40)!r} is not written so", where=text.where(tuple(at)), mend=mend)
    what = one_line(wrong_in(first), 160)
    mend = _MENDS.get(first["type"], "mend it")
    return InputError(what, where=text.where(tuple(at)), mend=mend)


__all__ = ["MOST_BYTES", "Text", "told"]
