"""A backup has everything and no live key; a restored node is the one that was backed up; who was erased stays erased."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from backed_up import Place
from kept_homes import ANN, a_home
from kstep.app.backup import destroyed_in, keys_beside
from kstep.app.backup_form import Backup, BackupError
from kstep.app.backup_keys import SecretsFile, forget
from kstep.app.home import now
from kstep.ledger.export import export
from kstep.ledger.segments import read_rows
from kstep.ledger.tables import OWN, rows, secrets
from kstep.model.events import PersonErased
from kstep.register.differences import Differences
from kstep.register.projection import RegisterProjection, stranger, subject_of
from kstep.register.quality import DAY
from kstep.register.reconciling import Reconciling, Source
from kstep.register.retention import STRANGERS, Retention
from kstep.register.service import RegisterError
from kstep.register.tasks import Difference
from kstep.store import metadata
from nodes import people_file, person


def test_restored_node_is_the_one_that_was_backed_up(place: Place, new_url: str | None) -> None:
    """From either database into either."""
    left = place.kept.checkpoint()
    before = place.kept.dump()
    place.back_up()
    kept, done = place.restore(new_url, left)
    assert (done.erased_again, done.lacking, done.from_outside, done.log_keys) == (0, 0, 1, True)
    assert kept.dump() == before
    assert kept.findings(left) == []
    assert [key.key for key in kept.home.signing_keys] == [key.key for key in place.kept.home.signing_keys]
    with kept.home.database.read() as connection, place.kept.home.database.read() as other:
        names = [
            [record.identity.names[0].full for one in node.register.roster(at) for record in one.records]
            for node, at in ((kept, connection), (place.kept, other))
        ]
    assert names[0] == names[1] and len(names[0]) == 11
    kept.rescreen()
    kept.import_people(people_file(place.folder / "more.csv", [person(number) for number in range(40, 44)]))
    assert kept.findings(left, kept.checkpoint()) == []
    assert len(set(map(str, kept.dump()["register_people"]))) == 16, "nobody gets a number that was given before"


def test_backup_holds_no_live_key_and_no_plain_text(place: Place) -> None:
    place.back_up()
    home = place.kept.home
    with home.database.read() as connection:
        subjects = connection.execute(select(secrets.c.subject)).scalars().all()
        live = [secret.secret for secret in home.vault.find(connection, subjects).values()]
        wrapped = connection.execute(select(secrets.c.wrapped).where(secrets.c.wrapped != b"")).scalars().all()
    keys = [home.vault.key, home.signing_key.secret, *live, *wrapped]
    files = [path for path in place.out.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in [*files, keys_beside(place.out)])
    import base64

    for key in keys:
        for form in (key, key.hex().encode(), base64.b64encode(key)):
            assert form not in held
    assert b"Qasrawan" in b"".join(path.read_bytes() for path in files if "editions" in path.parts), "lists are public"
    assert b"Castellanos" not in held
    assert not any(path.suffix == ".roster" for path in files)
    assert list((home.path / "indexes").glob("*.roster"))
    assert {path.stat().st_mode & 0o077 for path in (place.out, keys_beside(place.out))} == {0}


def test_every_table_is_in_a_backup(place: Place) -> None:
    place.back_up()
    named = {Path(name).stem for name in Backup.open(place.out).about["files"] if name.startswith("tables/")}
    assert named == set(metadata.tables)


def erased_after(place: Place) -> tuple[int, bytes]:
    """Somebody is erased after the backup: the number, and the secret as the database had it."""
    number = place.kept.number_of(5)
    with place.kept.home.database.read() as connection:
        secret = place.kept.home.vault.find(connection, [subject_of(number)])[subject_of(number)].secret
    place.kept.register.erase(number, "retention", ANN)
    return number, secret


def newer_home(place: Place) -> tuple[Path, ...]:
    return (place.kept.home.path,)


def newer_bundle(place: Place) -> tuple[Path, ...]:
    place.kept.checkpoint()
    export(place.kept.home.ledger(), place.folder / "bundle", lambda _: False)
    return (place.folder / "bundle",)


def forgotten(place: Place) -> tuple[Path, ...]:
    with place.kept.home.database.read() as connection:
        assert forget([keys_beside(place.out)], destroyed_in(connection)) == 1
    return ()


@pytest.mark.parametrize("known", [newer_home, newer_bundle, forgotten])
def test_who_was_erased_after_the_backup_stays_erased(place: Place, known: Callable[[Place], tuple[Path, ...]]) -> None:
    place.back_up()
    number, _ = erased_after(place)
    kept, done = place.restore(None, newer=known(place))
    assert done.erased_again == 1
    with kept.home.database.read() as connection:
        found = connection.execute(
            select(secrets.c.wrapped).where(secrets.c.subject == subject_of(number))
        ).scalar_one()
        assert found == b""
        told = [event.fact for event in kept.home.ledger().read(connection, types=[PersonErased])]
    assert [fact.person for fact in told if isinstance(fact, PersonErased)][-1] == number
    with pytest.raises(RegisterError):
        kept.number_of(5)
    assert kept.findings() == []
    live = kept.dump()
    kept.home.ledger().rebuild()
    assert kept.dump() == live
    assert kept.register.balance(0, 1 << 60).holds


@pytest.mark.parametrize("known", [newer_home, newer_bundle, forgotten])
@pytest.mark.parametrize("found_again", [False, True])
def test_stranger_who_was_forgotten_after_the_backup_stays_forgotten(
    place: Place, known: Callable[[Place], tuple[Path, ...]], found_again: bool
) -> None:
    kept, source = place.kept, Source("county jail", "bookings")
    ledger = kept.home.ledger()
    reconciling = Reconciling(ledger, RegisterProjection(kept.home.vault))
    booked = people_file(
        place.folder / "booked.csv", [person(900, name="Xochitl Guadarrama") | {"person_id": "booking 4711"}]
    )
    reconciling.run(booked, source, ANN)
    (found,) = Differences(ledger).open(what=Difference.ONLY_THERE)
    Differences(ledger).settle(found.difference, "not ours", "a tourist", ANN)
    place.back_up()
    retention = Retention(ledger, kept.register, {STRANGERS: 0})
    assert len(retention.forget(now() + DAY, "account:2", ANN)) == 1
    if found_again:
        assert not reconciling.run(booked, source, ANN).already, "it is looked for again"
        (again,) = Differences(ledger).open(what=Difference.ONLY_THERE)
        assert again.difference == found.difference
    restored, done = place.restore(None, newer=known(place))
    assert (done.erased_again, restored.findings()) == (0, [])
    assert Differences(restored.home.ledger()).open(what=Difference.ONLY_THERE) == []
    with restored.home.database.read() as connection:
        told = [one.payload for one in restored.home.ledger().opened(connection, OWN)]
        lies = connection.execute(
            select(rows.c.segment).where(rows.c.subject == stranger(found.difference))
        ).scalar_one()
        (read,) = [row for some in read_rows(connection, restored.home.vault, lies) for row in some
                   if row.subject == stranger(found.difference)]  # fmt: skip
    assert read.row is None
    assert "tourist" not in str(told)
    live = restored.dump()
    restored.home.ledger().rebuild()
    assert restored.dump() == live


def test_without_newer_word_they_would_come_back(place: Place) -> None:
    """What the test above is worth: the same restore that is told nothing brings the person back."""
    place.back_up()
    erased_after(place)
    kept, done = place.restore(None)
    assert done.erased_again == 0
    assert kept.number_of(5)


def test_who_was_merged_at_the_backup_and_erased_later_stays_erased(place: Place) -> None:
    kept_one, other = place.kept.number_of(6), place.kept.number_of(7)
    place.kept.register.merge(kept_one, other, "one photograph", ANN)
    place.back_up()
    place.kept.register.unmerge(other, "two", ANN)
    place.kept.register.erase(other, "retention", ANN)
    kept, done = place.restore(None, newer=newer_home(place))
    assert done.erased_again == 1
    assert kept.findings() == []
    assert kept.number_of(6) == kept_one


def test_backup_older_than_a_checkpoint_is_refused_until_a_newer_log_is_shown(place: Place) -> None:
    place.back_up()
    place.kept.import_people(people_file(place.folder / "more.csv", [person(90)]))
    left = place.kept.checkpoint()
    with pytest.raises(BackupError, match=r"but the backup has .* bring the newest log with --ledger"):
        place.restore(None, left)
    assert not (place.folder / "new").exists()
    kept, done = place.restore(None, left, newer=newer_home(place))
    assert done.lacking == 2
    assert kept.findings() == []


def test_newer_log_of_another_history_is_refused(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    place.back_up()
    other = a_home(tmp_path_factory.mktemp("other") / "home")
    with pytest.raises(BackupError, match="from event 0 on it tells another history than the backup"):
        place.restore(None, newer=(other.home.path,))
    export(other.home.ledger(), place.folder / "bundle", lambda _: False)
    with pytest.raises(BackupError, match=r"bundle: .*not signed"):
        place.restore(None, newer=(place.folder / "bundle",))


def test_forgetting_leaves_the_others(place: Place) -> None:
    place.back_up()
    before = {held.subject: held.sealed for held in SecretsFile(keys_beside(place.out))}
    number, _ = erased_after(place)
    forgotten(place)
    after = {held.subject: held.sealed for held in SecretsFile(keys_beside(place.out))}
    assert {subject for subject in before if before[subject] != after[subject]} == {subject_of(number)}
    assert after[subject_of(number)] is None
    sealed = before[subject_of(number)]
    assert sealed is not None
    import base64

    assert base64.b64encode(sealed) not in keys_beside(place.out).read_bytes()
