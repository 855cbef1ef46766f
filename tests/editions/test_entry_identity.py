"""Entries keep kstep's numbers when the source gives them other ids, and nobody gets the number of somebody else."""

from __future__ import annotations

from lists_in_use import Node, crowd, person

ANNA = person("Anna Quill", "1980-02-03", "passport:NO:K8812345")
BORIS = person("Boris Vane", "1971", aliases="Борис Вейн")


def after(
    node: Node, before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]
) -> tuple[dict[str, int], dict[str, int]]:
    """kstep's numbers before and after, by the source's ids."""
    node.register(most_removed="1/1")
    node.force(before)
    numbers = node.numbers()
    node.force(now)
    return numbers, node.numbers()


def test_same_content_under_another_id_keeps_its_number(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": ANNA, "B": BORIS}, crowd(3) | {"X": ANNA, "Y": BORIS})
    assert (now["X"], now["Y"]) == (before["A"], before["B"])
    assert [(change.change, change.compared) for change in node.editions.changes("own", 1)] == [
        ("renumbered", False)
    ] * 2


def test_two_new_ids_with_the_same_content_are_in_doubt(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": ANNA}, crowd(3) | {"X": ANNA, "Y": ANNA})
    assert {now["X"], now["Y"]}.isdisjoint(before.values())
    assert before["A"] in node.editions.withdrawn("own")


def test_two_old_ids_with_the_same_content_are_in_doubt(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": ANNA, "B": ANNA}, crowd(3) | {"X": ANNA})
    assert now["X"] not in before.values()


def test_copy_of_an_entry_that_stays_is_another(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": ANNA}, crowd(3) | {"A": ANNA, "X": ANNA})
    assert now["A"] == before["A"]
    assert now["X"] not in before.values()


def test_swapped_ids_follow_the_people(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": ANNA, "B": BORIS}, crowd(3) | {"A": BORIS, "B": ANNA})
    assert (now["A"], now["B"]) == (before["B"], before["A"])


def test_ids_that_count_rows_follow_the_people(node: Node) -> None:
    """A row goes, and all below move up."""
    rows = list(crowd(8).values())
    before, now = after(
        node,
        {str(number): row for number, row in enumerate(rows)},
        {str(number): row for number, row in enumerate(rows[:2] + rows[3:])},
    )
    assert now == {str(number): before[str(number + (number >= 2))] for number in range(7)}
    assert node.editions.withdrawn("own") == {before["2"]: 2}


def test_swapped_ids_of_people_who_share_a_name_stay_with_the_ids(node: Node) -> None:
    """Father and son: who is who is in doubt, so the source's word stands, and both are shown as changed."""
    son = ANNA | {"birth_date": "2001", "documents": ""}
    before, now = after(node, crowd(3) | {"A": ANNA, "B": son}, crowd(3) | {"A": son, "B": ANNA})
    assert now == before
    assert [change.change for change in node.editions.changes("own", 1)] == ["changed", "changed"]


def test_updated_entry_is_not_lost_to_a_copy_of_what_it_was(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": ANNA}, crowd(3) | {"A": ANNA | {"aliases": "Ania"}, "X": ANNA})
    assert now["A"] == before["A"]
    assert now["X"] not in before.values()


def test_same_document_under_another_id_keeps_its_number(node: Node) -> None:
    now_called = person("Ann Quille", "1980", "passport:NO:k-8812345")
    before, now = after(node, crowd(3) | {"A": ANNA}, crowd(3) | {"X": now_called})
    assert now["X"] == before["A"]
    (change,) = node.editions.changes("own", 1)
    assert (change.change, change.source_id_before, change.source_id, change.compared) == ("renumbered", "A", "X", True)


def test_same_names_and_birth_date_under_another_id_keep_their_number(node: Node) -> None:
    before, now = after(
        node, crowd(3) | {"B": BORIS}, crowd(3) | {"Y": BORIS | {"sex": "M", "documents": "visa:RU:770011"}}
    )
    assert now["Y"] == before["B"]


def test_same_document_of_two_new_ids_is_in_doubt(node: Node) -> None:
    brothers = {"X": ANNA | {"name": "Ann Quille"}, "Y": ANNA | {"name": "Anne Quille"}}
    before, now = after(node, crowd(3) | {"A": ANNA}, crowd(3) | brothers)
    assert {now["X"], now["Y"]}.isdisjoint(before.values())


def test_document_that_stays_with_somebody_else_is_in_doubt(node: Node) -> None:
    holder = person("Carl Quill", "2003", ANNA["documents"])
    before, now = after(
        node, crowd(3) | {"A": ANNA, "C": holder}, crowd(3) | {"C": holder, "X": ANNA | {"name": "Ann Quille"}}
    )
    assert now["C"] == before["C"]
    assert now["X"] not in before.values()


def test_same_document_with_another_birth_date_is_another(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": ANNA}, crowd(3) | {"X": ANNA | {"birth_date": "1955"}})
    assert now["X"] not in before.values()


def test_short_number_says_too_little(node: Node) -> None:
    short = {"documents": "other::1234"}
    before, now = after(node, crowd(3) | {"A": ANNA | short}, crowd(3) | {"X": ANNA | short | {"name": "Ann Quille"}})
    assert now["X"] not in before.values()


def test_name_alone_says_too_little(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": person("Muhammad Ali")}, crowd(3) | {"X": person("Muhammad Ali")})
    assert now["X"] not in before.values()


def test_name_that_changes_under_its_id_is_the_same_entry(node: Node) -> None:
    before, now = after(node, crowd(3) | {"A": person("Muhammad Ali")}, crowd(3) | {"A": person("Mohamed Aly")})
    assert now == before


def test_entry_that_returns_has_its_number_again(node: Node) -> None:
    before, _ = after(node, crowd(3) | {"A": ANNA}, crowd(3))
    node.publish(crowd(3) | {"A": ANNA | {"sex": "F"}, "Z": BORIS})
    assert node.numbers()["A"] == before["A"]
    assert node.numbers()["Z"] == max(before.values()) + 1
    assert node.editions.withdrawn("own") == {}
    assert node.editions.editions("own")[-1].told["returned"] == 1


def test_withdrawn_number_is_never_given_to_another(node: Node) -> None:
    before, _ = after(node, crowd(3) | {"A": ANNA}, crowd(3))
    node.publish(crowd(3) | {"B": BORIS})
    assert node.numbers()["B"] not in before.values()


def test_order_of_rows_says_nothing(node: Node) -> None:
    rows = crowd(5)
    before, now = after(node, rows, dict(reversed(rows.items())))
    assert now == before
    assert node.editions.changes("own", 1) == []
