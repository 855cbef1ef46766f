"""`kstep files compare`: what a reviewer sees for and against a possible match."""

from __future__ import annotations

from command_line import write_rows
from files_kept import OFFICER, REVIEWER, Kept, known
from kstep.model.events import MarkedItemRead


def test_reviewer_sees_what_speaks_for_and_against_each_possible_match(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3)
    pairing = kept.pairing(3)
    (told,) = kept.told("files", "compare", "P000003", as_=REVIEWER)
    assert (told["pairing"], told["entry"]) == (pairing, "E3")
    assert sum(round(1000 * row["bits"]) for row in told["evidence"]) == round(1000 * told["bits"])
    assert {"name", "birth_date"} <= {row["field"] for row in told["evidence"]}
    shown = kept.run("files", "compare", "P000003", "--pairing", pairing, as_=REVIEWER).out
    assert shown.startswith(f"{pairing}: ")
    assert "speaks" in shown
    refused = kept.run("files", "compare", "P000003", "--pairing", "own#999", as_=REVIEWER, code=2).err
    assert refused == f"kstep: P000003: 'own#999' is no possible match that stands in the file; there are: {pairing}\n"
    assert kept.told("files", "compare", "P000004", as_=REVIEWER) == []


def test_what_is_a_possible_match_no_more_is_told(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3)
    pairing = kept.pairing(3)
    rows = [{"entry_id": "E3", **known(9)}]
    kept.run("lists", "publish", f"table={write_rows(kept.folder / 'own.jsonl', rows)}", "--list", "own")
    ended = kept.run("files", "compare", "P000003", as_=REVIEWER)
    assert ended.out == ""
    assert ended.told[-1].startswith(f"kstep: {pairing}: there is nothing to compare")


def test_that_it_was_read_is_recorded(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3)
    before = len(kept.home.told(MarkedItemRead))
    kept.run("files", "compare", "P000003", as_=OFFICER)
    assert len(kept.home.told(MarkedItemRead)) == before + 2
