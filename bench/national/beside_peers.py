"""The same people, list and planted pairs screened by kstep and by the peers, one after the other, at sizes that they finish.

What is planted are altered copies of entries; everything a peer does counts from the start of its programme to the end of its
scoring, and for kstep that of `kstep screen` with nothing kept. `planted.py` counts what each of them finds.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from commands import Setup, kstep, row
from planted import Tally, identities, read_truth

SIZES = (10_000, 100_000)
"""People, and as many entries."""

PLANTED = 0.01
PEERS = ("splink", "nomenklatura", "rapidfuzz")
SAMPLED = {"rapidfuzz": 1_000, "nomenklatura": 1_000}
"""Of so many planted people and as many others the pairs are scored by these, and the rest is extrapolated."""


def beside_peers(setup: Setup, python: Path) -> dict[str, Any]:
    """Screen by each, at each size."""
    return {f"{size:,} x {size:,}": _at_size(setup, size, python) for size in SIZES}


def _at_size(setup: Setup, size: int, python: Path) -> dict[str, Any]:
    here = Setup(setup.folder / f"peers-{size}", size, size)
    here.folder.mkdir(exist_ok=True)
    truth = here.roster.with_suffix(".truth.csv")
    if not truth.exists():
        kstep(here, "synth", "list", "--kind", "table", "--n", str(size), "--seed", "18", "--out", here.list)
        planted = ("--list", f"table={here.list}", "--planted", str(PLANTED))
        kstep(here, "synth", "people", "--n", str(size), "--seed", "24", *planted, "--out", here.roster)
    figures = {"kstep": _by_kstep(here, truth)}
    for peer in PEERS:
        told = here.folder / f"{peer}.json"
        programme = (python, Path(__file__).with_name("peers.py"), here.roster, here.list, "--truth", truth)
        sampled = ("--sample", str(SAMPLED[peer])) if peer in SAMPLED else ()
        options = ("--peer", peer, *sampled, "--json", told)
        subprocess.run([*map(str, programme + options)], check=True, stdout=subprocess.DEVNULL)
        figures[peer] = _of_peer(json.loads(told.read_text(encoding="utf-8")))
    return figures


def _by_kstep(setup: Setup, truth: Path) -> dict[str, Any]:
    kstep(setup, "warmup")
    for kept in (*setup.cache.glob("*.index"), *setup.cache.glob("*.roster")):
        kept.unlink()
    out = setup.folder / "matches.jsonl"
    took = kstep(setup, "screen", setup.roster, "--list", f"table={setup.list}", "--out", out)
    tally = Tally(read_truth(truth))
    with out.open(encoding="utf-8") as lines:
        for match in map(json.loads, lines):
            tally.add_pair(match["person_id"], match["entry_id"], match["probability"])
    people = [person.key for person in identities(setup.roster, "person_id")]
    return {**row(took), **_found(tally.figures(people, set(people)))}


def _of_peer(figures: dict[str, Any]) -> dict[str, Any]:
    sampled = {"extrapolated from": figures["people_screened"]} if figures["extrapolated"] else {}
    return {
        "wall_s": figures["wall_s"], "cpu_s": figures["cpu_s"], "peak_gib": round(figures["peak_mb"] * 1e6 / (1 << 30), 2),
        "pairs_scored": figures["pairs"], **_found(figures), **sampled,
    }  # fmt: skip


def _found(figures: dict[str, Any]) -> dict[str, Any]:
    """Recall of planted pairs, and other pairs a million people, at each threshold."""
    recall, others = figures["recall_at"], figures["false_per_million_people_at"]
    return {f"at {threshold}": f"recall {recall[threshold]}, others {others[threshold]:,}/M" for threshold in recall}
