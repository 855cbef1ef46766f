"""An office, and whom it tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from encounters.offices import Office
from headquarters import Headquarters
from kept_homes import listed_file


@pytest.fixture
def office(tmp_path: Path, empty_url: str) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home", None if empty_url.startswith("sqlite") else empty_url)
    made.kept.publish(listed_file(tmp_path))
    yield made
    made.finish()


@pytest.fixture
def hq(office: Office, tmp_path: Path) -> Iterator[Headquarters]:
    made = Headquarters(office, tmp_path)
    yield made
    made.close()
