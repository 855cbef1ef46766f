"""What docs/access.md says of roles, actions, purposes and markings is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kstep.access.purposes import PURPOSES
from kstep.access.roles import ACTIONS, IN_PROTOCOL, ROLES, WORKING
from kstep.model.markings import Marking

TEXT = (Path(__file__).parents[2] / "docs/access.md").read_text(encoding="utf-8")


def table(heading: str) -> dict[str, str]:
    """The rows of the table with this head, by what stands in their first cell."""
    _, _, rest = TEXT.partition(f"| {heading} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return {cells[1].strip(): cells[2].strip() for cells in (line.split("|") for line in lines)}


def test_every_role_action_and_purpose_is_documented() -> None:
    assert {role.strip("`"): set(re.findall(r"`([^`]+)`", may)) for role, may in table("role").items()} == {
        role: set(actions) for role, actions in [*ROLES.items(), (f"{IN_PROTOCOL}ROLE", WORKING)]
    }
    assert {action.strip("`"): means for action, means in table("action").items()} == dict(ACTIONS)
    assert {purpose.strip("`"): means for purpose, means in table("purpose").items()} == dict(PURPOSES)


@pytest.mark.parametrize("text", re.findall(r"`([^`]+)`", " ".join(table("marking"))))
def test_every_marking_that_is_shown_is_one(text: str) -> None:
    assert str(Marking.parse(text)) == text
