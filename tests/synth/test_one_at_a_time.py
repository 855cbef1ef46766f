"""What is drawn one at a time is what columns of it would be: numbers, ranks, papers; and lists are made in chunks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from kstep.synth import write_list
from kstep.synth.draws import Draws
from kstep.synth.entries import listed_people
from kstep.synth.fields import number_like, numbers
from kstep.synth.population import CHUNK
from kstep.synth.vocabulary import Law


def test_numbers_come_in_one_order_however_they_are_fetched() -> None:
    whole = Draws(3, "order").uniform(6000).tolist()
    draws, fetched = Draws(3, "order"), list[float]()
    for size in (1, 0, 5, 1, 1, 1030, 700, 1, 2500):
        fetched += [draws.point()] if size == 1 else draws.uniform(size).tolist()
    assert fetched == whole[: len(fetched)] and len(fetched) > 4000


@pytest.mark.parametrize("law", [Law(1.3, 8.0, 5000), Law(1.0, 2.0, 400), Law(1.6, 5.0, 900)])
def test_one_rank_is_the_rank_of_a_column(law: Law) -> None:
    points = np.concatenate([Draws(1, "rank").uniform(5000), [0.0, np.nextafter(1.0, 0.0)]])
    assert [law.rank(point) for point in points.tolist()] == law.ranks(points).tolist()


@pytest.mark.parametrize("pattern", ["@########", "###########", "9######", "EP-@@@", "K"])
def test_one_number_is_the_number_of_a_column(pattern: str) -> None:
    assert [number_like(pattern, Draws(seed)) for seed in range(50)] == [
        numbers(pattern, 1, Draws(seed))[0] for seed in range(50)
    ]


def test_list_is_made_in_chunks_that_do_not_depend_on_one_another() -> None:
    names = [person.name for person in listed_people("table", 2 * CHUNK, 3)]
    first, second = names[:CHUNK], names[CHUNK:]
    assert first == [person.name for person in listed_people("table", CHUNK, 3)]
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 10


def test_un_list_is_indented_as_one_tree_would_be(tmp_path: Path) -> None:
    write_list(tmp_path / "un.xml", "un", 40, 1)
    tree = etree.parse(tmp_path / "un.xml", etree.XMLParser(remove_blank_text=True))
    written = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    assert (tmp_path / "un.xml").read_bytes() == written


@pytest.mark.parametrize(("kind", "name"), [("table", "table.csv"), ("un", "un.xml"), ("ofac-sdn", "ofac")])
def test_list_of_nobody_is_written_and_read(tmp_path: Path, kind: str, name: str) -> None:
    assert write_list(tmp_path / name, kind, 0, 1).people == 0
    assert (tmp_path / name).exists()
