"""The real lists published one after the other: the deltas equal what comparing the files says, without anything of kstep."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kstep.store import Database
from lists_in_use import ANN, BEN, Node
from real_data import real_data

OFAC = ("2019-01", "2021-07", "2024-05")
UN = ("consolidated-2025.xml", "consolidated-2026-02-27.xml")

# Clauses of OFAC's remarks that say nothing of who somebody is.
ABOUT_NOBODY = (
    "Secondary sanctions risk", "Linked To", "(Linked To", "Additional Sanctions Information",
    "Transactions Prohibited For Persons", "Digital Currency", "alt. Digital Currency", "Phone", "Email", "Website", "Fax",
)  # fmt: skip
# The same said in other words: a misspelling that was mended, and two countries under another name.
SAME = {
    "Identificiation": "Identification",
    "Cabo Verde.  Previously Cape Verde.": "Cabo Verde",
    "Macedonia, The Former Yugoslav Republic of": "North Macedonia, The Republic of",
}

# Elements of the UN's individuals that say nothing of who somebody is.
NOT_READ = {
    "LAST_DAY_UPDATED", "INDIVIDUAL_ADDRESS", "VERSIONNUM", "DESIGNATION", "TITLE", "SUBMITTED_BY", "SORT_KEY",
    "SORT_KEY_LAST_MOD", "LIST_TYPE", "COMMENTS1",
}  # fmt: skip


class Compared(NamedTuple):
    """Ids that one file has more than the other, that differ, and that it has no more."""

    added: set[str]
    changed: set[str]
    removed: set[str]


def ofac_people(folder: Path) -> dict[str, Any]:
    """What the files say of each individual, by its number."""

    def rows(name: str) -> list[list[str]]:
        if not (folder / name).exists():
            return []
        text = (folder / name).read_text(encoding="utf-8-sig").replace("\x1a", "")
        for said, same in SAME.items():
            text = text.replace(said, same)
        return [
            ["" if cell.strip() == "-0-" else cell.strip() for cell in row]
            for row in csv.reader(text.splitlines())
            if row
        ]

    said = {row[0]: (row[3], {row[1]: None}, [row[11]]) for row in rows("sdn.csv") if row[2] == "individual"}
    for row in rows("alt.csv"):
        if row[0] in said:
            said[row[0]][1].setdefault(row[3])  # a name that is there already says nothing new
    for row in rows("sdn_comments.csv"):
        if row[0] in said:
            said[row[0]][2].append(row[1])
    return {
        number: (programmes, list(names), [clause for text in "".join(remarks).split(";")
                                           if (clause := text.strip().rstrip(".")) and not clause.startswith(ABOUT_NOBODY)])
        for number, (programmes, names, remarks) in said.items()
    }  # fmt: skip


def un_people(path: Path) -> dict[str, Any]:
    """What the file says of each individual, by its reference."""
    found = {}
    for individual in ElementTree.parse(path).getroot().iter("INDIVIDUAL"):
        said = [
            (part.tag, inner.tag, " ".join(inner.text.split()))
            for part in individual
            if part.tag not in NOT_READ
            for inner in part.iter()
            if inner.text and inner.text.strip()
        ]
        found[(individual.findtext("REFERENCE_NUMBER") or "").strip()] = said
    return found


def compared(before: Mapping[str, Any], now: Mapping[str, Any]) -> Compared:
    both = before.keys() & now.keys()
    return Compared(
        set(now.keys() - both), {entry for entry in both if before[entry] != now[entry]}, set(before.keys() - both)
    )


def told(node: Node, name: str, since: int, until: int) -> Compared:
    by_change: dict[str, set[str]] = {"added": set(), "changed": set(), "removed": set(), "renumbered": set()}
    for change in node.editions.changes(name, since, until):
        by_change[change.change].add(change.source_id or change.source_id_before or "")
    assert by_change["renumbered"] == set()
    return Compared(by_change["added"], by_change["changed"], by_change["removed"])


@pytest.fixture
def ofac(node: Node) -> Node:
    folder = real_data() / "ofac-sdn"
    node.register("ofac", "ofac-sdn", country="US", authority="Office of Foreign Assets Control")
    outcomes = [node.editions.publish(ANN, "ofac", "ofac-sdn", folder / OFAC[0])]
    # The comments beside the list of 2021 lack the end mark that those beside the list of 2019 have: a person has to look.
    held = node.editions.publish(ANN, "ofac", "ofac-sdn", folder / OFAC[1])
    assert held.reasons == (
        {"reason": "may be cut off", "detail": "without the end mark that the one in force has: sdn_comments.csv"},
    )
    outcomes.append(node.editions.release(BEN, "ofac", held.number, "the rows of sdn.csv are whole"))
    outcomes.append(node.editions.publish(ANN, "ofac", "ofac-sdn", folder / OFAC[2]))
    assert [outcome.state for outcome in outcomes] == ["published"] * 3
    return node


def test_three_editions_of_ofac_change_what_comparing_the_files_says(ofac: Node) -> None:
    people = [ofac_people(real_data() / "ofac-sdn" / name) for name in OFAC]
    sizes = []
    for since, until in ((1, 2), (2, 3), (1, 3)):
        files, deltas = compared(people[since - 1], people[until - 1]), told(ofac, "ofac", since, until)
        assert deltas == files
        sizes.append(tuple(map(len, deltas)))
    assert sizes[:2] == [(852, 61, 77), (2725, 213, 491)]
    for number, folder in enumerate(OFAC, 1):
        kept = ofac.editions.edition("ofac", number)
        assert kept.told["persons"] == len(people[number - 1]) == kept.told["rows"]["individual"], folder
        assert kept.told["stated"] is None
    assert {kept.entry.entry_id for kept in ofac.editions.entries("ofac", 1)} == people[0].keys()
    live = ofac.dump()
    ofac.ledger.rebuild()
    assert ofac.dump() == live


def test_numbers_of_ofacs_entries_stay(ofac: Node) -> None:
    numbers = [
        {kept.entry.entry_id: kept.number for kept in ofac.editions.entries("ofac", number)} for number in (1, 2, 3)
    ]
    for before, now in ((numbers[0], numbers[1]), (numbers[1], numbers[2])):
        assert {entry: now[entry] for entry in before.keys() & now.keys()} == {
            entry: before[entry] for entry in before.keys() & now.keys()
        }
    assert len({number for found in numbers for number in found.values()}) == len(
        {entry for found in numbers for entry in found}
    )


def test_two_editions_of_the_un_change_what_comparing_the_files_says(node: Node) -> None:
    node.register("un", "un")
    for name in UN:
        assert node.editions.publish(ANN, "un", "un", real_data() / "un" / name).state == "published"
    people = [un_people(real_data() / "un" / name) for name in UN]
    assert told(node, "un", 1, 2) == compared(*people)
    assert tuple(map(len, compared(*people))) == (50, 8, 4)
    current = node.editions.current("un")
    assert current is not None
    assert (current.told["source_date"], current.told["persons"], current.told["left_out"]["entity"]) == (
        "2026-02-27",
        730,
        273,
    )
    older = node.editions.publish(ANN, "un", "un", real_data() / "un" / UN[0])
    assert [reason["reason"] for reason in older.reasons] == [
        "an earlier edition again",
        "older than the edition in force",
    ]


def test_half_of_a_real_list_is_held(database: Database, tmp_path: Path) -> None:
    node = Node.begin(database, tmp_path)
    node.register("un", "un")
    whole = (real_data() / "un" / UN[0]).read_bytes()
    assert node.editions.publish(ANN, "un", "un", real_data() / "un" / UN[0]).state == "published"
    (tmp_path / "cut.xml").write_bytes(whole[: len(whole) // 2])
    assert node.editions.publish(ANN, "un", "un", tmp_path / "cut.xml").reasons[0]["reason"] == "cannot be read"
    tree = ElementTree.fromstring(whole)
    individuals = tree.find("INDIVIDUALS")
    assert individuals is not None
    for individual in list(individuals)[::2]:
        individuals.remove(individual)
    (tmp_path / "half.xml").write_bytes(ElementTree.tostring(tree))
    (reason,) = node.editions.publish(ANN, "un", "un", tmp_path / "half.xml").reasons
    assert reason == {"reason": "many are gone", "detail": "342 of 684, more than 1/3"}
