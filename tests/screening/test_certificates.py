"""A certificate states what a second program computes, and shows one person's screening without showing another's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.signing import SigningKey
from kstep.ledger.tables import events, rows
from kstep.ledger.verifier import (
    CERTIFICATE,
    Refused,
    Tree,
    canonical,
    check_inclusion,
    leaf_hash,
    row_hash,
    verify_certificate,
)
from kstep.matching import brute_pairs, build_index, prepare
from kstep.model import Entry
from kstep.model.events import CoverageCertified
from kstep.records.people import person_from_mapping
from kstep.register.tables import people
from kstep.screening.certificate import NotCovered, certify, prove_person
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.store import Database
from nodes import BY, Node, people_file, person

STANDARD = Standard(0.5, 8_000)


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    node = Node(database).begin()
    node.register.import_people(people_file(tmp_path / "people.csv", [person(number) for number in range(20)]), BY)
    return node


@pytest.fixture
def used() -> ListInUse:
    found = [person_from_mapping(person(number), person_id="x")[0].identity for number in (3, 7, 11)]
    entries = [Entry(f"E{number}", identity) for number, identity in enumerate(found)]
    return ListInUse("made", OpenList("made", "table", None, {}, (), build_index("made 1", entries)))


def screen(node: Node, used: ListInUse, folder: Path) -> None:
    Rescreening(node.ledger, node.register, folder, STANDARD).run([used], BY)


def certified(node: Node) -> CoverageCertified:
    fact = certify(node.ledger, "made", BY).fact
    assert isinstance(fact, CoverageCertified)
    return fact


def test_roots_are_those_that_a_second_program_computes(node: Node, used: ListInUse, tmp_path: Path) -> None:
    screen(node, used, tmp_path)
    fact = certified(node)
    with node.database.read() as connection:
        everyone = sorted(node.register.roster(connection))
        of_import = select(rows).where(rows.c.segment.startswith("import"))
        leaves = {line.subject: line.leaf for line in connection.execute(of_import)}
    roster, result = Tree(), Tree()
    for one in everyone:
        roster.add(leaves[f"person:{one.person}"])
    pairs = brute_pairs(
        [prepare(one.records[0].identity) for one in everyone],
        [prepare(identity) for identity in used.opened.index.identities], STANDARD.need, STANDARD.weights,
    ).pairs  # fmt: skip
    lines = [
        {"person": everyone[pair.person].person, "entry": f"E{pair.entry}", "millibits": pair.millibits}
        for pair in pairs
    ]
    for line in sorted(lines, key=lambda line: (line["person"], line["entry"])):
        result.add(leaf_hash(canonical(line)))
    assert len(lines) >= 3
    assert (fact.people, fact.roster_root) == (20, roster.root().hex())
    assert (fact.matches, fact.result_root) == (len(lines), result.root().hex())
    assert (fact.list, fact.edition, fact.engine) == ("made", "made 1", STANDARD.engine)


def test_one_person_is_shown_without_the_others(node: Node, used: ListInUse, tmp_path: Path) -> None:
    screen(node, used, tmp_path)
    fact, number = certified(node), node.register.find("P000007")
    with node.database.read() as connection:
        (proof,) = prove_person(node.ledger, connection, fact, number)
    assert proof.row["records"][0]["person_id"] == "P000007"
    leaf, steps = (
        row_hash(bytes.fromhex(proof.salt), canonical(proof.row)),
        [bytes.fromhex(step) for step in proof.proof],
    )
    check_inclusion(leaf, proof.index, proof.size, steps, bytes.fromhex(fact.roster_root))
    with pytest.raises(Refused):
        check_inclusion(leaf, proof.index - 1, proof.size, steps, bytes.fromhex(fact.roster_root))
    told = str(proof)
    assert not any(f"P{other:06d}" in told for other in range(20) if other != 7)


def test_certificate_stands_when_somebody_is_erased_later(node: Node, used: ListInUse, tmp_path: Path) -> None:
    screen(node, used, tmp_path)
    fact, number, gone = certified(node), node.register.find("P000007"), node.register.find("P000003")
    node.register.erase(gone, "retention", BY)
    with node.database.read() as connection:
        (proof,) = prove_person(node.ledger, connection, fact, number)
        leaf = row_hash(bytes.fromhex(proof.salt), canonical(proof.row))
        check_inclusion(
            leaf,
            proof.index,
            proof.size,
            [bytes.fromhex(step) for step in proof.proof],
            bytes.fromhex(fact.roster_root),
        )
        with pytest.raises(NotCovered, match="was erased since"):
            prove_person(node.ledger, connection, fact, gone)


def test_nothing_is_certified_that_is_not_so(node: Node, used: ListInUse, tmp_path: Path) -> None:
    with pytest.raises(NotCovered, match="nobody was screened against a list 'made' yet"):
        certify(node.ledger, "made", BY)
    screen(node, used, tmp_path)
    node.register.leave(node.register.find("P000001"), "departed", "ticket", "account:2", BY)
    with pytest.raises(NotCovered, match="run kstep rescreen first"):
        certify(node.ledger, "made", BY)
    node.register.import_people(people_file(tmp_path / "more.csv", [person(30)]), BY)
    screen(node, used, tmp_path)
    assert certified(node).people == 20
    with node.database.read() as connection:
        assert len(connection.execute(select(people)).all()) == 21
        with pytest.raises(NotCovered, match="was not on the roster"):
            prove_person(node.ledger, connection, certified(node), node.register.find("P000001"))


def test_nobody_too_poor_to_be_found_is_shown_as_screened(node: Node, used: ListInUse, tmp_path: Path) -> None:
    poor = {**person(30), "name": "FNU LNU", "birth_date": "", "nationality": ""}
    node.register.import_people(people_file(tmp_path / "more.csv", [poor]), BY)
    screen(node, used, tmp_path)
    fact = certified(node)
    assert (fact.people, fact.poor) == (21, 1)
    with node.database.read() as connection, pytest.raises(NotCovered, match="was in repair then"):
        prove_person(node.ledger, connection, fact, node.register.find("P000030"))


def test_record_that_is_screened_with_nobody_is_not_certified(node: Node, used: ListInUse, tmp_path: Path) -> None:
    kept, other = node.register.find("P000001"), node.register.find("P000002")
    node.register.merge(kept, other, "photograph", BY)
    screen(node, used, tmp_path)
    together = certified(node)
    assert together.people == 20
    node.register.leave(kept, "departed", "ticket", "account:2", BY)
    node.register.import_people(people_file(tmp_path / "more.csv", [person(30)]), BY)
    screen(node, used, tmp_path)
    apart = certified(node)
    assert apart.people == 19
    with node.database.read() as connection:
        assert prove_person(node.ledger, connection, together, other)[0].size == 20, "what was certified then stands"
        with pytest.raises(NotCovered, match="was not on the roster"):
            prove_person(node.ledger, connection, apart, other)


@pytest.mark.parametrize("row", [[], {"records": []}, {"records": [{"person_id": 7}]}, {"records": {"0": 1}}, None])
def test_row_that_names_nobody_is_refused(node: Node, row: object) -> None:
    """A keeper can commit to anything; whoever checks it is told, and meets no traceback."""
    (roster := Tree()).add(row_hash(bytes(32), canonical(row)))
    fact = CoverageCertified(
        list="made", edition="made 1", engine="e", need=1, prior=1, as_of=1, people=1, roster_root=roster.root().hex(),
        matches=0, result_root=Tree().root().hex(), poor=0,
    )  # fmt: skip
    with node.ledger.unit(BY) as unit:
        stated = unit.record(fact, subject="list:made", marking="internal")
    key = SigningKey.generate("screening.example/hq")
    kept = make_checkpoint(node.ledger, [key])
    with node.database.read() as connection:
        text = connection.execute(select(events.c.text).where(events.c.number == stated.number)).scalar_one()
        salt, payload = node.ledger.payload(connection, stated.number) or (b"", None)
        proof = node.ledger.inclusion_proof(connection, stated.number, kept.size)
    told = {
        "format": CERTIFICATE, "checkpoint": kept.note.decode(), "event": text.decode(), "salt": salt.hex(), "payload": payload,
        "proof": [step.hex() for step in proof],
        "people": {"1": [{"row": row, "salt": bytes(32).hex(), "index": 0, "size": 1, "proof": []}]},
    }  # fmt: skip
    with pytest.raises(Refused, match="a row that names nobody"):
        verify_certificate(json.dumps(told).encode(), [key.key])
