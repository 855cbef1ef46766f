"""Checkpoints leave the machine: to directories, by mail and to witnesses, each tried whatever became of the others."""

from __future__ import annotations

import base64
import email
import email.policy
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kstep.ledger.checkpoints import kept_checkpoints
from kstep.ledger.leaving import Directory, Way, file_name, leave
from kstep.ledger.mail import Mail, NotMailed
from kstep.ledger.signing import SigningKey, cosign, sign_checkpoint
from kstep.ledger.verifier import EMPTY_ROOT, Checkpoint
from kstep.ledger.ways import ways_of
from kstep.ledger.witness import NotWitnessed, Witness
from kstep.model import InputError
from kstep.store import Database
from live_logs import ORIGIN, SIGNER, START, Live, a_live_log, as_owner, cut, forge
from loopback import HOST, MailServer, WitnessServer, certificate
from written_logs import a_log

WITNESS = SigningKey.from_bytes("witness.example/w1", bytes(range(32)), witness=True)


def a_witness() -> WitnessServer:
    return WitnessServer(WITNESS, {ORIGIN: SIGNER.key})


def way_to(server: WitnessServer, authority: Path | None = None) -> Witness:
    return Witness(server.url, (WITNESS.key,), authority)


def notes_of(live: Live) -> list[bytes]:
    with live.database.read() as connection:
        return [kept.note for kept in kept_checkpoints(connection)]


# Directories.


def test_note_lies_in_the_directory_by_log_and_size(tmp_path: Path) -> None:
    log = a_log()
    for size in (12, 5, 0):
        Directory(tmp_path).send(log.checkpoint(size), START)
    found = sorted(path.name for path in tmp_path.iterdir())
    assert [name[:37] for name in found] == [f"screening_example_hq.{size:016}" for size in (0, 5, 12)]
    assert all(name.endswith(".checkpoint") for name in found)
    assert (tmp_path / found[2]).read_bytes() == log.checkpoint(12)


def test_no_note_takes_the_place_of_another(tmp_path: Path) -> None:
    log = a_log()
    note = log.checkpoint(5)
    way = Directory(tmp_path)
    way.send(note, START)
    way.send(note, START)
    way.send(cosign(note, WITNESS, 7), START)
    assert len(list(tmp_path.iterdir())) == 2
    (tmp_path / file_name(note)).write_bytes(b"something else")
    with pytest.raises(FileExistsError, match="another file is in the way"):
        way.send(note, START)
    assert (tmp_path / file_name(note)).read_bytes() == b"something else"


def test_hostile_origin_stays_in_the_directory() -> None:
    for origin in ("../../../etc/x", "/etc/x", "ж" * 100, "a/.." * 49):
        name = file_name(signed(origin))
        assert "/" not in name
        assert not name.startswith(".")
        assert len(name) < 255


def signed(origin: str) -> bytes:
    return sign_checkpoint(0, EMPTY_ROOT, SigningKey.generate(origin))


def test_longest_of_a_directory_is_found_among_other_files(tmp_path: Path) -> None:
    log = a_log()
    way = Directory(tmp_path)
    assert way.longest(log.origin) is None
    for size in (5, 12, 0):
        way.send(log.checkpoint(size), START)
    (tmp_path / f"screening_example_hq.{99:016}.0000.checkpoint").write_bytes(b"torn")
    way.send(signed("screening.example+hq".replace("+", "_")), START)
    found = way.longest(log.origin)
    assert found is not None
    assert (found.origin, found.size) == (log.origin, 12)


