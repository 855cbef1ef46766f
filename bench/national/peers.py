"""The screening of a register by a peer, in the peers' own environment (README.md says how to make it): nothing of kstep
is imported. Prints and writes one JSON object; progress goes to standard error.

    PEERS_PYTHON bench/national/peers.py PEOPLE.csv LIST.csv --truth TRUTH.csv --peer PEER [--sample N] --json OUT
"""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

from planted import Clock, read_truth

PEERS = {"splink": "by_splink", "nomenklatura": "by_nomenklatura", "rapidfuzz": "by_rapidfuzz"}
"""The peers, and the module here that screens with each; only the one asked for is imported, and its import is timed."""


def main() -> None:
    """Screen with one peer and write what it took and found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", type=Path, help="people as `kstep synth people` writes them (.csv)")
    parser.add_argument("entries", type=Path, help="a list as `kstep synth list --kind table` writes it (.csv)")
    parser.add_argument("--truth", type=Path, required=True, help="the truth beside the people")
    parser.add_argument("--peer", choices=PEERS, required=True)
    parser.add_argument("--sample", type=int, metavar="N", help="score N planted and N other people, and extrapolate")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    asked = parser.parse_args()
    clock = Clock()
    peer = importlib.import_module(PEERS[asked.peer])
    clock.step("import")
    screened = peer.screen(asked.people, asked.entries, read_truth(asked.truth), asked.sample, clock)
    report = json.dumps(screened.report(asked.peer, clock), indent=2, ensure_ascii=False)
    asked.json.write_text(f"{report}\n", encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
