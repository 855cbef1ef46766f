"""The protocols that are shipped: each reads as a page of English, is what the schema says, and calls nobody names."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from kstep.protocol.declaration import schema
from kstep.protocol.explain import explain
from kstep.protocol.facts import KINDS
from kstep.protocol.reading import read_protocol
from kstep.protocol.simulate import read_scenario, simulate

ROOT = Path(__file__).parents[2]
PROTOCOLS = sorted((ROOT / "protocols").glob("*.yaml"))
SCORES = re.compile(r"score|bits|probab|risk|band|rank", re.IGNORECASE)
NAMES = re.compile(r"terroris|suspect|criminal|offender|alien\b|illegal", re.IGNORECASE)


class _AsText(yaml.SafeLoader):
    """Reads `on` as the word it is, as kstep does."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [one for one in found if one[0] == "tag:yaml.org,2002:int"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def test_three_are_shipped() -> None:
    assert [path.stem for path in PROTOCOLS] == ["kstep", "minors", "resettlement-staff"]


def test_page_in_the_documents_is_the_protocol() -> None:
    shown = (ROOT / "docs/protocol-kstep.md").read_text()
    assert shown == explain(read_protocol(ROOT / "protocols/kstep.yaml")), (
        "kstep protocol explain protocols/kstep.yaml > that page"
    )


def test_nothing_that_is_owed_falls_away_with_a_child() -> None:
    """A file goes over to the protocol for minors as it stands: what was asked, sent or begun in it is owed there as well."""
    adults, minors = (read_protocol(ROOT / f"protocols/{name}.yaml") for name in ("kstep", "minors"))
    assert set(adults.steps) - set(minors.steps) == {"gathering"}, "two reviewers look at once, and none asks for more"
    assert set(minors.gates) - set(adults.gates) == {"age"}
    assert set(adults.gates) <= set(minors.gates)
    for name, step in adults.steps.items():
        if name in minors.steps:
            other = minors.steps[name]
            assert other.per == step.per
            assert set(step.done) >= set(other.done) or name == "statement", name
            assert not step.sends or other.sends == step.sends


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_each_is_what_the_schema_says(path: Path) -> None:
    text = yaml.load(path.read_text(), _AsText)
    text["example"] = text["example"] == "true"
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(text, schema())
    text["steps"]["review"]["mood"] = "grim"
    with pytest.raises(jsonschema.ValidationError, match="mood"):
        jsonschema.validate(text, schema())


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_page_has_everything_and_no_ids(path: Path) -> None:
    protocol = read_protocol(path)
    page = explain(protocol)
    for title in (*(step.title for step in protocol.steps.values()), *(gate.title for gate in protocol.gates.values())):
        assert title in page
    assert "an example, to be replaced" in page
    words = page.split("## Who")[1]
    assert not re.search(r"[a-z]_[a-z]|\{|\}|None|\[\]", words), "everything is in words"
    assert not [kind for kind in KINDS if kind in page]


@pytest.mark.parametrize(
    "path", [*PROTOCOLS, *sorted((ROOT / "protocols/scenarios").glob("*.yaml"))], ids=lambda path: path.stem
)
def test_nobody_is_called_names(path: Path) -> None:
    assert not NAMES.search(path.read_text())


def test_nothing_a_protocol_can_ask_for_is_a_score() -> None:
    for kind, one in KINDS.items():
        assert not [name for name in (kind, *one.fields, *one.about) if SCORES.search(name)]


def test_scenario_of_an_inconclusive_answer() -> None:
    protocol = read_protocol(ROOT / "protocols/kstep.yaml")
    scenario = read_scenario(ROOT / "protocols/scenarios/inconclusive.yaml", protocol)
    told = [line for moment in simulate(protocol, scenario) for line in moment.follows]
    for line in (
        "late: “Ask every database that the person has to be held against”, what was recorded does not do it (result timed-out)",
        "Release at our discretion: waits, still open: unclear-answer",
        "late: “Notify headquarters at once”, nobody has done it",
        "known late: “Act on a positive answer about a person who was released before it came”, done, and recorded too late",
    ):
        assert line in told
    assert not [line for line in told if line.startswith("BREACH")]