def test_directory_that_is_not_there_is_told_and_not_made(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    gone = tmp_path / "not mounted"
    (departure,) = leave(live.ledger, live.last(), [Directory(gone)])
    assert departure == (f"the directory {gone}", f"the directory {gone}: No such file or directory")
    assert not gone.exists()


# Mail.


@pytest.mark.parametrize("starttls", [True, False])
def test_note_comes_by_mail_as_text_and_as_a_file(tmp_path: Path, starttls: bool) -> None:
    tls, note = certificate(tmp_path), a_log().checkpoint(12)
    (tmp_path / "password").write_text("pass word\n")
    with MailServer(tls, starttls).running() as server:
        to = ("inspector@oversight.example", "other@oversight.example")
        way = Mail(HOST, server.port, "kstep@screening.example", to, starttls, "kstep", tmp_path / "password", tls.file)
        way.send(note, START)
    (received,) = server.received
    message: Any = email.message_from_bytes(received, policy=email.policy.default)
    assert message["Subject"] == "Checkpoint of screening.example/hq: 12 events"
    assert message["To"] == ", ".join(to)
    assert note.decode().replace("\n", "") in message.get_body().get_content().replace("\r\n", "").replace("\n", "")
    (file,) = message.iter_attachments()
    assert file.get_content() == note
    assert base64.b64decode(server.logins[0]) == b"\0kstep\0pass word"
    assert [line.split()[0].upper() for line in server.in_clear] == ([b"EHLO", b"STARTTLS"] if starttls else [])


def test_server_whose_certificate_nobody_vouches_for_gets_no_mail(tmp_path: Path) -> None:
    tls = certificate(tmp_path)
    for starttls in (True, False):
        with MailServer(tls, starttls).running() as server:
            way = Mail(HOST, server.port, "a@b.example", ("c@d.example",), starttls)
            with pytest.raises(NotMailed, match="certificate verify failed"):
                way.send(a_log().checkpoint(), START)
        assert server.received == []


def test_server_of_another_name_gets_no_mail(tmp_path: Path) -> None:
    tls = certificate(tmp_path, "127.0.0.9")
    with (
        MailServer(tls, False).running() as server,
        pytest.raises(NotMailed, match=r"certificate is not valid for '127\.0\.0\.1'"),
    ):
        Mail(HOST, server.port, "a@b.example", ("c@d.example",), False, authority=tls.file).send(
            a_log().checkpoint(), START
        )
    assert server.received == []


def test_recipient_who_is_refused_is_named(tmp_path: Path) -> None:
    tls = certificate(tmp_path)
    with MailServer(tls, refuse="gone@").running() as server:
        way = Mail(HOST, server.port, "a@b.example", ("c@d.example", "gone@d.example"), authority=tls.file)
        with pytest.raises(NotMailed, match=r"127.0.0.1 refuses gone@d.example"):
            way.send(a_log().checkpoint(), START)
        assert len(server.received) == 1
        with pytest.raises(NotMailed, match="nobody here"):
            replace(way, recipients=("gone@d.example",)).send(a_log().checkpoint(), START)


def test_server_that_is_not_there_is_told() -> None:
    with socket.create_server((HOST, 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(NotMailed, match=rf"the mail to c@d.example: 127.0.0.1 port {port}: .*refused"):
        Mail(HOST, port, "a@b.example", ("c@d.example",)).send(a_log().checkpoint(), START)


# Witnesses.


def test_witness_cosigns_what_continues_what_it_saw(database: Database) -> None:
    live = a_live_log(database)
    with a_witness().running() as server:
        way = way_to(server)
        assert [departure.failed for departure in leave(live.ledger, live.last(), [way])] == [None]
        live.name("person:1", "Another")
        assert [departure.failed for departure in leave(live.ledger, live.checkpoint(), [way])] == [None]
        assert [departure.failed for departure in leave(live.ledger, live.checkpoint(), [way])] == [None]
    assert [body.split(b"\n")[0] for body in server.asked] == [b"old 0", b"old 13", b"old 14"]
    kept = Checkpoint.parse(live.last().note, "kept")
    assert (kept.size, kept.seen_at(WITNESS.key), kept.signed_by(SIGNER.key)) == (14, server.time, True)
    assert live.findings(live.last().note, keys=(SIGNER.key, WITNESS.key)) == []


def test_witness_that_saw_more_than_is_known_is_asked_again(database: Database) -> None:
    """As after a restart in which the cosignature was lost: it tells the size that it saw, and gets the proof from there."""
    live = a_live_log(database)
    with a_witness().running() as server:
        server.answer(b"old 0\n\n" + notes_of(live)[0])
        assert [departure.failed for departure in leave(live.ledger, live.last(), [way_to(server)])] == [None]
    assert [body.split(b"\n")[0] for body in server.asked] == [b"old 0", b"old 0", b"old 5"]
    assert server.seen[ORIGIN].size == 13


def test_witness_over_tls_is_checked(database: Database, tmp_path: Path) -> None:
    live, tls = a_live_log(database), certificate(tmp_path)
    with a_witness().running(tls) as server:
        told = leave(live.ledger, live.last(), [way_to(server), way_to(server, tls.file)])
    assert "certificate verify failed" in str(told[0].failed)
    assert told[1].failed is None


def test_witness_names_a_second_history(database: Database) -> None:
    live = a_live_log(database)
    with a_witness().running() as server:
        leave(live.ledger, live.last(), [way_to(server)])
        forge(live, 8)
        told = leave(live.ledger, live.checkpoint(), [way_to(server)])
        assert f"the witness {server.url}: saw another history of {ORIGIN} at 13 events" == told[0].failed
        live.name("person:1", "More")
        told = leave(live.ledger, live.checkpoint(), [way_to(server)])
        assert "it does not accept the proof: its history of this log is another" in str(told[0].failed)


def test_witness_names_a_database_restored_from_an_older_copy(database: Database) -> None:
    live = a_live_log(database)
    with a_witness().running() as server:
        leave(live.ledger, live.last(), [way_to(server)])
        with as_owner(database) as connection:
            cut(connection, 8)
        told = leave(live.ledger, live.checkpoint(), [way_to(server)])
    assert f"saw 13 events of {ORIGIN}, which has 8 here; restore the newest copy" in str(told[0].failed)


STRANGER = SigningKey.generate("witness.example/w1", witness=True)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([(403, b"")], "it knows none of the keys that signed"),
        ([(404, b"")], "it does not know this log"),
        ([(500, b"\x1b[31mfire\nand more")], r"it answers 500: \S*fire"),
        ([(302, b"http://127.0.0.1:1/")], "it answers 302"),
        ([(409, b"many\n")], "answers that it saw another size, and not which"),
        ([(409, b"1" * 100)], "answers that it saw another size, and not which"),
        ([(409, b"5\n"), (409, b"6\n"), (409, b"5\n")], "it answers 409"),
        ([(200, b"")], "answers without a cosignature of a key that is known of it"),
        ([(200, b"<html>hello</html>\n")], "not a line of a signature"),
        ([(200, b"\xff\xfe\n")], "not UTF-8"),
    ],
)
def test_witness_that_does_not_cosign_is_told(database: Database, answers: list[tuple[int, bytes]], told: str) -> None:
    live = a_live_log(database)
    before = notes_of(live)
    with a_witness().running() as server:
        server.answers = list(answers)
        with pytest.raises(NotWitnessed, match=told), database.read() as connection:
            way_to(server).cosigned(
                live.last().note, 0, lambda size: live.ledger.consistency_proof(connection, size, 13)
            )
        assert server.answers == []
    assert notes_of(live) == before


def test_cosignature_that_is_wrong_or_of_a_stranger_is_not_kept(database: Database) -> None:
    live = a_live_log(database)
    note = live.last().note
    wrong = cosign(live.checkpoint().note, WITNESS, 9)[len(note) :]
    forged = wrong[:-20] + (b"A" if wrong[-20:-19] != b"A" else b"B") + wrong[-19:]
    strangers = cosign(note, STRANGER, 9)[len(note) :]
    with a_witness().running() as server:
        server.answers = [(200, forged), (200, strangers), (200, strangers + wrong)]
        told = [leave(live.ledger, live.last(), [way_to(server)])[0].failed for _ in range(3)]
    assert "the signature of witness.example/w1 is wrong" in str(told[0])
    assert "answers without a cosignature of a key that is known of it" in str(told[1])
    assert told[2] is None
    assert live.last().note == note + wrong


# All together.


def test_each_way_is_tried_and_others_get_the_cosignatures(database: Database, tmp_path: Path) -> None:
    live, tls = a_live_log(database), certificate(tmp_path)
    (tmp_path / "out").mkdir()
    with a_witness().running() as server, MailServer(tls).running() as mail:
        ways: list[Way] = [
            Directory(tmp_path / "gone"),
            Mail(HOST, mail.port, "a@b.example", ("c@d.example",), authority=tls.file),
            Mail(HOST, mail.port, "a@b.example", ("c@d.example",)),
            Directory(tmp_path / "out"),
            Witness("http://127.0.0.1:1", (WITNESS.key,)),
            way_to(server),
        ]
        told = leave(live.ledger, live.last(), ways)
    assert [departure.failed is None for departure in told] == [False, True, False, True, False, True]
    assert all("\n" not in str(departure.failed) for departure in told)
    (file,) = (tmp_path / "out").iterdir()
    assert file.read_bytes() == live.last().note == notes_of(live)[-1]
    assert Checkpoint.parse(file.read_bytes(), "left").seen_at(WITNESS.key) == server.time
    (received,) = mail.received
    assert [part.get_payload(decode=True) for part in email.message_from_bytes(received).walk()][
        -1
    ] == file.read_bytes()


# Settings.


def test_settings_say_where_checkpoints_go(tmp_path: Path) -> None:
    mail = {"server": "mail.example:587", "sender": "a@b.example", "to": ["c@d.example"], "password_file": "keys/mail"}
    witness = {"url": "https://witness.example", "key": str(WITNESS.key)}
    settings = {"checkpoints": {"directory": ["out", "/mnt/x"], "mail": mail, "witness": [witness]}}
    assert ways_of(settings, tmp_path) == [
        Directory(tmp_path / "out"),
        Directory(Path("/mnt/x")),
        Mail("mail.example", 587, "a@b.example", ("c@d.example",), True, "", tmp_path / "keys/mail"),
        Witness("https://witness.example", (WITNESS.key,)),
    ]
    assert ways_of({}, tmp_path) == []


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("x", r"kstep.toml, \[checkpoints\]: is no table"),
        ({"fax": 1}, "does not know 'fax'; name directory, mail, witness"),
        ({"directory": 7}, r"\[checkpoints\] directory: is no path"),
        ({"mail": "x"}, "is no table; give it sender, server, to"),
        ({"mail": {"server": "a:1", "to": "a@b"}}, "lacks sender"),
        ({"mail": {"server": "a", "sender": "a@b", "to": "c@d"}}, "names no server"),
        ({"mail": {"server": "a:99999", "sender": "a@b", "to": "c@d"}}, "names no server"),
        ({"mail": {"server": "a:1", "sender": "a@b\nBcc: x@y", "to": "c@d"}}, "no addresses"),
        ({"mail": {"server": "a:1", "sender": "a@b", "to": []}}, "no addresses"),
        ({"mail": {"server": "a:1", "sender": "a@b", "to": [7]}}, "no addresses"),
        ({"mail": {"server": "a:1", "sender": "a@b", "to": "c@d", "tls": "yes"}}, "tls is neither true nor false"),
        ({"mail": {"server": "a:1", "sender": "a@b", "to": "c@d", "secret": "x"}}, "does not know 'secret'"),
        ({"witness": {"url": "file:///etc/passwd", "key": str(WITNESS.key)}}, "has no URL of a witness"),
        ({"witness": {"url": "https://u:p@x", "key": str(WITNESS.key)}}, "has no URL of a witness"),
        ({"witness": {"url": "https://x", "key": "nonsense"}}, "'nonsense' is no key"),
        ({"witness": {"url": "https://x", "key": []}}, "no witness's"),
        ({"witness": {"url": "https://x", "key": str(SIGNER.key)}}, "no witness's"),
    ],
)
def test_settings_that_cannot_be_understood_are_told(tmp_path: Path, section: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        ways_of({"checkpoints": section}, tmp_path)
