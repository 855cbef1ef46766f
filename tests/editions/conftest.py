"""A node that takes lists in, on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.store import Database
from lists_in_use import Node


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    """A node without any list."""
    return Node.begin(database, tmp_path)
