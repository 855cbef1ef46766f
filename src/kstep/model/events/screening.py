"""What happens when people are screened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class PeopleScreened(Fact):
    """Everyone who was on the roster at `as_of` (microseconds since 1970), and had not changed since, stands screened against an
    edition of a list. Compared were the pairs of which a side had changed: `people` people and `entries` entries, or all (`whole`).

    `engine` says the code and its weights, `need` the millibits from which a pair is a possible match, `prior` those of a list of
    its length. The rows of `segment` say which pairs are no possible matches any more, and which are; `why` in a row says that
    its entry was withdrawn, returned or got another id. `poor` are people too poor to screen, as the gaps between their ascending
    numbers.
    """

    list: str
    edition: str
    engine: str
    need: int
    prior: int
    as_of: int
    whole: bool
    roster: int
    people: int
    entries: int
    found: int
    gone: int
    poor: tuple[int, ...]
    segment: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StandardAdopted(Fact):
    """Somebody decided by what people are screened from then on: by this engine (code and weights), with a least probability of so
    many millionths, as if each list had `nominal_list` entries, and everyone anew after so many days. `gained` and `lost` are how
    many possible matches that gives, and takes away, by list, as was known when it was decided.
    """

    engine: str
    threshold: int
    nominal_list: int
    days: int
    ground: str
    gained: dict[str, int]
    lost: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class CoverageCertified(Fact):
    """Everyone on the roster at `as_of`, `people` people whose rows have the root `roster_root`, was screened against an edition of
    a list, by an engine and a standard; `matches` possible matches were there then, of the root `result_root`.

    `docs/certificates.md` says what the roots are of, and how each is computed anew.
    """

    list: str
    edition: str
    engine: str
    need: int
    prior: int
    as_of: int
    people: int
    roster_root: str
    matches: int
    result_root: str
    poor: int


@dataclass(frozen=True, kw_only=True)
class WithdrawnMatchClosed(Fact):
    """Somebody looked after a possible match whose entry was withdrawn from its list; `finding` says what came of it."""

    list: str
    entry: str
    finding: str


@dataclass(frozen=True, kw_only=True)
class PowerMeasured(Fact):
    """How well classes of records are found: of each class of fields, how many copies of entries were looked for, `sample` at most,
    and how many were found by an engine that needs so many millibits.

    The entries were drawn from these `editions` by their lists, by chance that follows from `seed`.
    """

    classes: tuple[tuple[int, int, int], ...]
    engine: str
    need: int
    editions: dict[str, str]
    seed: int
    sample: int


__all__ = ["CoverageCertified", "PeopleScreened", "PowerMeasured", "StandardAdopted", "WithdrawnMatchClosed"]
