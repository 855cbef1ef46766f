"""Draw what the model has learned: `python tools/draw_weights.py`, from the data files of the package alone.

Every picture is a pure function of them, so the same data files give the same bytes; `--check` says whether the pictures in
docs/images are those.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pictures_of_calibration
import pictures_of_fields as fields
import pictures_of_names as names
import pictures_of_pairs as pairs
import pictures_of_spellings as spellings

IMAGES = Path(__file__).parent.parent / "docs" / "images"

PICTURES: dict[str, Callable[[], str]] = {
    "possible-match": partial(pairs.worked, "A possible match in two scripts", pairs.POSSIBLE_MATCH),
    "brothers": partial(pairs.worked, "Two brothers", pairs.BROTHERS),
    "frequencies": names.frequencies,
    "letters": names.letters,
    **{f"spellings-{reading}": partial(spellings.learned, reading) for reading in spellings.CALLED},
    "neighbours": spellings.neighbours,
    "alignments": spellings.alignments,
    "variants": names.known_variants,
    "names": names.prices,
    "names-summed-up": names.examples,
    "dates": fields.dates,
    "countries": fields.countries,
    "documents": fields.documents,
    "probability": fields.probability,
    "calibration": pictures_of_calibration.calibration,
}
"""What is drawn, by the name of its file, which begins with `weights-`."""


def path_of(name: str) -> Path:
    """Where a picture lies."""
    return IMAGES / f"weights-{name}.svg"


def main() -> int:
    """Draw, or check, the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; say which pictures would differ")
    options = parser.parse_args()
    differing = 0
    for name, draw in PICTURES.items():
        path, drawn = path_of(name), draw()
        if options.check:
            same = path.is_file() and path.read_text(encoding="utf-8") == drawn
            differing += not same
            if not same:
                print(f"{path.name} is not what the data files give: python tools/draw_weights.py draws it again")
        else:
            path.write_text(drawn, encoding="utf-8", newline="\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
