"""Accounts, offices and what they may do: each change is an event, and the tables follow from events."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_nodes import FOR, HOME_KEY, START, Node
from kstep.access.account import AccessError, Account, Actor, Eligibility, Grant
from kstep.access.keys import PersonalKey
from kstep.access.projection import ACCESS
from kstep.access.roles import ADMINISTRATOR, ROLES
from kstep.access.service import MOST_CODES, Access
from kstep.model import InputError, KstepError
from kstep.model.events import AccountClosed, AccountOpened, OfficeClosed, OfficeOpened, RoleGranted
from kstep.model.markings import Level
from kstep.store import Database


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    return Node.begun(database, tmp_path)


def public() -> str:
    return PersonalKey.generate().public


def test_account_is_what_was_recorded_of_it(node: Node) -> None:
    access, admin = node.access, node.actor()
    key = public()
    number = access.open_account(admin, "  Bo Prüfer ", key, FOR)
    access.open_office(admin, "NYC", "New York", FOR)
    access.grant(admin, number, "reviewer", "NYC", FOR)
    access.grant(admin, number, "inspector", "", FOR)
    access.withdraw(admin, number, "inspector", "", "moved on", FOR)
    access.set_eligibility(admin, number, Level.SECRET, ["B", "A"], ["HQ"], FOR)
    access.record_training(admin, number, "protocol", START * 2, FOR)
    assert access.account(number) == Account(
        number=2,
        name="Bo Prüfer",
        grants=frozenset({Grant("reviewer", "NYC")}),
        eligibility=Eligibility(Level.SECRET, frozenset({"A", "B"}), frozenset({"HQ"})),
        courses={"protocol": START * 2},
    )
    assert access.account(number).trained("protocol", START * 2 - 1).allowed
    assert "counts no more" in access.account(number).trained("protocol", START * 2).reason
    assert "has not completed the course arms" in access.account(number).trained("arms", START).reason
    access.set_eligibility(admin, number, Level.RESTRICTED, [], [], FOR)
    assert access.account(number).eligibility == Eligibility(Level.RESTRICTED)
    access.close_account(admin, number, "left", FOR)
    assert not access.account(number).active
    assert [account.number for account in access.accounts(admin, FOR)] == [1, 2]


def test_every_change_names_who_made_it_and_what_for(node: Node) -> None:
    number = node.open("reviewer")
    told = node.told(AccountOpened, RoleGranted)
    assert [(recorded.type, recorded.subject, recorded.actor, recorded.purpose) for recorded in told] == [
        ("AccountOpened", "account:1", "system:kstep", FOR),
        ("RoleGranted", "account:1", "system:kstep", FOR),
        ("AccountOpened", f"account:{number}", "account:1", FOR),
        ("RoleGranted", f"account:{number}", "account:1", FOR),
    ]
    with node.access.ledger.database.read() as connection:
        assert not any(b"Verwalter" in text for text in node.access.ledger.texts(connection))


def test_first_account_is_opened_once(node: Node) -> None:
    with pytest.raises(AccessError, match="there are accounts already"):
        node.access.open_first("Mallory", public())
    assert len(node.told(AccountOpened)) == 1


def test_there_is_always_an_administrator(node: Node) -> None:
    access, admin = node.access, node.actor()
    second = node.open()
    access.open_office(admin, "NYC", "New York", FOR)
    access.grant(admin, second, ADMINISTRATOR, "NYC", FOR)  # at an office is not everywhere
    with pytest.raises(InputError, match="account:1: is the last administrator; grant somebody else the role"):
        access.close_account(admin, 1, "left", FOR)
    with pytest.raises(InputError, match="account:1: is the last administrator; grant somebody else the role"):
        access.withdraw(admin, 1, ADMINISTRATOR, "", "enough", FOR)
    access.grant(admin, second, ADMINISTRATOR, "", FOR)
    access.withdraw(admin, 1, ADMINISTRATOR, "", "enough", FOR)
    with pytest.raises(InputError, match="account:2: is the last administrator"):
        access.close_account(node.actor(2), 2, "left", FOR)
    assert node.told(AccountClosed) == []


def test_closed_account_does_not_count_as_administrator(node: Node) -> None:
    second = node.open(ADMINISTRATOR)
    node.access.close_account(node.actor(), second, "left", FOR)
    with pytest.raises(InputError, match="is the last administrator"):
        node.access.close_account(node.actor(), 1, "left", FOR)


def test_administrator_of_an_office_grants_roles_there_alone(node: Node) -> None:
    access, admin = node.access, node.actor()
    for office in ("NYC", "BOS"):
        access.open_office(admin, office, "Somewhere", FOR)
    there, other = node.open(ADMINISTRATOR, office="NYC"), node.open()
    access.grant(node.actor(there), other, "reviewer", "NYC", FOR)
    for office in ("BOS", ""):
        with pytest.raises(AccessError, match="it does not belong there"):
            access.grant(node.actor(there), other, "reviewer", office, FOR)
    with pytest.raises(AccessError):
        access.open_account(node.actor(there), "Eve", public(), FOR)
    with pytest.raises(AccessError):
        access.set_eligibility(node.actor(there), there, Level.SECRET, [], [], FOR)
    assert access.account(other).grants == {Grant("reviewer", "NYC")}


def test_closing_an_office_ends_the_roles_there(node: Node) -> None:
    access, admin = node.access, node.actor()
    access.open_office(admin, "NYC", "New York", FOR)
    number = node.open("reviewer", office="NYC")
    access.close_office(admin, "NYC", "merged", FOR)
    assert access.account(number).grants == frozenset()
    with pytest.raises(InputError, match="there is no open office 'NYC'; open it first, with kstep office open"):
        access.grant(admin, number, "reviewer", "NYC", FOR)
    access.open_office(admin, "NYC", "New York again", FOR)
    assert access.account(number).grants == frozenset()
    assert [(office.code, office.name, office.open) for office in access.offices()] == [("NYC", "New York again", True)]
    assert len(node.told(OfficeOpened, OfficeClosed)) == 3


HOSTILE = ["", "   ", "a\nb", "\x1b[31mred", "x" * 201, "\udcff", "\u202e", "a\x00b"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_cannot_be_kept_is_refused(node: Node, text: str) -> None:
    access, admin = node.access, node.actor()
    access.open_office(admin, "NYC", "New York", FOR)
    number, before = node.open("reviewer"), node.told()
    for change in (
        lambda: access.open_account(admin, text, public(), FOR),
        lambda: access.close_account(admin, number, text, FOR),
        lambda: access.replace_key(admin, number, public(), text, FOR),
        lambda: access.withdraw(admin, number, "reviewer", "", text, FOR),
        lambda: access.record_training(admin, number, text, START, FOR),
        lambda: access.open_office(admin, text, "Name", FOR),
        lambda: access.open_office(admin, "BOS", text, FOR),
        lambda: access.close_office(admin, "NYC", text, FOR),
        lambda: access.close_office(admin, text, "ground", FOR),
    ):
        with pytest.raises(InputError, match="write 1 to") as told:
            change()
        assert str(told.value).isprintable()
    assert node.told() == before


def test_change_that_makes_no_sense_is_told(node: Node) -> None:
    access, admin = node.access, node.actor()
    number = node.open("reviewer")
    many = [f"C{place}" for place in range(MOST_CODES + 1)]
    for change, told in (
        (lambda: access.grant(admin, number, "king", "", FOR), "'king' is no role; roles are administrator, records"),
        (lambda: access.grant(admin, number, "reviewer", "", FOR), "account:2: is reviewer everywhere already"),
        (lambda: access.grant(admin, 99, "reviewer", "", FOR), "account:99: there is no such account"),
        (lambda: access.grant(admin, 10**40, "reviewer", "", FOR), "there is no such account"),
        (lambda: access.grant(admin, -1, "reviewer", "", FOR), "there is no such account"),
        (lambda: access.grant(admin, number, "reviewer", "\udcff", FOR), "there is no open office"),
        (lambda: access.withdraw(admin, number, "inspector", "", "x", FOR), "is not inspector everywhere; it is rev"),
        (lambda: access.record_training(admin, number, "arms", 2**60, FOR), "is no time until which"),
        (lambda: access.set_eligibility(admin, number, Level.SECRET, many, [], FOR), "more than 64 categories"),
        (lambda: access.set_eligibility(admin, number, Level.SECRET, ["a"], [], FOR), "is no code"),
        (lambda: access.open_account(admin, "Eve", "ed25519:AAAA", FOR), "is no public key; write it like ed25519:"),
        (lambda: access.open_account(admin, "Eve", "\udcff", FOR), "is no public key"),
        (lambda: access.open_account(admin, "Eve", public()[:-4] + "AB==", FOR), "is no public key"),
        (lambda: access.open_office(admin, "x" * 41, "Name", FOR), "write 1 to 40"),
        (lambda: access.close_office(admin, "GONE", "x", FOR), "open offices are none"),
        (lambda: access.grant(admin, number, "inspector", "", "curiosity"), "'curiosity' is no declared purpose; say"),
    ):
        with pytest.raises(KstepError) as raised:
            change()
        assert told in str(raised.value)
        assert str(raised.value).isprintable()
    access.close_account(admin, number, "left", FOR)
    with pytest.raises(InputError, match="account:2: is closed; open another for its owner"):
        access.grant(admin, number, "inspector", "", FOR)


def test_key_that_was_once_an_accounts_is_never_anothers(node: Node) -> None:
    access, admin = node.access, node.actor()
    old, new = public(), public()
    number = access.open_account(admin, "Bo", old, FOR)
    access.replace_key(admin, number, new, "lost", FOR)
    access.close_account(admin, number, "left", FOR)
    for key in (old, new):
        with pytest.raises(InputError, match="is or was the key of account:2; make another"):
            access.open_account(admin, "Eve", key, FOR)


CHANGES: dict[str, Callable[[Access, Actor, int, str, str], object]] = {
    "open": lambda access, actor, n, role, office: access.open_account(actor, "Somebody", public(), FOR),
    "open office": lambda access, actor, n, role, office: access.open_office(actor, office or "WAS", "Name", FOR),
    "grant": lambda access, actor, n, role, office: access.grant(actor, n, role, office, FOR),
    "withdraw": lambda access, actor, n, role, office: access.withdraw(actor, n, role, office, "moved on", FOR),
    "set": lambda access, actor, n, role, office: access.set_eligibility(actor, n, Level(n % 5), role[:1].upper(), "C", FOR),
    "train": lambda access, actor, n, role, office: access.record_training(actor, n, role, START + n, FOR),
    "replace": lambda access, actor, n, role, office: access.replace_key(actor, n, public(), "lost", FOR),
    "close": lambda access, actor, n, role, office: access.close_account(actor, n, "left", FOR),
    "close office": lambda access, actor, n, role, office: access.close_office(actor, office, "merged", FOR),
}  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(list(CHANGES)),
            st.integers(1, 6),
            st.sampled_from([role for role in ROLES if role != ADMINISTRATOR]),
            st.sampled_from(["", "NYC", "BOS"]),
        ),
        min_size=10,
        max_size=30,
    )
)
def test_rebuilt_tables_are_the_live_ones(node: Node, changes: list[tuple[str, int, str, str]]) -> None:
    known = node.access.account(1)
    actor = Actor(known.number, known.name)  # its first key may have been replaced by now
    for change, number, role, office in changes:
        with suppress(InputError):
            CHANGES[change](node.access, actor, number, role, office)
    live = node.dump()
    assert live["access_accounts"]
    node.access.ledger.rebuild()
    assert node.dump() == live


def test_other_nodes_accounts_have_no_rights_here(node: Node) -> None:
    """Nor has anybody a right that cannot be read any more."""
    (granted,) = node.told(RoleGranted)
    before = node.dump()
    with node.access.ledger.database.write() as connection:
        fact = RoleGranted(role="inspector", office="")
        ACCESS.handlers[RoleGranted](connection, replace(granted, log="other.example/x", fact=fact))
        ACCESS.handlers[RoleGranted](connection, replace(granted, fact=None))
    assert node.dump() == before


_OPENS = """
import json, sys
from kstep.access.keys import PersonalKey
from kstep.access.projection import ACCESS
from kstep.access.service import Access
from kstep.ledger.service import Ledger
from kstep.ledger.vault import Vault
from kstep.store import Database
from pathlib import Path
import time
url, key, file = sys.argv[1:]
access = Access(Ledger(Database.open(url), Vault(bytes.fromhex(key)), lambda: time.time_ns() // 1000, [ACCESS]))
actor = access.authenticate(Path(file))
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps([access.open_account(actor, "Somebody", PersonalKey.generate().public, "administration") for _ in range(10)]))
"""


def test_processes_that_open_accounts_at_once_get_other_numbers(node: Node) -> None:
    database = node.access.ledger.database
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _OPENS, url, HOME_KEY.hex(), str(node.files[1])]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
    numbers = [json.loads(process.communicate(timeout=120)[0]) for process in started]
    assert sorted(numbers[0] + numbers[1]) == list(range(2, 22))
    live = node.dump()
    node.access.ledger.rebuild()
    assert node.dump() == live
