"""Learn how names are spelled in Latin letters, and write it as whole millibits: `python tools/train_spelling.py DATA`.

One model for each script (two for Han: Chinese and Japanese), and one for Latin spellings of one name. The same data gives
the same bytes. Needs the packages of the `weights` extra.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from array import array
from pathlib import Path

from kstep.names.letters import surprise
from kstep.names.spelling import UNHEARD_OF, fallback, signs
from spelling_em import Example, Learned, Learner
from spelling_pairs import latin_pairs, native_pairs

LEARNED = {"arabic": "both", "hebrew": "both", "cyrillic": "both", "chinese": "", "kanji": "", "kana": "both",
           "hangul": "both", "latin": "after"}  # fmt: skip
"""The models, and which neighbours of a sign they look at."""

LEAST_USES = {1: 0.0, 2: 10.0, 3: 25.0}
"""Uses from which a row is kept, by how many signs it names."""

DEAREST = 10_000
"""Millibits from which a chunk counts as unheard of."""

MOST_COSTS = 48
"""Chunks that one row keeps at most."""

PROVENANCE = (
    "Learned by tools/train_spelling.py from name tokens mined from Wikidata by Merhav and Ash (COLING 2018; CC0) in seven "
    "languages, Japanese names of IPADIC, aliases of half of the individuals of the OFAC list of 2024-05-03 and of the UN list "
    "of 2026-02-27, Korean family names by hand, and slips of the finger at random."
)


def learn(reading: str, data: Path) -> Learned:
    """One model."""
    pairs = latin_pairs(data) if reading == "latin" else native_pairs(data, reading)
    examples = [
        Example(tuple(signs(word)), spelled, weight, 2 ** (-surprise(spelled) / 1000))
        for word, spelled, weight in pairs
        if len(spelled) <= 4 * len(signs(word))
    ]
    wider = fallback if reading in ("chinese", "kanji") else lambda _: "@"
    return Learner(examples, wider, LEARNED[reading]).learn()


def rows(model: Learned) -> dict[str, list[tuple[str, int]]]:
    """The rows to keep, by name: what each emits and its cost, the likeliest first; without what costs as the unheard-of."""
    kept = {}
    for name, uses, emits in zip(model.names, model.uses.sum(1), model.emits, strict=True):
        named = 1 if name.startswith("@") or name[1:] in ("1", "2") else len(name.replace("\0", ""))
        if uses < LEAST_USES[named] and not name.startswith("@"):
            continue
        costs = (
            (chunk, round(-1000 * math.log2(share)))
            for chunk, share in zip(model.chunks, emits, strict=True)
            if share > 0
        )
        found = [(chunk, cost) for chunk, cost in costs if cost < min(DEAREST, UNHEARD_OF[len(chunk)] - 500)]
        kept[name] = sorted(found, key=lambda item: (item[1], item[0]))[:MOST_COSTS]
    return dict(sorted(kept.items()))


def write(models: dict[str, dict[str, list[tuple[str, int]]]], out: Path) -> None:
    """The data file that `kstep.names.spelling.parse` reads. The chunks of Latin spellings come first, so that the engine's
    table of them is narrow.
    """
    every = {chunk for model in models.values() for row in model.values() for chunk, _ in row}
    of_latin = {chunk for row in models["latin"].values() for chunk, _ in row}
    chunks = [*sorted(of_latin), *sorted(every - of_latin)]
    number = {chunk: place for place, chunk in enumerate(chunks)}
    start, chunk_of, cost = array("i", [0]), array("H"), array("H")
    for model in models.values():
        for row in model.values():
            for chunk, price in row:
                chunk_of.append(number[chunk])
                cost.append(price)
            start.append(len(cost))
    head = {"provenance": PROVENANCE, "chunks": chunks, "rows": {name: list(model) for name, model in models.items()}}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    out.write_bytes(text.encode() + b"\n" + start.tobytes() + chunk_of.tobytes() + cost.tobytes())


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of real data")
    parser.add_argument("--out", type=Path, default=Path("src/kstep/names/data/spellings.bin"))
    options = parser.parse_args()
    models = {}
    for reading in LEARNED:
        began = time.perf_counter()
        models[reading] = rows(learn(reading, options.data))
        entries = sum(map(len, models[reading].values()))
        print(
            f"{reading}: {len(models[reading])} rows, {entries} costs, {time.perf_counter() - began:.1f} s", flush=True
        )
    write(models, options.out)
    print(f"{options.out}: {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
