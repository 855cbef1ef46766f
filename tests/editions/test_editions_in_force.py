"""An edition comes in force whole and once, says what it changed, and is found again as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kstep.editions.errors import EditionsError
from kstep.editions.source import ListSource
from kstep.ledger.segments import leaves_of, read_rows
from kstep.ledger.verifier import Tree
from kstep.lists import read_list
from kstep.model import InputError
from kstep.model.events import EditionPublished
from kstep.store import Database
from kstep.synth import write_list
from lists_in_use import ANN, BEN, DAY, SECOND, START, Node, crowd, person


def test_first_edition_adds_everyone(node: Node) -> None:
    node.register()
    outcome = node.publish(crowd(5))
    assert (outcome.state, outcome.number) == ("published", 1)
    assert outcome.counts == {"added": 5, "changed": 0, "removed": 0, "renumbered": 0}
    assert node.numbers() == {f"E-{number}": number + 1 for number in range(5)}
    assert node.happened() == ["ListSourceRegistered", "ListArrived", "EditionPublished"]


def test_edition_says_what_it_added_changed_and_removed_with_fields(node: Node) -> None:
    node.register()
    rows = crowd(6)
    node.publish(rows)
    changed = rows["E-1"] | {"birth_date": "1941-01-03", "nationality": "MT"}
    later = {entry: said for entry, said in rows.items() if entry != "E-4"} | {
        "E-1": changed,
        "E-9": person("Una Nova"),
    }
    outcome = node.publish(later)
    assert outcome.counts == {"added": 1, "changed": 1, "removed": 1, "renumbered": 0}
    with node.database.read() as connection:
        told = [fact.fact for fact in node.ledger.read(connection, types=[EditionPublished])][-1]
        assert isinstance(told, EditionPublished)
        (found,) = read_rows(connection, node.ledger.vault, told.segment["id"])
        tree = Tree()
        for leaf in leaves_of(connection, told.segment["id"]):
            tree.add(leaf)
    assert (told.segment["rows"], told.segment["root"]) == (tree.size, tree.root().hex())
    rows_told = {row.row["change"]: row.row for row in found}
    assert rows_told["changed"]["fields"] == {
        "birth_dates": [[["1941-01-02", "1941-01-02", False]], [["1941-01-03", "1941-01-03", False]]],
        "nationalities": [[], ["MT"]],
    }
    assert (rows_told["removed"]["entry"], rows_told["removed"]["source_id_before"]) == (5, "E-4")
    assert (rows_told["added"]["entry"], rows_told["added"]["content"]["names"][0][0]) == (7, "Una Nova")
    assert (told.added, told.changed, told.removed, told.persons) == (1, 1, 1, 6)
    assert told.previous == node.editions.edition("own", 1).edition
    assert told.entries_root == read_list("table", node.editions.stored("own", 2).path).entries_root
    assert node.editions.withdrawn("own") == {5: 2}


def test_publishing_twice_changes_nothing(node: Node) -> None:
    node.register()
    first = node.publish(crowd(4))
    before = node.dump()
    again = node.publish(crowd(4))
    assert (again.state, again.edition, again.number) == ("unchanged", first.edition, first.number)
    after = node.dump()
    arrived = after.pop("editions_lists"), before.pop("editions_lists")
    assert after == before
    assert [line[:4] for line in arrived[0]] == [line[:4] for line in arrived[1]], (
        "only when it arrived last is otherwise"
    )
    assert node.happened()[-2:] == ["EditionPublished", "ListArrived"]
    assert [path.name for path in (node.folder / "editions" / "own").iterdir()] == [first.edition]


def test_past_edition_is_found_as_it_was(node: Node) -> None:
    node.register()
    rows = crowd(6)
    node.publish(rows)
    node.publish(
        {entry: said for entry, said in rows.items() if entry != "E-0"} | {"E-1": person("Someone Else", "1990")}
    )
    node.file({"E-7": person("The file is another by now")})
    assert [kept.entry.entry_id for kept in node.editions.entries("own", 1)] == list(rows)
    assert [kept.number for kept in node.editions.entries("own", 2)] == [2, 3, 4, 5, 6]
    stored = node.editions.stored("own", 1)
    assert read_list(stored.kind, stored.path).id == node.editions.edition("own", 1).edition
    stored.path.write_bytes(b"{}")
    with pytest.raises(EditionsError, match=r"list\.jsonl is not what it was; restore it from a backup"):
        node.editions.stored("own", 1)


def test_damaged_files_are_mended_by_publishing_the_same_again(node: Node) -> None:
    node.register(most_removed="1/1")
    node.publish(crowd(3))
    node.editions.stored("own", 1).path.unlink()
    node.publish(crowd(4))
    outcome = node.force(crowd(3))
    assert (outcome.state, outcome.number) == ("published", 3)
    assert node.editions.stored("own", 1) == node.editions.stored("own", 3)


def test_what_changed_between_any_two_editions(node: Node) -> None:
    node.register(most_removed="1/1")
    rows = crowd(4)
    node.publish(rows)
    node.publish(rows | {"E-1": rows["E-1"] | {"programmes": "X"}, "E-8": person("Una Nova", "1980")})
    node.publish(rows | {"E-2": rows["E-2"] | {"name": "Tarek Other"}})
    said = {
        (since, until): [
            (change.entry, change.change, change.compared) for change in node.editions.changes("own", since, until)
        ]
        for since, until in ((1, 2), (2, 3), (1, 3), (None, 3), (3, 3), (1, None))
    }
    assert said[1, 2] == [(2, "changed", False), (5, "added", True)]
    assert said[2, 3] == [(2, "changed", False), (3, "changed", True), (5, "removed", True)]
    assert said[1, 3] == said[1, None] == [(3, "changed", True)]
    assert said[None, 3] == [(number, "added", True) for number in (1, 2, 3, 4)]
    assert said[3, 3] == []
    with pytest.raises(EditionsError, match="came after"):
        node.editions.changes("own", 3, 1)


def test_entries_carry_their_country_and_when_they_are_due_for_review(node: Node) -> None:
    node.register(country="MT", authority="Made-up Office", review_days=365)
    rows = crowd(3)
    node.publish(rows)
    node.clock.pass_seconds(DAY)
    node.publish(rows | {"E-1": person("Ingrid Changed", "1941")})
    due = START // SECOND + 365 * DAY
    found = node.editions.entries("own", 2)
    assert [kept.country for kept in found] == ["MT", "MT", "MT"]
    assert [(kept.review or 0) // SECOND for kept in found] == [due, due + DAY, due]
    assert [(kept.review or 0) // SECOND for kept in node.editions.entries("own", 1)] == [due, due, due]


def test_errors_in_entries_stay_open_until_answered(node: Node) -> None:
    node.register()
    node.publish(crowd(3))
    report = node.editions.report_error(ANN, "own", 2, "the year of birth is another's", "Made-up Office")
    other = node.editions.report_error(ANN, "own", 3, "left in 2020", "Made-up Office")
    assert [(error.report, error.entry, error.what) for error in node.editions.open_errors("own")] == [
        (report, 2, "the year of birth is another's"), (other, 3, "left in 2020"),
    ]  # fmt: skip
    node.publish(crowd(4))
    node.editions.answer_error(BEN, report, "mended in the next edition")
    assert [error.report for error in node.editions.open_errors("own")] == [other]
    with pytest.raises(EditionsError, match=f"no report of an error is open under the number {report}"):
        node.editions.answer_error(BEN, report, "again")
    with pytest.raises(EditionsError, match="never had an entry 99"):
        node.editions.report_error(ANN, "own", 99, "x", "y")


def test_what_is_rebuilt_equals_what_was_live(node: Node) -> None:
    node.register(cadence=DAY)
    rows = crowd(9)
    node.publish(rows)
    node.editions.declare_consumers(ANN, "own", ["border"])
    node.editions.acknowledge(ANN, "own", 1, "border")
    node.publish(dict(list(rows.items())[:2]))
    node.editions.release(BEN, "own", 2, "asked the issuer")
    node.publish({"E-0": rows["E-0"]})
    node.editions.reject(ANN, "own", 3, "broken")
    node.publish({"N-0": rows["E-0"], "E-1": rows["E-1"] | {"sex": "F"}, "E-5": rows["E-5"]})
    node.editions.report_error(ANN, "own", 1, "x", "y")
    node.editions.change(ANN, ListSource(list="own", kind="table", cadence=2 * DAY))
    node.clock.pass_seconds(9 * DAY)
    node.editions.overdue(ANN)
    live = node.dump()
    assert all(live.values())
    node.ledger.rebuild()
    assert node.dump() == live


def test_two_lists_do_not_meet(node: Node) -> None:
    for name in ("own", "other"):
        node.register(name)
    node.publish(crowd(3))
    node.publish(crowd(2), list="other")
    node.publish({"E-1": crowd(2)["E-1"]} | crowd(2), list="other")
    assert [len(node.numbers(name)) for name in ("own", "other")] == [3, 2]
    assert node.numbers("other") == {"E-1": 2, "E-0": 1}


@pytest.mark.parametrize("kind", ["un", "ofac-sdn", "ofac-xml", "eu", "uk", "ftm", "table"])
def test_list_of_every_kind_is_published_and_reconciled(node: Node, kind: str) -> None:
    source = sample(kind, node.folder)
    node.register("any", kind)
    outcome = node.editions.publish(ANN, "any", kind, source)
    assert (outcome.state, outcome.reasons) == ("published", ())
    found = read_list(kind, source)
    current = node.editions.current("any")
    assert current is not None
    assert (current.edition, current.told["persons"], current.told["rows"]) == (
        found.id,
        len(found.entries),
        found.rows,
    )
    assert [kept.entry for kept in node.editions.entries("any", 1)] == list(found.entries)


def sample(kind: str, folder: Path) -> Path:
    samples = Path(__file__).parents[1] / "lists" / "samples"
    found = {
        "ofac-xml": "ofac-xml/plain.xml",
        "eu": "eu/full.csv",
        "uk": "uk/conlist.csv",
        "ftm": "ftm/entities.ftm.json",
    }
    if kind in found:
        return samples / found[kind]
    path = folder / ("made.csv" if kind == "table" else "made")
    write_list(path, kind, 20, seed=4)
    return path


@pytest.mark.parametrize("path", [".", "gone.jsonl", "sheet.xlsx"])
def test_file_that_is_not_there_is_told(node: Node, path: str) -> None:
    node.register()
    with pytest.raises((InputError, EditionsError)) as told:
        node.editions.publish(ANN, "own", "table", node.folder / path)
    assert "\n" not in str(told.value)
    assert node.happened() == ["ListSourceRegistered"]


def test_list_that_was_never_registered_is_told(node: Node) -> None:
    with pytest.raises(EditionsError, match=r"there is no list 'own'; register it first"):
        node.publish(crowd(1))
    node.register()
    with pytest.raises(EditionsError, match="there is a list 'own' already"):
        node.register()


PEOPLE = st.dictionaries(
    st.sampled_from(["E-1", "E-2", "E-3", "E-4"]),
    st.builds(
        person,
        st.sampled_from(["Ann Lee", "Bo Ek", "Ann Ek"]),
        st.sampled_from(["", "1980", "1971-02-03"]),
        st.sampled_from(["", "passport:NO:K8812345"]),
    ),
    min_size=1,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(editions=st.lists(PEOPLE, min_size=1, max_size=4))
def test_deltas_lead_from_each_edition_to_the_next(
    tmp_path_factory: pytest.TempPathFactory, editions: list[dict[str, dict[str, str]]]
) -> None:
    """Whatever the lists say, the deltas add up to what is in force, no number stands for two, and replay gives the same."""
    from kstep.app import schema

    folder = tmp_path_factory.mktemp("law")
    database = Database.open(f"sqlite:///{folder / 'kstep.db'}")
    schema.upgrade(database)
    node = Node.begin(database, folder)
    node.register(most_removed="1/1")
    for rows in editions:
        node.force(rows)
        numbers = node.numbers()
        assert set(numbers) == set(rows)
        assert len(set(numbers.values())) == len(rows)
    present: dict[int, str | None] = {}
    for kept in node.editions.editions("own"):
        for change in node.editions.changes("own", kept.previous, kept.number):
            assert present.pop(change.entry, None) == change.source_id_before
            if change.source_id is not None:
                present[change.entry] = change.source_id
    assert present == {number: entry for entry, number in node.numbers().items()}
    live = json.dumps(node.dump())
    node.ledger.rebuild()
    assert json.dumps(node.dump()) == live
    database.close()
