"""The verifier passes a bundle that is as it must be, follows its keys, and says what it could not be asked."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kstep.ledger.bundles import write_bundle
from kstep.ledger.signing import SigningKey, cosign
from kstep.ledger.verifier import Refused, main, verify
from written_logs import FIELD, HQ, Written, a_log, bundle_of, keys_of, outside


def test_bundle_as_it_must_be_is_verified(tmp_path: Path) -> None:
    hq, field = a_log(), a_log(FIELD)
    bundle = bundle_of(tmp_path, hq, field)
    left = outside(*(log.checkpoint(size) for log in (hq, field) for size in (0, 1, 5, 12)))
    found = verify(bundle, keys_of(hq, field), left)
    assert [(log.origin, log.size, log.shown, log.rows, len(log.from_outside)) for log in found] == [
        (HQ, 12, 3, 4, 4),
        (FIELD, 12, 3, 4, 4),
    ]


def test_archive_is_the_same(tmp_path: Path) -> None:
    hq = a_log()
    bundle = bundle_of(tmp_path, hq)
    archive = Path(shutil.make_archive(str(tmp_path / "bundle"), "zip", bundle))
    assert [log.size for log in verify(archive, keys_of(hq), outside(hq.checkpoint(3)))] == [12]


def test_bundle_checks_itself_with_python_alone(tmp_path: Path) -> None:
    hq = a_log()
    bundle = bundle_of(tmp_path, hq)
    (tmp_path / "left").write_bytes(hq.checkpoint(7))
    command = [sys.executable, "-I", "-S", str(bundle / "verify.py"), str(bundle), "--key", str(hq.signer.key)]
    ended = subprocess.run(
        [*command, "--checkpoint", str(tmp_path / "left")], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        f"{HQ}: 12 events, 3 payloads and 4 rows shown; checkpoints from outside: 1",
        "verified",
    ]


@pytest.mark.parametrize("how", ["cut off", "a bit changed", "encrypted", "packed otherwise"])
def test_archive_that_is_damaged_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    hq = a_log()
    archive = Path(shutil.make_archive(str(tmp_path / "bundle"), "zip", bundle_of(tmp_path, hq)))
    content = bytearray(archive.read_bytes())
    if how == "cut off":
        del content[len(content) // 2 :]
    elif how == "a bit changed":
        with zipfile.ZipFile(archive) as files:
            events = files.getinfo("logs/0/events.jsonl")
        content[events.header_offset + events.compress_size // 2] ^= 1
    else:
        of_files = [found.start() for found in re.finditer(b"PK\x01\x02", content)]  # in the directory at the end
        for place in of_files:
            content[place + (8 if how == "encrypted" else 10)] = 1 if how == "encrypted" else 99
    archive.write_bytes(content)
    assert main([str(archive), "--key", str(hq.signer.key)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("REFUSED: ")
    assert (told.out + told.err).count("\n") == 1


def test_without_a_checkpoint_from_outside_nothing_is_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hq = a_log()
    assert main([str(bundle_of(tmp_path, hq)), "--key", str(hq.signer.key)]) == 1
    assert "NOT VERIFIED: no checkpoint from outside" in capsys.readouterr().out


def test_each_log_needs_a_checkpoint_from_outside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hq, field = a_log(), a_log(FIELD)
    (tmp_path / "left").write_bytes(hq.checkpoint(7))
    keys = [word for key in keys_of(hq, field) for word in ("--key", str(key))]
    assert main([str(bundle_of(tmp_path, hq, field)), *keys, "--checkpoint", str(tmp_path / "left")]) == 1
    assert "NOT VERIFIED" in capsys.readouterr().out


def test_witness_is_named(tmp_path: Path) -> None:
    hq, witness = a_log(), SigningKey.generate("witness.example/one", witness=True)
    write_bundle(tmp_path / "bundle", [hq.to_show(cosign(hq.checkpoint(), witness, 1_770_000_100))])
    (found,) = verify(tmp_path / "bundle", [*keys_of(hq), witness.key], outside(hq.checkpoint(2)))
    assert found.cosigned == ["witness.example/one"]


def test_log_of_nothing_is_a_log(tmp_path: Path) -> None:
    log = Written.of(HQ)
    assert [found.size for found in verify(bundle_of(tmp_path, log), keys_of(log), outside(log.checkpoint()))] == [0]


# Keys.


def rotated() -> tuple[Written, SigningKey]:
    """A log whose second key was added by event 12, and whose first was retired at 13 by event 14."""
    log, second = a_log(), SigningKey.from_bytes(HQ, bytes(range(2, 34)))
    log.add("LogKeyAdded", {"key": str(second.key)}, subject=f"log:{HQ}")
    log.add("PersonScreened")
    log.add("LogKeyRetired", {"key": str(log.signer.key), "size": 13}, subject=f"log:{HQ}")
    log.add("PersonScreened")
    return log, second


def test_key_that_the_log_adds_is_trusted(tmp_path: Path) -> None:
    log, second = rotated()
    write_bundle(tmp_path / "bundle", [log.to_show(log.checkpoint(None, second))])
    assert verify(tmp_path / "bundle", keys_of(log), outside(log.checkpoint(5), log.checkpoint(13)))
    assert verify(tmp_path / "bundle", [second.key], outside(log.checkpoint(None, second)))


def test_key_is_not_trusted_on_its_own_word(tmp_path: Path) -> None:
    log, second = rotated()
    write_bundle(tmp_path / "bundle", [log.to_show(log.checkpoint(None, second))])
    with pytest.raises(Refused, match="not signed by a key that is trusted at 16 events"):
        verify(tmp_path / "bundle", keys_of(log), outside(log.checkpoint(12)))  # ends before the key was added


def test_retired_key_signs_no_more(tmp_path: Path) -> None:
    log, second = rotated()
    write_bundle(tmp_path / "bundle", [log.to_show(log.checkpoint())])
    with pytest.raises(Refused, match=r"^logs/0/checkpoint: not signed by a key that is trusted"):
        verify(tmp_path / "bundle", [*keys_of(log), second.key], outside(log.checkpoint(13)))


def test_keys_follow_each_other_as_long_as_a_log_does(tmp_path: Path) -> None:
    """Each key is added while the one before signs; a verifier that was told the first follows them, without trying all ways."""
    log, signer, left = Written.of(HQ), None, []
    for number in range(25):
        following = SigningKey.from_bytes(HQ, bytes([number + 1]) * 32)
        log.add("LogKeyAdded", {"key": str(following.key)}, subject=f"log:{HQ}")
        left.append(log.checkpoint(None, signer or log.signer))
        signer = following
    write_bundle(tmp_path / "bundle", [log.to_show(left[-1])])
    assert verify(tmp_path / "bundle", keys_of(log), outside(*left))
    with pytest.raises(Refused, match="not signed by a key that is trusted at 13 events"):
        verify(tmp_path / "bundle", keys_of(log), outside(*left[:11], *left[12:]))


def test_stolen_key_cannot_undo_a_checkpoint_that_left(tmp_path: Path) -> None:
    """The keeper's own key, and another history from event 6 on."""
    honest, forged = a_log(), a_log()
    forged.events[6] = replace(forged.events[6], subject="person:3")
    bundle = bundle_of(tmp_path, forged)
    assert verify(bundle, keys_of(honest), outside(honest.checkpoint(6)))
    with pytest.raises(Refused, match=r"checkpoint 1: at 7 events the log .* has another root"):
        verify(bundle, keys_of(honest), outside(honest.checkpoint(6), honest.checkpoint(7)))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["gone", "--key", "KEY"], 2, "gone: there is no such file or folder"),
        (["bundle", "--key", "nonsense"], 2, "'nonsense' is no key; it is written NAME+ID+BASE64"),
        (["bundle", "--checkpoint", "gone"], 2, "No such file or directory"),
        (["bundle", "--checkpoint", "bundle/bundle.json"], 2, "bundle/bundle.json: not a signed note"),
        (["bundle"], 1, "REFUSED: logs/0/checkpoint: not signed by a key that is trusted at 12 events"),
        (
            ["bundle/bundle.json", "--key", "KEY"],
            1,
            "REFUSED: not a certificate",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: Sequence[str],
    code: int, said: str,
) -> None:  # fmt: skip
    hq = a_log()
    bundle_of(tmp_path, hq)
    monkeypatch.chdir(tmp_path)
    assert main([str(hq.signer.key) if word == "KEY" else word for word in arguments]) == code
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert (told.out + told.err).count("\n") == 1


def test_note_is_as_others_write_it(tmp_path: Path) -> None:
    """The whole of a checkpoint, byte for byte."""
    log = Written.of(HQ)
    text, _, signatures = log.checkpoint().partition(b"\n\n")
    assert text == f"{HQ}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".encode()
    assert signatures.startswith(f"\u2014 {HQ} ".encode())
    assert len(base64.b64decode(signatures.rsplit(b" ", 1)[1])) == 4 + 64
