"""Default deny, and one policy: what filters a list and what checks one item is the same expression, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, SmallInteger, Table, Text, delete, insert, select, text

from kstep.access.account import Account, Eligibility, Grant, second_person
from kstep.access.policy import COLUMNS, Always, Among, And, AtMost, Expression, Item, Never, OpenTo, Or, Within
from kstep.access.roles import ACTIONS, ROLES, WORKING
from kstep.access.service import MOST_CODES
from kstep.model.markings import Level, Marking
from kstep.store import Database

on_one_table = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)

CODES = st.frozensets(st.sampled_from(["A", "AB", "B", "B-1", "C"]))
OFFICES = st.sampled_from(["", "NYC", "nyc", "NY", "БЕРЛИН", "a'b%_"])
MARKINGS = st.builds(Marking, st.sampled_from(Level), CODES, st.none() | CODES)
ITEMS = st.builds(Item, st.just("person:1"), OFFICES, MARKINGS)
ELIGIBLE = st.builds(Eligibility, st.sampled_from(Level), CODES, CODES)
GRANTS = st.frozensets(st.builds(Grant, st.sampled_from([*ROLES, "king"]), OFFICES), max_size=5)
ACCOUNTS = st.builds(Account, st.integers(1, 3), st.just(""), st.booleans(), GRANTS, ELIGIBLE)
SOME_ACTIONS = st.sampled_from([*ACTIONS, "people.adopt"])
ALLOWING = Account(
    1, "", True, frozenset(Grant(role) for role in ROLES), Eligibility(Level.TOP_SECRET, frozenset({"A"}))
)

things = Table(
    "things",
    MetaData(),
    Column("place", Integer, primary_key=True),
    Column("office", Text),
    Column("level", SmallInteger),
    Column("categories", Text),
    Column("audience", Text),
)


@pytest.fixture
def table(database: Database) -> Iterator[Database]:
    """A database with a table of items."""
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("RESET ROLE"))
        things.create(connection)
        if not database.is_sqlite:
            connection.execute(text("GRANT ALL ON things TO PUBLIC"))
    database.close()
    yield database


def let_through(database: Database, rows: list[dict[str, Any]], rule: Expression) -> set[int]:
    """The places of those of these rows that the filter lets through."""
    with database.write() as connection:
        connection.execute(delete(things))
        connection.execute(insert(things), [{"place": place, **row} for place, row in enumerate(rows)])
        return set(connection.execute(select(things.c.place).where(rule.sql(things.c))).scalars())


@on_one_table
@given(account=ACCOUNTS, action=SOME_ACTIONS, items=st.lists(ITEMS, min_size=1, max_size=20))
def test_filter_and_check_agree(table: Database, account: Account, action: str, items: list[Item]) -> None:
    checked = [account.may(action, item) for item in items]
    assert all(decision.reason for decision in checked)
    seen = let_through(table, [item.values for item in items], account.rule(action))
    assert seen == {place for place, decision in enumerate(checked) if decision.allowed}
    assert account.may_somewhere(action).allowed >= any(decision.allowed for decision in checked)


HELD = (
    st.none()
    | st.text("/AB*-", max_size=8)
    | CODES.map(lambda held: "/" + "".join(f"{code}/" for code in sorted(held)))
)
ROWS = st.fixed_dictionaries(
    {"office": st.none() | OFFICES, "level": st.none() | st.integers(-1, 5), "categories": HELD, "audience": HELD}
)
RULES = st.recursive(
    st.just(Always())
    | st.just(Never("no"))
    | st.builds(Among, st.just("no"), st.just("office"), st.frozensets(OFFICES))
    | st.builds(AtMost, st.just("no"), st.just("level"), st.integers(-1, 5))
    | st.builds(Within, st.just("no"), st.sampled_from(["categories", "audience"]), CODES)
    | st.builds(OpenTo, st.just("no"), st.sampled_from(["categories", "audience"]), CODES),
    lambda some: st.builds(And, st.lists(some, max_size=3)) | st.builds(Or, st.lists(some, max_size=3)),
    max_leaves=6,
)


@on_one_table
@given(rule=RULES, rows=st.lists(ROWS, min_size=1, max_size=20))
def test_both_readings_of_any_expression_agree(table: Database, rule: Expression, rows: list[dict[str, Any]]) -> None:
    """Also where a row holds what no item declares, or nothing."""
    assert let_through(table, rows, rule) == {place for place, row in enumerate(rows) if rule.holds(row)}
    assert all(rule.why_not(row) for row in rows if not rule.holds(row))


@on_one_table
@given(account=ACCOUNTS, action=SOME_ACTIONS, item=ITEMS, more=CODES)
def test_what_is_marked_higher_is_seen_by_no_more(
    table: Database, account: Account, action: str, item: Item, more: frozenset[str]
) -> None:
    marking = item.marking
    higher = [
        replace(marking, categories=marking.categories | more),
        replace(marking, level=Level(min(marking.level + 1, Level.TOP_SECRET))),
        replace(marking, audience=more if marking.audience is None else marking.audience & more),
    ]
    rows = [replace(item, marking=raised).values for raised in (marking, *higher)]
    seen = let_through(table, rows, account.rule(action))
    assert 0 in seen or not seen


@pytest.mark.parametrize("action", [*ACTIONS, "people.adopt", ""])
@given(item=ITEMS, eligible=ELIGIBLE)
def test_nothing_is_allowed_without_a_role(action: str, item: Item, eligible: Eligibility) -> None:
    nobody = Account(1, "", eligibility=eligible)
    closed = replace(ALLOWING, active=False, eligibility=eligible)
    unknown = replace(nobody, grants=frozenset({Grant("king"), Grant("")}))
    for account in (nobody, closed, unknown):
        assert not account.may(action, item).allowed
        assert not account.may(action).allowed
        assert not account.may_somewhere(action).allowed


@given(item=ITEMS, account=ACCOUNTS)
def test_what_nobody_declared_is_denied_to_everybody(item: Item, account: Account) -> None:
    assert not account.may("people.adopt", item).allowed
    assert not ALLOWING.may("people.adopt", item).allowed


@given(account=ACCOUNTS, action=st.sampled_from(list(ACTIONS)), item=ITEMS)
def test_no_role_bypasses_a_marking(account: Account, action: str, item: Item) -> None:
    if account.may(action, item).allowed:
        marking, held = item.marking, account.eligibility
        assert marking.level <= held.level
        assert marking.categories <= held.categories
        assert marking.audience is None or marking.audience & held.audiences


@given(account=ACCOUNTS, action=SOME_ACTIONS, one=ITEMS, other=ITEMS)
def test_refusal_does_not_tell_how_an_item_is_marked(account: Account, action: str, one: Item, other: Item) -> None:
    """Items that fail for the same reason are refused in the same words."""
    marked = [
        replace(item, marking=replace(item.marking, categories=frozenset({"UNHEARD-OF"}))) for item in (one, other)
    ]
    told = {account.may(action, replace(item, office=one.office)).reason for item in marked if item.marking.level == 0}
    assert len(told) <= 1
    assert "UNHEARD-OF" not in "".join(told)


@given(st.frozensets(st.sampled_from(list(ROLES))), ELIGIBLE, ITEMS, st.sampled_from(list(ACTIONS)))
def test_role_at_an_office_allows_no_more_than_everywhere(
    roles: frozenset[str], eligible: Eligibility, item: Item, action: str
) -> None:
    there = Account(1, "", True, frozenset(Grant(role, "NYC") for role in roles), eligible)
    everywhere = replace(there, grants=frozenset(Grant(role) for role in roles))
    assert there.may(action, item).allowed <= everywhere.may(action, item).allowed
    if item.office != "NYC" and action != "lists.read":
        assert not there.may(action, item).allowed


def test_inspector_writes_nothing() -> None:
    assert set(ROLES["inspector"]) == {
        "accounts.read", "coverage.read", "files.read", "ledger.export", "lists.read", "messages.read", "people.read",
    }  # fmt: skip


def test_every_action_has_a_role_and_a_meaning() -> None:
    assert set(ACTIONS) == {action for role in [*ROLES.values(), WORKING] for action in role}
    assert set(COLUMNS) == set(Item().values)


def test_filter_holds_as_many_codes_as_an_account_may_have(table: Database) -> None:
    names = [f"{'ABCDEFGH'[number % 8]}{number:031}" for number in range(MOST_CODES)]
    account = replace(ALLOWING, eligibility=Eligibility(Level.SECRET, frozenset(names), frozenset(names)))
    marking = Marking(Level.SECRET, frozenset(names), frozenset(names[:1]))
    rows = [Item("person:1", "", marking).values,
            Item("person:2", "", replace(marking, categories=marking.categories | {"OTHER"})).values]  # fmt: skip
    assert let_through(table, rows, account.rule("people.read")) == {0}


def test_second_person_is_somebody_else_who_may_do_it() -> None:
    first = replace(ALLOWING, number=1)
    item = Item("person:1", "NYC")
    assert second_person(first, replace(first, number=2), "people.erase", item).allowed
    assert "somebody else has to" in second_person(first, first, "people.erase", item).reason
    assert "is closed" in second_person(first, replace(first, number=2, active=False), "people.erase", item).reason
    other_office = Account(2, "", True, frozenset({Grant("supervisor", "BOS")}))
    assert "it does not belong there" in second_person(first, other_office, "people.erase", item).reason
    reader = Account(2, "", True, frozenset({Grant("reviewer")}))
    assert "no role that may do this: records-officer, supervisor" in (
        second_person(first, reader, "people.erase", item).reason
    )
