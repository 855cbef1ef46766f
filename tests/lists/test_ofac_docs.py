"""docs/lists-ofac.md: its figures are those of the real lists, and every field and label of the readers is on it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from kstep.lists import read_list
from kstep.lists.ofac_documents import DOCUMENT_LABELS, NOT_IDENTITY
from kstep.lists.ofac_remarks import Clause
from kstep.lists.ofac_schema import ADVANCED, PLAIN, REFERENCE_VALUES
from real_data import real_data

PAGE = (Path(__file__).parents[2] / "docs" / "lists-ofac.md").read_text(encoding="utf-8")


def test_every_field_of_the_schemas_and_every_label_is_on_the_page() -> None:
    names = set(DOCUMENT_LABELS) | set(NOT_IDENTITY) | set(REFERENCE_VALUES)
    for table in (PLAIN.children, ADVANCED.attributes, ADVANCED.children):
        names |= {name for parent, children in table.items() if not parent.endswith("Values") for name in children}
    names -= {name for name in names if name.endswith("Values")}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_every_figure_on_the_page_is_that_of_the_real_lists() -> None:
    said = {cells[0]: [int(cell.replace(",", "")) for cell in cells[1:]] for cells in _rows() if len(cells) == 4}
    found: dict[str, list[int]] = {label: [] for label in said}
    for dated in ("2019-01", "2021-07", "2024-05"):
        edition = read_list("ofac-sdn", real_data() / "ofac-sdn" / dated)
        notes = re.findall(r"([\d,]+) ([a-z ]+)", edition.notes[-1])
        counts = Counter(edition.rows) + Counter({label: int(count.replace(",", "")) for count, label in notes})
        counts["clauses of individuals"] = counts.pop("clauses")
        for name, kinds in (("sdn.csv", ("individual", "entity", "vessel", "aircraft")), ("alt.csv", ("alias of",)),
                            ("add.csv", ("address of",))):  # fmt: skip
            counts[f"rows of `{name}`"] = sum(edition.rows[kind] for kind in edition.rows if kind.startswith(kinds))
        counts["entries"] = len(edition.entries)
        identities = [entry.identity for entry in edition.entries]
        for field in ("birth_dates", "birth_places", "nationalities", "sexes", "documents"):
            counts[field.replace("_", " ")] = sum(len(getattr(identity, field)) for identity in identities)
        counts += Counter(f"names: {name.quality}" for identity in identities for name in identity.names)
        counts += Counter(f"left out: {reason.reason}" for reason in edition.left_out)
        counts["unknown clauses, columns, types"] = sum(edition.unknown.values())
        for label, figures in found.items():
            figures.append(counts[label])
    assert found == said
    assert {kind.value for kind in Clause} <= set(said)


def _rows() -> list[list[str]]:
    """The rows of the tables of three figures, without the one whose last file does not exist."""
    lines = [line for line in PAGE.splitlines() if re.search(r"\| \**[\d,]+\** \|$", line)]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]
