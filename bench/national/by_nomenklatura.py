"""nomenklatura: its DuckDB blocking index over the entries, the people asked of it, and `logic-v2` for each candidate.

`Index.match_entities` is the half of its xref that links two data sets: at most 75 candidates a person, tokens of too
many pairs left out. Everyone is asked, so that both are as in the whole work; only the scoring may be of a sample.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from followthemoney import Dataset, StatementEntity
from nomenklatura.blocker import Index
from nomenklatura.matching import get_algorithm
from nomenklatura.resolver import Linker
from nomenklatura.store import SimpleMemoryStore
from planted import Clock, Identity, Screened, Tally, identities, present, sample

ALGORITHM = "logic-v2"
GENDERS = {"M": "male", "F": "female", "X": "other"}
DOCUMENTS = {"passport": "passportNumber", "national_id": "idNumber"}


def entity(dataset: Dataset, identity: Identity) -> StatementEntity:
    """A person or entry as a FollowTheMoney `Person`."""
    properties: dict[str, list[str]] = {
        "name": list(identity.names[:1]),
        "firstName": list(filter(None, [identity.given_names])),
        "lastName": list(filter(None, [identity.family_name])),
        "alias": list(identity.names[1:]),
        "weakAlias": list(identity.weak_aliases),
        "birthDate": list(identity.birth_dates),
        "gender": [GENDERS[sex] for sex in identity.sexes],
        "nationality": [country.lower() for country in identity.nationalities],
        "birthCountry": [country.lower() for country in identity.birth_countries],
    }
    for document in identity.documents:
        kind, _, number = document.split(":", 2)
        properties.setdefault(DOCUMENTS.get(kind, "idNumber"), []).append(number)
    return StatementEntity.from_data(dataset, {"id": identity.key, "schema": "Person", "properties": properties})


def screen(people: Path, entries: Path, truth: dict[str, str], size: int | None, clock: Clock) -> Screened:
    """Index the entries, find the candidates of all people, and score those of the people in the sample."""
    algorithm = get_algorithm(ALGORITHM)
    if algorithm is None:
        raise SystemExit(f"this nomenklatura has no {ALGORITHM}")
    config = algorithm.default_config()
    register, watchlist = Dataset.make({"name": "people"}), Dataset.make({"name": "entries"})
    store = SimpleMemoryStore(watchlist, Linker[StatementEntity]({}))
    listed = []
    with store.writer() as writer:
        for entry in identities(entries, "entry_id"):
            writer.add_entity(entity(watchlist, entry))
            listed.append(entry.key)
    view = store.default_view()
    keys = [person.key for person in identities(people, "person_id")]
    truth = present(truth, keys, listed)
    screened = sample(keys, truth, size)
    clock.step("read")
    tally = Tally(truth)
    asked: dict[str, StatementEntity] = {}

    def register_entities() -> Iterator[StatementEntity]:
        for person in identities(people, "person_id"):
            made = entity(register, person)
            if person.key in screened:
                asked[person.key] = made
            yield made

    with tempfile.TemporaryDirectory() as folder:
        index = Index(view, Path(folder))
        index.build()
        clock.step("index")
        candidates = [
            (person.id, [match.id for match, _ in found]) for person, found in index.match_entities(register_entities())
        ]
        index.close()
    clock.step("candidates")
    pairs = sum(len(found) for _, found in candidates)
    reached = sum(truth.get(person) in found for person, found in candidates if person in screened)
    scored = 0
    for person, found in candidates:
        if person not in screened:
            continue
        for entry in found:
            right = view.get_entity(entry)
            if right is None:
                raise SystemExit(f"nomenklatura found an entry that is not in its store: {entry}")
            tally.add_pair(person, entry, algorithm.compare(asked[person], right, config).score)
            scored += 1
    clock.step("score")
    planted = len(screened.intersection(truth))
    return Screened(
        version=version("nomenklatura"),
        people=keys,
        screened=screened,
        entries=len(listed),
        pairs=pairs,
        tally=tally,
        extrapolated_steps={} if len(screened) == len(keys) else {"score": pairs / scored},
        rates={
            "candidate_pairs_a_second": pairs / clock.steps["candidates"],
            "scored_pairs_a_second": scored / clock.steps["score"],
        },
        notes=[
            f"{ALGORITHM}; names, birth dates, sex, nationality, birth country and documents; one process.",
            f"{reached:,} of {planted:,} planted pairs are among the candidates of the blocking index.",
            f"{scored:,} of {pairs:,} candidate pairs were scored"
            + ("." if scored == pairs else "; the time of scoring and the pairs are extrapolated."),
        ],
    )
