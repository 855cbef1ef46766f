"""`kstep account` and `kstep office`: who acts proves it, what is refused is told in one line, and what was done is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import Ran, kstep, kstep_here
from homes import StaffedHome, refused
from kstep.access.keys import PersonalKey
from kstep.app.home import Home
from kstep.ledger.service import Ledger
from kstep.model.events import AccessDenied, AccountOpened

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(staffed: StaffedHome) -> Path:
    """A home with its first administrator; both are named by the environment."""
    return staffed.path


def done(capsys: Capture, *arguments: str | Path) -> str:
    ended = kstep_here(capsys, *arguments)
    assert ended.code == 0, ended
    return ended.out


def listed(capsys: Capture) -> dict[int, dict[str, object]]:
    return {account["account"]: account for account in json.loads(done(capsys, "account", "list", "--json"))}


def test_account_is_opened_and_told_what_it_may_do(home: Path, tmp_path: Path, capsys: Capture) -> None:
    public = done(capsys, "account", "make-key", tmp_path / "bo.key").strip()
    assert done(capsys, "account", "open", "Bo Prüfer", "--key", public) == "2\n"
    done(capsys, "office", "open", "NYC", "New York")
    done(capsys, "account", "grant", "2", "reviewer", "--office", "NYC")
    done(
        capsys,
        "account",
        "eligible",
        "2",
        "--level",
        "secret",
        "--category",
        "B",
        "--category",
        "A",
        "--audience",
        "HQ",
    )
    done(capsys, "account", "train", "2", "protocol", "--until", "2030-12-31")
    assert listed(capsys)[2] == {
        "account": 2, "name": "Bo Prüfer", "active": True, "roles": [{"role": "reviewer", "office": "NYC"}], "level": "secret",
        "categories": ["A", "B"], "audiences": ["HQ"], "courses": {"protocol": 1_924_992_000_000_000},
    }  # fmt: skip
    table = done(capsys, "account", "list")
    assert all(
        word in table for word in ("Bo Prüfer", "reviewer at NYC", "secret//A/B//HQ", "protocol", "administrator")
    )
    assert done(capsys, "office", "list") == "NYC New York\n"
    done(capsys, "account", "withdraw", "2", "reviewer", "--office", "NYC", "--ground", "moved on")
    done(capsys, "account", "close", "2", "--ground", "left")
    done(capsys, "office", "close", "NYC", "--ground", "merged")
    assert (listed(capsys)[2]["active"], listed(capsys)[2]["roles"]) == (False, [])
    assert json.loads(done(capsys, "office", "list", "--json")) == [
        {"office": "NYC", "name": "New York", "open": False}
    ]


def test_who_has_no_key_is_told_how_to_get_one(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KSTEP_KEY")
    told = refused(kstep_here(capsys, "account", "list"))
    assert told == (
        "kstep: --as: who acts was not said; say --as KEYFILE or set KSTEP_KEY; kstep account make-key FILE makes a key, and an "
        "administrator opens an account for it"
    )
    monkeypatch.delenv("KSTEP_HOME")
    assert "say --home DIR or set KSTEP_HOME; kstep init makes one" in refused(kstep_here(capsys, "account", "list"))


def test_key_is_made_for_somebody_who_has_none(home: Path, tmp_path: Path, capsys: Capture) -> None:
    ended = kstep_here(capsys, "account", "open", "Bo", "--key-out", tmp_path / "bo.key")
    assert (ended.code, ended.out) == (0, "2\n")
    assert "bo.key is behind no password: whoever can read it can act" in ended.told[0]
    told = refused(kstep_here(capsys, "account", "list", "--as", tmp_path / "bo.key"))
    assert "accounts.read was denied: account:2 has no role that may do this: administrator, inspector; ask an" in told
    assert "ask an administrator (account:1)" in told


def test_key_that_no_account_got_is_not_left_behind(home: Path, tmp_path: Path, capsys: Capture) -> None:
    assert "is no name" in refused_last(kstep_here(capsys, "account", "open", " ", "--key-out", tmp_path / "bo.key"))
    gone = kstep_here(capsys, "account", "replace-key", "9", "--ground", "lost", "--key-out", tmp_path / "bo.key")
    assert "there is no such account" in refused_last(gone)
    assert not (tmp_path / "bo.key").exists()
    before = (tmp_path / "1.key").read_bytes()
    assert "is there already" in refused(kstep_here(capsys, "account", "open", "Bo", "--key-out", tmp_path / "1.key"))
    assert (tmp_path / "1.key").read_bytes() == before


def refused_last(ended: Ran) -> str:
    assert (ended.code, ended.out) == (2, ""), ended
    return ended.told[-1]


def test_one_key_is_asked_for(home: Path, tmp_path: Path, capsys: Capture) -> None:
    both = ("--key", PersonalKey.generate().public, "--key-out", tmp_path / "bo.key")
    for given in ((), both):
        assert "say --key PUBLIC if the person has one" in refused(kstep_here(capsys, "account", "open", "Bo", *given))
    assert not (tmp_path / "bo.key").exists()


def test_password_comes_from_the_environment(
    home: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KSTEP_NEW_KEY_PASSWORD", "tulip")
    ended = kstep_here(capsys, "account", "make-key", tmp_path / "new.key")
    assert ended.err == ""
    done(capsys, "account", "replace-key", "1", "--key", ended.out.strip(), "--ground", "yearly")
    assert "this key of account:1 was replaced" in refused(kstep_here(capsys, "account", "list"))
    monkeypatch.setenv("KSTEP_KEY", str(tmp_path / "new.key"))
    assert "is a key behind a password" in refused(kstep_here(capsys, "account", "list"))
    monkeypatch.setenv("KSTEP_KEY_PASSWORD", "tulip")
    assert listed(capsys)[1]["name"] == "Ada Verwalter"


def test_purpose_stands_in_the_log(home: Path, tmp_path: Path, capsys: Capture) -> None:
    done(capsys, "account", "open", "Bo", "--key-out", tmp_path / "bo.key", "--purpose", "training")
    refused(kstep_here(capsys, "office", "open", "X", "Y", "--as", tmp_path / "bo.key", "--purpose", "lists"))
    assert "'fun' is no declared purpose; say one of" in refused(
        kstep_here(capsys, "account", "list", "--purpose", "fun")
    )
    opened = Home.open(home)
    ledger: Ledger = opened.ledger()
    with opened.database.read() as connection:
        told = [
            (one.type, one.actor, one.purpose) for one in ledger.read(connection, types=[AccountOpened, AccessDenied])
        ]
    assert told == [
        ("AccountOpened", "system:kstep", "administration"),
        ("AccountOpened", "account:1", "training"),
        ("AccessDenied", "account:2", "lists"),
    ]
    opened.database.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("account grant 1 king", "ROLE: 'king' is no role; roles are administrator, records-officer"),
        ("account grant 99 reviewer", "account:99: there is no such account; see kstep account list"),
        ("account grant one reviewer", "Invalid value for 'ACCOUNT'"),
        ("account grant 1 reviewer --office GONE", "there is no open office 'GONE'; open it first"),
        ("account eligible 1 --level cosmic", "'cosmic' is no level; levels are internal, restricted"),
        ("account eligible 1 --category a/b", "is no code of a category or an audience"),
        ("account train 1 arms --until soon", "'soon' does not match the formats '%Y-%m-%d'"),
        ("account close 1 --ground left", "account:1: is the last administrator"),
        ("account close 1", "Missing option '--ground'"),
        ("account open Bo --key nonsense", "--key: 'nonsense' is no public key"),
        ("account list --as gone.key", "gone.key: cannot be read (No such file or directory)"),
        ("account list --home gone", "gone: is no home of kstep (kstep.toml is missing); make one with kstep init"),
        ("office close GONE --ground x", "there is no open office 'GONE'; open offices are none"),
    ],
)
def test_bad_usage_is_told_in_one_line(home: Path, capsys: Capture, line: str, told: str) -> None:
    assert told in refused(kstep_here(capsys, *line.split(" ")))


def test_key_that_others_may_read_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "1.key").chmod(0o644)
    assert "1.key: can be read or written by others; chmod 600" in refused(kstep("account", "list"))
