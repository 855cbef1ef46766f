"""Small UN lists for tests, of invented people: one individual from a few elements, read back as an edition."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from kstep.lists import Edition, read_list

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def element(name: str, *children: str, **fields: str) -> str:
    """An XML element of `fields` (in capitals, as the publisher writes them) and of `children`."""
    inner = "".join(f"<{field.upper()}>{escape(value)}</{field.upper()}>" for field, value in fields.items())
    return f"<{name}>{inner}{''.join(children)}</{name}>"


def individual(*children: str, **fields: str) -> str:
    """An individual called VARDO PLUMWRIGHT, XXi.001, unless `fields` say otherwise."""
    given = {"dataid": "1", "first_name": "VARDO", "second_name": "PLUMWRIGHT", "reference_number": "XXi.001"} | fields
    return element("INDIVIDUAL", *children, **{name: value for name, value in given.items() if value})


def alias(name: str, quality: str = "Good", **fields: str) -> str:
    """An alias element."""
    return element("INDIVIDUAL_ALIAS", quality=quality, alias_name=name, **fields)


def consolidated(*individuals: str, entities: str = "") -> str:
    """A whole list."""
    return (
        f'{HEAD}<CONSOLIDATED_LIST dateGenerated="2025-03-04T00:00:09.554Z"><INDIVIDUALS>{"".join(individuals)}'
        f"</INDIVIDUALS><ENTITIES>{entities}</ENTITIES></CONSOLIDATED_LIST>"
    )


def read(folder: Path, text: str | bytes) -> Edition:
    """The edition of a list with this text."""
    path = folder / "consolidated.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_list("un", path)
