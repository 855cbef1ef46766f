"""A cluster that the tests of this folder share, and one that a test may break; a roster and a list for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_cluster import Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers."""
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A master and two workers for one test alone, which may kill them."""
    running = Cluster(tmp_path / "cluster")
    yield running
    running.stop()
