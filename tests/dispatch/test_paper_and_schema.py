"""Pages and schemas: names in any script are data, markings stand at the top and the bottom, and nobody is called anything."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kstep.dispatch import paper, templates
from kstep.dispatch.envelope import Payload
from kstep.dispatch.templates import TEMPLATES, checked, schema
from kstep.model import InputError
from messaging import note

SOURCES = Path(str(paper.__file__)).parent
HOSTILE = '#panic("x") $x$ *b* #read("/etc/passwd") @a <b> \\u{41} "; //'
NAMES = ("Tariq Qasrawan", "طارق قصروان", "Дмитрий Брастов", "王小明", "김철수", "דוד כהן", HOSTILE)

BODIES: dict[str, dict[str, Any]] = {
    "notification": note(),
    "incident-report": {"summary": "s", "happened": "2026-01-01", "steps": ["called"]},
    "supplement": {"adds": "a"},
    "correction": {"wrong": "w", "right": "r"},
    "retraction": {"ground": "g"},
    "referral": {"match": {"list": "l", "entry": "e", "confirmation": "not asked"}, "question": "q"},
    "answer": {"request": "0" * 32, "result": "no record"},
}


def payload(body: dict[str, Any], kind: str = "notification") -> Payload:
    held = {
        "id": "ab" * 16,
        "nonce": "cd" * 16,
        "marking": "secret//CAT-1",
        "purpose": "reporting",
        "made": 1_770_000_000_000_000,
    }
    told = {"kind": kind, "sender": "screening.example/hq", "recipient": "hq.example", "refers": None, "template": 1}
    return Payload.make({**held, **told, "body": checked(kind, body)})


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "page.pdf").write_bytes(pdf)
    if not (tool := shutil.which("pdftotext")):
        pytest.skip("pdftotext is not installed")
    return subprocess.run([tool, "-layout", folder / "page.pdf", "-"], capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_has_a_schema_that_its_bodies_keep(kind: str) -> None:
    published = Draft202012Validator(schema(kind))
    Draft202012Validator.check_schema(schema(kind))
    published.validate(json.loads(json.dumps(checked(kind, BODIES[kind]))))
    for wrong in ({**BODIES[kind], "suspect": True}, {}):
        assert not published.is_valid(wrong)
        with pytest.raises(InputError, match=f"see kstep messages schema {kind}"):
            checked(kind, wrong)
    assert paper.page(payload(BODIES[kind], kind)).startswith(b"%PDF")


def test_names_of_any_script_and_hostile_ones_are_data(tmp_path: Path) -> None:
    people = [{"person": number + 1, "name": name} for number, name in enumerate(NAMES)]
    first = paper.page(payload(note(HOSTILE, people)))
    assert first == paper.page(payload(note(HOSTILE, people))), "the same bytes each time"
    text = text_of(first, tmp_path)
    for name in (
        "Tariq Qasrawan",
        "Дмитрий Брастов",
        "王小明",
        "김철수",
        '#panic("x") $x$ *b*',
        '#read("/etc/passwd")',
    ):
        assert name in text
    assert "root:" not in text
    pages = text.split("\f")[:-1]
    assert all(page.count("secret//CAT-1") == 2 for page in pages)


@pytest.mark.parametrize("answer", ["positive", "negative", "inconclusive", "no reply", "not asked"])
def test_page_says_confirmed_only_where_it_was(tmp_path: Path, answer: str) -> None:
    match = {"list": "own", "entry": "E-1", "confirmation": answer}
    text = text_of(paper.page(payload(note(match=match))), tmp_path)
    assert ("confirmed" in text) == (answer == "positive")


def test_no_template_calls_anybody_anything() -> None:
    told = (SOURCES / "paper.typ").read_text() + Path(paper.__file__).read_text() + Path(templates.__file__).read_text()
    told += json.dumps([schema(kind) for kind in TEMPLATES])
    assert [word for word in ("terrorist", "suspect", "criminal", "enemy") if word in told.lower()] == []
