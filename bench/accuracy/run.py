"""Accuracy of kstep, rapidfuzz and, if asked for, nomenklatura on the labelled sets, in one run.

Prints every table as Markdown. `--peers` names the Python of an environment that has nomenklatura (docs/benchmarks.md).

    python bench/accuracy/run.py DATA [--peers PYTHON] [--sets FOLDER] [--only WORD ...] [--half fit]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from equal_recall import equal_recall_table
from fairness import fairness
from figures import table
from labelled import HALVES, Row, chance, good_names, person, read, write
from pair_tables import Results, pair_tables
from people import Alike, Listed
from query_tables import candidates, label_of, query_tables
from sets import write_sets
from systems import Scored, all_scores, kstep, peers

from kstep.matching import engine_name

SPEED_QUERIES = 300
SPEED_SAMPLE = 3_000
"""Entries of the UN that are compared with all of OFAC's, and how many of these pairs the peers get."""


def main() -> None:
    """Make the sets, score them, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers", type=Path, help="Python of an environment with nomenklatura")
    parser.add_argument("--sets", type=Path, help="keep the sets in this folder, or take those that are there")
    parser.add_argument("--only", nargs="*", default=[""], help="only sets of which the name holds one of these words")
    parser.add_argument(
        "--half", choices=HALVES, default="test", help="the half to score; what is fitted has seen `fit`"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        sets = options.sets or work / "sets"
        if not sets.exists():
            write_sets(options.data, sets)
        measure(options.data, sets, work, options.peers, options.only, options.half)


def measure(data: Path, sets: Path, work: Path, python: Path | None, words: list[str], half: str) -> None:
    """Score the sets of a half, and print."""
    paths = [path for path in sorted(sets.glob(f"*_{half}.jsonl")) if any(word in path.stem for word in words)]
    queries = [path for path in paths if path.stem.startswith("queries_")]
    pairs = [path for path in paths if path not in queries]
    listed = Listed.of(data)
    print(f"engine: {engine_name()}")
    rows = {path.stem: read(path) for path in pairs}
    scored = {name: all_scores(of_set) for name, of_set in rows.items()}
    asked: dict[str, tuple[list[Row], dict[str, Scored]]] = {}
    speed = speed_pairs(listed)
    sample = work / "speed.jsonl"
    write(chance("speed").sample(speed, SPEED_SAMPLE), sample)
    fastest = {"kstep": (len(speed), kstep(speed).seconds)}
    if python:
        alike = {label: Alike(entries) for label, entries in listed.entries.items()}
        likely = {path.stem: candidates(path, listed, alike[label_of(path)], work) for path in queries}
        found = peers(python, [*pairs, *likely.values(), sample], work)
        for name in scored:
            scored[name] |= found[name]
        asked = {name: (read(path), found[path.stem]) for name, path in likely.items()}
        fastest |= {system: (SPEED_SAMPLE, said.seconds) for system, said in found[sample.stem].items()}
    if pairs:
        results = {name: (rows[name], scored[name]) for name in rows}
        pair_tables(results)
        fairness_of_pairs(results)
    if queries:
        query_tables(queries, data, asked)
    lines = [
        [system, f"{count:,}", f"{seconds:.2f}", f"{count / seconds:,.0f}"]
        for system, (count, seconds) in fastest.items()
    ]
    table("pairs a second on one core: UN entries against all of OFAC's, all fields (peers: a sample of the same pairs)",
          ["system", "pairs", "seconds", "pairs a second"], lines)  # fmt: skip
    fairness(listed)


def fairness_of_pairs(results: Results) -> None:
    """False alarms by script and by culture at equal recall, on names of real lists and on composed ones."""
    for title, label, beginning, recall in (
        ("whole names, Latin against other scripts", "script", ("composed_", "script_"), 0.9),
        ("aliases of real lists, names only", "culture", ("alias_",), 0.7),
    ):
        chosen = {
            name: found for name, found in results.items() if name.startswith(beginning) and "_fields" not in name
        }
        if chosen:
            equal_recall_table(title, label, chosen, recall)


def speed_pairs(listed: Listed) -> list[Row]:
    """Entries of the UN's list beside every entry of OFAC's, as pairs without a label."""
    un, ofac = ([person([name.full for name in good_names(entry.identity)], entry.identity) for entry in entries
                 if good_names(entry.identity)] for entries in listed.entries.values())  # fmt: skip
    return [{"left": left, "right": right} for left in un[:SPEED_QUERIES] for right in ofac]


if __name__ == "__main__":
    main()
