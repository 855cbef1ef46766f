"""The labelled pairs through nomenklatura, in an environment of its own (docs/benchmarks.md says how to make it).

Persons become FollowTheMoney entities before the clock starts; only `compare` is timed (processor
seconds, one thread), after a warm-up.

    PEERS_PYTHON bench/accuracy/peers.py OUT SET.jsonl ...
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from followthemoney import EntityProxy
from nomenklatura.matching import get_algorithm

SYSTEMS = ("logic-v1", "logic-v2")
GENDERS = {"M": "male", "F": "female", "X": "other"}
PROPERTIES = {
    "name": "name", "aliases": "alias", "weak_aliases": "weakAlias", "birth_date": "birthDate", "sex": "gender",
    "nationality": "nationality", "birth_country": "birthCountry",
}  # fmt: skip
"""Columns of the person input, and the property of a FollowTheMoney `Person` that says the same."""


def entity(person: dict[str, Any]) -> EntityProxy:
    """The person as an entity. Its id follows from what it says: nomenklatura keeps what it read of an entity by its id."""
    key = hashlib.sha256(json.dumps(person).encode()).hexdigest()
    properties: dict[str, list[str]] = {}
    for column, name in PROPERTIES.items():
        value = person.get(column, [])
        values = value if isinstance(value, list) else [value]
        if column == "sex":
            values = [GENDERS[each] for each in values]
        elif column in ("nationality", "birth_country"):
            values = [each.lower() for each in values]
        if values:
            properties[name] = values
    return EntityProxy.from_dict({"id": key, "schema": "Person", "properties": properties})


def scores(rows: list[dict[str, Any]], system: str) -> tuple[list[float], float]:
    """The score of every pair by a system, and the seconds that comparing took."""
    algorithm = get_algorithm(system)
    config = algorithm.default_config()
    pairs = [(entity(row["left"]), entity(row["right"])) for row in rows]
    algorithm.compare(*pairs[0], config)
    started = time.process_time()
    found = [algorithm.compare(left, right, config).score for left, right in pairs]
    return found, time.process_time() - started


def main() -> None:
    """Score every set and write, for each, the scores by system and the seconds."""
    out = Path(sys.argv[1])
    for path in map(Path, sys.argv[2:]):
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        found = {system: scores(rows, system) for system in SYSTEMS}
        (out / f"{path.stem}.json").write_text(json.dumps(found))
        print(f"{path.stem}: {len(rows):,} pairs, "
              + ", ".join(f"{system} {seconds:.1f} s" for system, (_, seconds) in found.items()), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
