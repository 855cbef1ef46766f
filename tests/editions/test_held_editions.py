"""What looks wrong is held, with its reasons, until a named person who did not bring it says that it is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.editions.errors import EditionsError
from kstep.editions.publishing import Outcome
from kstep.ledger.service import By
from kstep.synth import write_list
from lists_in_use import ANN, BEN, Node, crowd, person
from un_list import consolidated, individual


def reasons(outcome: Outcome) -> list[str]:
    return [reason["reason"] for reason in outcome.reasons]


def un(node: Node, text: str) -> Outcome:
    path = node.folder / "consolidated.xml"
    path.write_text(text, encoding="utf-8")
    return node.editions.publish(ANN, "un", "un", path)


def people(*numbers: int) -> str:
    return "".join(individual(dataid=str(number), reference_number=f"XXi.{number:03d}") for number in numbers)


def dated(day: str, *numbers: int) -> str:
    return consolidated(people(*numbers)).replace("2025-03-04", day)


@pytest.mark.parametrize(("left", "state"), [(4, "published"), (3, "held")])
def test_more_than_a_third_gone_is_held(node: Node, left: int, state: str) -> None:
    """Of six, two are a third, and three are more."""
    node.register()
    node.publish(crowd(6))
    outcome = node.publish(crowd(left))
    assert outcome.state == state
    assert reasons(outcome) == (["many are gone"] if state == "held" else [])
    assert node.editions.registered("own").current == (2 if state == "published" else 1)


def test_share_that_may_go_is_the_sources(node: Node) -> None:
    node.register(most_removed="1/10")
    node.publish(crowd(20))
    assert node.publish(crowd(18)).state == "published"
    assert reasons(node.publish(crowd(16))) == ["many are gone"]


def test_entries_that_only_got_other_ids_are_not_gone(node: Node) -> None:
    node.register()
    node.publish(crowd(6))
    assert node.publish({f"N{entry}": said for entry, said in crowd(6).items()}).counts["renumbered"] == 6


def test_older_date_is_held(node: Node) -> None:
    node.register("un", "un")
    assert un(node, dated("2025-03-04", 1, 2, 3)).state == "published"
    outcome = un(node, dated("2025-03-03", 1, 2, 3, 4))
    assert outcome.reasons == (
        {"reason": "older than the edition in force", "detail": "of 2025-03-03, and the one in force of 2025-03-04"},
    )
    assert un(node, dated("2025-03-04", 1, 2, 3, 5)).state == "published"


def test_earlier_edition_is_held(node: Node) -> None:
    node.register()
    node.publish(crowd(5))
    node.publish(crowd(6))
    outcome = node.publish(crowd(5))
    assert reasons(outcome) == ["an earlier edition again"]
    assert node.editions.release(BEN, "own", outcome.number, "the issuer took it back").state == "published"
    assert set(node.numbers().values()) == {1, 2, 3, 4, 5}


def test_list_that_breaks_off_is_held_and_cannot_be_released(node: Node) -> None:
    node.register("un", "un")
    whole = dated("2025-03-04", 1, 2, 3)
    un(node, whole)
    outcome = un(node, whole.replace("2025-03-04", "2025-03-05")[:-40])
    assert reasons(outcome) == ["cannot be read"]
    assert str(node.folder) not in outcome.reasons[0]["detail"]
    assert "is not whole XML" in outcome.reasons[0]["detail"]
    with pytest.raises(EditionsError, match="the edition 2 of un cannot be released"):
        node.editions.release(BEN, "un", outcome.number, "looks fine")
    assert node.happened().count("ListArrived") == 1
    node.editions.reject(BEN, "un", outcome.number, "broken off")
    assert un(node, whole).state == "unchanged"


@pytest.mark.parametrize("content", ["", "<html></html>", "\0\0\0", "<CONSOLIDATED_LIST", "[" * 10_000])
def test_what_is_no_list_is_held(node: Node, content: str) -> None:
    node.register("un", "un")
    assert reasons(un(node, content)) == ["cannot be read"]
    assert reasons(un(node, content)) == ["cannot be read"]
    assert node.happened() == ["ListSourceRegistered", "EditionHeld"]
    assert node.editions.current("un") is None


def test_nobody_on_a_list_is_held(node: Node) -> None:
    node.register("un", "un")
    assert reasons(un(node, consolidated())) == ["nobody is on it"]


def test_another_kind_is_held(node: Node) -> None:
    node.register("un", "un")
    un(node, dated("2025-03-04", 1, 2, 3))
    write_list(node.folder / "made.csv", "table", 5, seed=1)
    outcome = node.editions.publish(ANN, "un", "table", node.folder / "made.csv")
    assert reasons(outcome) == ["many are gone", "of another kind"] or reasons(outcome) == [
        "of another kind",
        "many are gone",
    ]


def test_other_count_than_stated_is_held(node: Node) -> None:
    sample = Path(__file__).parents[1] / "lists" / "samples" / "ofac-xml" / "plain.xml"
    text = sample.read_text(encoding="utf-8")
    node.register("sdn", "ofac-xml")
    path = node.folder / "sdn.xml"
    path.write_text(text, encoding="utf-8")
    outcome = node.editions.publish(ANN, "sdn", "ofac-xml", path)
    current = node.editions.current("sdn")
    assert current is not None
    says, holds = current.told["stated"]
    assert (outcome.state, says) == ("published", holds)
    path.write_text(text.replace(f"<Record_Count>{says}<", f"<Record_Count>{says + 1}<"), encoding="utf-8")
    outcome = node.editions.publish(ANN, "sdn", "ofac-xml", path)
    assert outcome.reasons == (
        {"reason": "not as many records as it says", "detail": f"it says {says + 1} and holds {holds}"},
    )


def test_source_that_states_no_count_is_told_so(node: Node) -> None:
    node.register("un", "un")
    un(node, dated("2025-03-04", 1, 2, 3))
    current = node.editions.current("un")
    assert current is not None
    assert current.told["stated"] is None


def test_file_that_lost_its_end_mark_is_held(node: Node) -> None:
    node.register("sdn", "ofac-sdn")
    write_list(node.folder / "sdn", "ofac-sdn", 30, seed=2)
    for name in ("sdn.csv", "alt.csv", "add.csv"):
        file = node.folder / "sdn" / name
        file.write_bytes(file.read_bytes().rstrip(b"\x1a\r\n") + b"\r\n\x1a")
    assert node.editions.publish(ANN, "sdn", "ofac-sdn", node.folder / "sdn").state == "published"
    file = node.folder / "sdn" / "alt.csv"
    file.write_bytes(b"".join(file.read_bytes().rstrip(b"\x1a\r\n").splitlines(keepends=True)[:-1]))
    outcome = node.editions.publish(ANN, "sdn", "ofac-sdn", node.folder / "sdn")
    assert [reason["detail"] for reason in outcome.reasons] == [
        "without the end mark that the one in force has: alt.csv"
    ]


def test_who_brought_an_edition_cannot_release_it(node: Node) -> None:
    node.register()
    node.publish(crowd(6))
    held = node.publish(crowd(1))
    with pytest.raises(EditionsError, match="account:1 brought the edition 2 of own; somebody else has to release it"):
        node.editions.release(ANN, "own", held.number, "fine")
    node.publish(crowd(1), by=BEN)
    with pytest.raises(EditionsError, match="somebody else has to release it"):
        node.editions.release(ANN, "own", held.number, "fine")
    with pytest.raises(EditionsError, match="system:kstep is no person"):
        node.editions.release(By("system:kstep", "x"), "own", held.number, "fine")
    with pytest.raises(EditionsError, match="a reason is a text"):
        node.editions.release(BEN, "own", held.number, " ")
    assert node.editions.registered("own").current == 1
    outcome = node.editions.release(BEN, "own", held.number, "asked the issuer")
    assert (outcome.state, outcome.counts["removed"]) == ("published", 5)
    kept = node.editions.edition("own", held.number)
    assert (kept.brought_by, kept.settled_by, reasons_of(kept.reasons)) == ("account:1", "account:2", ["many are gone"])
    assert node.happened()[-2:] == ["EditionReleased", "EditionPublished"]


def reasons_of(told: tuple[dict[str, str], ...]) -> list[str]:
    return [reason["reason"] for reason in told]


def test_held_edition_is_held_once(node: Node) -> None:
    node.register()
    node.publish(crowd(6))
    first, again = node.publish(crowd(1)), node.publish(crowd(1))
    assert (again.state, again.number, again.reasons) == ("held", first.number, first.reasons)
    assert node.happened().count("EditionHeld") == 1


def test_rejected_edition_does_not_come_back_by_itself(node: Node) -> None:
    node.register()
    node.publish(crowd(6))
    held = node.publish(crowd(1))
    node.editions.reject(ANN, "own", held.number, "the issuer's mistake")
    again = node.publish(crowd(1), by=BEN)
    assert (again.state, node.editions.registered("own").current) == ("rejected", 1)
    with pytest.raises(EditionsError, match="is rejected, not held"):
        node.editions.reject(BEN, "own", held.number, "once more")
    assert node.editions.release(BEN, "own", held.number, "it was right after all").state == "published"


def test_list_that_moved_on_leaves_what_is_held_behind(node: Node) -> None:
    node.register()
    node.publish(crowd(6))
    held = node.publish(crowd(1))
    node.publish(crowd(7))
    with pytest.raises(EditionsError, match="has moved on to its edition 3; reject 2, or publish its file again"):
        node.editions.release(BEN, "own", held.number, "fine")


def test_edition_in_force_is_not_settled(node: Node) -> None:
    node.register()
    node.publish(crowd(2))
    with pytest.raises(EditionsError, match="is published, not held"):
        node.editions.release(BEN, "own", 1, "fine")
    with pytest.raises(EditionsError, match="has no edition 9"):
        node.editions.release(BEN, "own", 9, "fine")


def test_damaged_file_of_a_held_edition_is_not_released(node: Node) -> None:
    node.register()
    node.publish(crowd(6))
    held = node.publish(crowd(1))
    (node.folder / "editions" / "own" / held.edition / "list.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(EditionsError, match="is not what it was"):
        node.editions.release(BEN, "own", held.number, "fine")


HOSTILE = ["a\u202eb", "x" * 5_000, "' OR 1=1 --", "../../etc", "\U0001f600", "a\u0301", "[red]"]


def test_hostile_ids_are_kept_as_they_are(node: Node) -> None:
    node.register()
    outcome = node.publish(
        {hostile: person(f"Hostile {number}", str(1940 + number)) for number, hostile in enumerate(HOSTILE)}
    )
    assert outcome.state == "published"
    assert len(node.numbers()) == outcome.counts["added"]
    live = node.dump()
    node.ledger.rebuild()
    assert node.dump() == live


def test_nul_in_an_id_breaks_nothing(node: Node) -> None:
    node.register("ftm", "ftm")
    path = node.folder / "list.ftm.json"
    path.write_text(
        '{"id": "Q\\u0000-1", "schema": "Person", "properties": {"name": ["A\\u0000 B"]}}\n', encoding="utf-8"
    )
    outcome = node.editions.publish(ANN, "ftm", "ftm", path)
    assert outcome.reasons == ({"reason": "cannot be read", "detail": "an id holds the character NUL"},)
