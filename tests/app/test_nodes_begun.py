"""A node from its beginning to a certificate, on the command line, on both databases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import Ran, kstep_here
from kstep.ledger import verifier
from kstep.ledger.verifier import main
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def node(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, cache: Path) -> Path:
    """A home whose administrator may do everything, with a register of 30 people and a list of three of them."""
    for name in ("KSTEP_KEY_PASSWORD", "KSTEP_NEW_KEY_PASSWORD", "KSTEP_PURPOSE", "KSTEP_HOME", "KSTEP_KEY"):
        monkeypatch.delenv(name, raising=False)
    home, key = tmp_path / "home", tmp_path / "ada.key"
    done(
        capsys, "init", home, "--origin", "screening.example/hq", "--administrator", "Ada", "--key-out", key,
        *([] if empty_url.startswith("sqlite") else ["--database", empty_url]),
    )  # fmt: skip
    monkeypatch.setenv("KSTEP_HOME", str(home))
    monkeypatch.setenv("KSTEP_KEY", str(key))
    for role in ("records-officer", "list-officer", "screening-operator", "inspector"):
        done(capsys, "account", "grant", "1", role)
    return home


def done(capsys: Capture, *arguments: str | Path, code: int = 0) -> str:
    ended = kstep_here(capsys, *arguments)
    assert ended.code == code, ended
    return ended.out


def coverage(capsys: Capture, *arguments: str, code: int = 0) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(done(capsys, "coverage", "--json", *arguments, code=code))
    return found


def edition(path: Path, *numbers: int) -> str:
    lines = ["entry_id,name,birth_date,nationality"]
    for number in numbers:
        of = person(number)
        lines.append(f"E{number},{of['name']},{of['birth_date']},{of['nationality']}")
    path.write_text("\n".join(lines) + "\n")
    return f"table={path}"


def test_everyone_is_screened_and_it_is_certified(node: Path, tmp_path: Path, capsys: Capture) -> None:
    file = people_file(
        tmp_path / "people.csv", [*(person(number) for number in range(30)), {"person_id": "POOR", "name": "Li"}]
    )
    assert "new                    31" in done(capsys, "people", "import", file)
    assert coverage(capsys, code=1) == [], "without a list nobody is screened, and that is said"
    done(capsys, "lists", "register", "made", "table")
    done(capsys, "lists", "publish", edition(tmp_path / "one.csv", 3, 7), "--list", "made")
    (owed,) = coverage(capsys)
    assert (owed["roster"], owed["screened"], owed["owed"]) == (31, 0, 31)
    told = json.loads(done(capsys, "rescreen", "--json"))
    assert [(run["list"], run["whole"], run["roster"], run["too_poor"]) for run in told] == [("made", True, 31, 1)]
    (after,) = coverage(capsys, code=1)
    assert (after["screened"], after["owed"], after["overdue"], after["in_repair"]) == (30, 0, 0, 1)

    done(capsys, "lists", "publish", edition(tmp_path / "two.csv", 3, 7, 11), "--list", "made")
    assert coverage(capsys, code=1)[0]["owed"] == 30
    (run,) = json.loads(done(capsys, "rescreen", "--json"))
    assert (run["whole"], run["people"], run["entries"], run["found"] > 0) == (False, 0, 1, True)
    done(
        capsys,
        "people",
        "import",
        people_file(tmp_path / "more.csv", [person(0, name="Somebody Else"), person(40)]),
        code=1,
    )
    assert coverage(capsys, code=1)[0]["owed"] == 2
    assert json.loads(done(capsys, "rescreen", "--json"))[0]["people"] == 2
    assert "nobody is owed a screening" in done(capsys, "rescreen")
    by_office = coverage(capsys, "--by", "office", "--by", "class", code=1)
    assert sum(int(str(group["roster"])) for group in by_office) == 32

    certificate = tmp_path / "certificate.json"
    shown = ("certificate", "made", "--out", certificate, "--person", "P000007")
    assert "it is marked above internal" in kstep_here(capsys, *shown).err
    done(capsys, "account", "eligible", "1", "--level", "restricted")
    done(capsys, *shown)
    (key,) = [found["key"] for found in json.loads(done(capsys, "ledger", "keys", "list", "--json"))]
    ended = subprocess.run(
        [sys.executable, "-I", "-S", verifier.__file__, str(certificate), "--key", key],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "people         32" in ended.stdout
    assert ended.stdout.endswith("screened       P000007\nverified\n")
    for old, new, said in (
        ('"P000007"', '"P000008"', "the inclusion proof leads to another root"),
        ('"people": 32', '"people": 33', "the event states something else"),
        ('"matches"', '"mismatches"', "the event states something else"),
        ("kstep certificate 1", "kstep certificate 2", "not a certificate in the format"),
        ("hq\\n", "field\\n", "not signed by a key that is trusted"),
    ):
        text = certificate.read_text()
        assert old in text
        (tmp_path / "forged.json").write_text(text.replace(old, new, 1))
        assert main([str(tmp_path / "forged.json"), "--key", key]) == 1
        assert said in capsys.readouterr().out


def test_who_leaves_needs_a_second_person(node: Path, tmp_path: Path, capsys: Capture) -> None:
    done(capsys, "people", "import", people_file(tmp_path / "people.csv", [person(number) for number in range(3)]))
    done(capsys, "account", "eligible", "1", "--level", "restricted")
    leaving = ("people", "leave", "P000001", "--ground", "departed", "--evidence", "ticket 7", "--second")
    refused = kstep_here(capsys, *leaving, tmp_path / "ada.key")
    assert (refused.code, len(refused.told)) == (2, 1)
    assert "cannot confirm what it does itself" in refused.told[0]
    done(capsys, "account", "open", "Bo", "--key-out", tmp_path / "bo.key")
    assert kstep_here(capsys, *leaving, tmp_path / "bo.key").code == 2, "who may not do it cannot agree to it"
    done(capsys, "account", "grant", "2", "supervisor")
    done(capsys, "account", "eligible", "2", "--level", "restricted")
    done(capsys, *leaving, tmp_path / "bo.key")
    assert "is not on the roster" in kstep_here(capsys, *leaving, tmp_path / "bo.key").told[0]
    done(capsys, "people", "return", "P000001", "--ground", "seen")
    erasing = ("--ground", "retention", "--second", tmp_path / "bo.key")
    done(capsys, "people", "erase", "P000002", *erasing)
    assert "nobody in the register has that id" in kstep_here(capsys, "people", "erase", "P000002", *erasing).told[0]
    assert "computed again" in done(capsys, "ledger", "rebuild")


def test_past_of_a_person_is_shown_to_who_may_see_it(node: Path, tmp_path: Path, capsys: Capture) -> None:
    done(capsys, "people", "import", people_file(tmp_path / "people.csv", [person(number) for number in range(9)]))
    done(capsys, "lists", "register", "made", "table")
    done(capsys, "lists", "publish", edition(tmp_path / "one.csv", 3, 7), "--list", "made")
    done(capsys, "rescreen")
    denied = kstep_here(capsys, "people", "show", "P000007")
    assert (denied.code, denied.out, len(denied.told)) == (2, "", 1)
    done(capsys, "account", "eligible", "1", "--level", "restricted")
    told = json.loads(done(capsys, "people", "show", "P000007"))
    assert told["records"][0]["person_id"] == "P000007"
    (stood,) = told["lists"]
    assert (stood["was_screened"], [found["entry"] for found in stood["possible_matches"]]) == (True, ["E7"])
    before = json.loads(done(capsys, "people", "show", "P000007", "--as-of", "2020-03-03"))
    assert (before["state"], before["records"], before["lists"]) == (None, None, [])
    assert "is no time" in kstep_here(capsys, "people", "show", "P000007", "--as-of", "yesterday").told[0]


def test_home_is_nobody_elses_to_read(node: Path) -> None:
    for path in (node, *node.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0 or path.suffix in (".csv",), path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("init", "HOME", "--origin", "a b", "--administrator", "Ada", "--key-out", "NEW"),
            "cannot name this node's log",
        ),
        (("init", "HOME", "--origin", "a", "--administrator", "Ada", "--key-out", "NEW"), "is a home already"),
        (("init", "OTHER", "--origin", "a", "--administrator", "Ada", "--key-out", "KEY"), "is there already"),
        (
            ("init", "OTHER", "--origin", "a", "--administrator", "Ada", "--key-out", "NEW", "--database", "mysql://a"),
            "write sqlite:///FILE or postgresql://USER@HOST/NAME",
        ),
        (("people", "import", "gone.csv"), "gone.csv: cannot be read"),
        (("coverage", "--by", "colour"), "'colour' is nothing to count by; write office, status, class"),
        (("certificate", "gone"), "nobody was screened against a list 'gone' yet"),
        (("people", "import", "gone.csv", "--purpose", "curiosity"), "'curiosity' is no declared purpose"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(
    node: Path, tmp_path: Path, capsys: Capture, arguments: tuple[str, ...], said: str
) -> None:
    paths = {"HOME": node, "OTHER": tmp_path / "other", "KEY": tmp_path / "ada.key", "NEW": tmp_path / "new.key"}
    ended: Ran = kstep_here(capsys, *(paths.get(word, word) for word in arguments))
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1), ended
    assert said in ended.told[0]
