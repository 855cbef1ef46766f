"""Build the pinned table of nicknames and of names in other languages: `python tools/build_nicknames.py`.

English nicknames come from the package `nicknames` (pinned under `weights` in pyproject.toml), the others from the two
files beside this one. The same sources give the same bytes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from nicknames import NickNamer

from kstep.names.tokens import tokenize

MOST_CLASSES = 6
"""Names that one token may stand for; of more, those with the most nicknames, which are the commonest, are kept."""

OUTPUT = Path(__file__).parent / "data" / "nicknames.tsv"
PREAMBLE = """\
# Which names a given name may stand for: the kind of relation, a name token, the classes it belongs to.
# Made by tools/build_nicknames.py from the package nicknames {version} (Apache-2.0; English) and from
# tools/nicknames_by_hand.txt and tools/equivalents_by_hand.txt (other languages; general knowledge).
"""


def token(name: str) -> str:
    """The one token of a name; nothing if it is more than one."""
    tokens = tokenize(name).tokens
    return tokens[0] if len(tokens) == 1 and len(tokens[0]) > 1 else ""


def by_hand(file: str) -> Iterator[tuple[str, str]]:
    """The lines of a file by hand: what stands before the colon, what behind it."""
    for line in (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            before, _, behind = line.partition(":")
            yield before, behind


def nickname_pairs() -> Iterator[tuple[str, str]]:
    """Every name with a class that it belongs to: nicknames, the spellings of a name, and the name of the class itself.

    Where the package has two names as nicknames of each other, the one with more nicknames is the name.
    """
    for before, behind in by_hand("nicknames_by_hand.txt"):
        spellings = before.split()
        for name in (*spellings, *behind.split()):
            yield token(name), token(spellings[0])
    known = NickNamer().nickname_lookup
    translated = table(equivalent_pairs())
    for canonical, nicknames in known.items():
        yield token(canonical), token(canonical)
        for name in nicknames:
            either_way = canonical in known.get(name, ())
            shorter = either_way and (len(known[name]), canonical) > (len(nicknames), name)
            if not shorter and not set(translated.get(name, ())) & set(translated.get(canonical, ())):
                yield token(name), token(canonical)


def equivalent_pairs() -> Iterator[tuple[str, str]]:
    for before, _ in by_hand("equivalents_by_hand.txt"):
        names = before.split()
        for name in names:
            yield token(name), token(names[0])


def table(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """The classes of every token, the one with the most members first, its own before all."""
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for name, named in pairs:
        if name and named:
            classes[name].add(named)
    members = Counter(named for found in classes.values() for named in found)
    return {
        name: sorted(found, key=lambda named: (named != name, -members[named], named))[:MOST_CLASSES]
        for name, found in classes.items()
    }


def main() -> None:
    """Write the table."""
    lines = [PREAMBLE.format(version=version("nicknames"))]
    for kind, pairs in (("nickname", nickname_pairs()), ("equivalent", equivalent_pairs())):
        lines += [f"{kind}\t{name}\t{' '.join(classes)}\n" for name, classes in sorted(table(pairs).items())]
    OUTPUT.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
