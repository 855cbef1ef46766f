"""Splink on DuckDB: people linked to entries by name, birth date, country, sex and document number, by a model whose
parameters it estimates from the same two files, without labels.

All the work is done in the database. What Splink does not know of names is given to it as columns: the tokens of a name
sorted (order is of no account), all names of an identity as an array, and pairs of tokens to block on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import splink
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from planted import THRESHOLDS, Clock, Screened, Tally, present
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SAMPLED_PAIRS = 1e7
"""Random pairs from which the chance of agreement is estimated; Splink's own advice for models that are not final."""

TRAINED_ON = (block_on("documents[1]"), block_on("full_name", "birth_date"), block_on("birth_date", "countries[1]"))
"""Blocks for expectation maximisation, which goes astray where true pairs are few: blocks of a birth date alone, or of a
name alone, hold one true pair in a thousand or less at 100,000 people, and a model of them finds half as many."""

EXACT_SHARE = 0.3
"""A guess of how many true pairs have the same whole name and birth date; Splink asks for it to estimate the prior."""

CHANCE_OF_SHARED_DOCUMENT = 1e-8
"""No sample of pairs of two people meets a shared number, so Splink cannot estimate this one."""

TABLE = """
CREATE TABLE {table} AS
WITH texts AS (
    SELECT {key} AS unique_id,
        list_concat(
            [coalesce(name, concat_ws(' ', given_names, family_name))],
            string_split(coalesce(aliases, ''), ';'), string_split(coalesce({weak}, ''), ';')
        ) AS texts,
        nullif(birth_date, '') AS birth, sex,
        list_filter(string_split(concat_ws(';', nationality, birth_country), ';'), each -> each <> '') AS countries,
        string_split(documents, ';') AS documents
    FROM read_csv(?, header = true, all_varchar = true)
), split AS (
    SELECT *, list_filter(list_transform(texts, text -> list_sort(list_distinct(
        regexp_extract_all(lower(strip_accents(text)), '[\\p{{L}}\\p{{N}}]+')))), each -> len(each) > 0) AS tokens_of_names
    FROM texts
)
SELECT unique_id,
    array_to_string(tokens_of_names[1], ' ') AS full_name,
    list_distinct(list_transform(tokens_of_names, each -> array_to_string(each, ' '))) AS names,
    list_filter(list_distinct(flatten(tokens_of_names)), each -> len(each) > 1) AS tokens,
    list_distinct(flatten(list_transform(tokens_of_names, one -> flatten(list_transform(one, first ->
        list_transform(list_filter(one, other -> other > first), second -> first || ' ' || second)))))) AS token_pairs,
    CASE WHEN len(birth) = 10 THEN birth END AS birth_date,
    try_cast(birth[1:4] AS INTEGER) AS birth_year,
    sex,
    CASE WHEN len(countries) > 0 THEN list_distinct(countries) END AS countries,
    documents
FROM split
"""

NAMES = comparisons.CustomComparison(
    output_column_name="name",
    comparison_levels=[
        levels.NullLevel("full_name"),
        levels.ExactMatchLevel("full_name", term_frequency_adjustments=True),
        levels.ArrayIntersectLevel("names", min_intersection=1),
        levels.PairwiseStringDistanceFunctionLevel("names", "jaro_winkler", 0.92),
        levels.ArrayIntersectLevel("tokens", min_intersection=3),
        levels.ArrayIntersectLevel("tokens", min_intersection=2),
        levels.PairwiseStringDistanceFunctionLevel("names", "jaro_winkler", 0.85),
        levels.ArrayIntersectLevel("tokens", min_intersection=1),
        levels.ElseLevel(),
    ],
)

BIRTHS = comparisons.CustomComparison(
    output_column_name="birth",
    comparison_levels=[
        levels.NullLevel("birth_year"),
        levels.ExactMatchLevel("birth_date"),
        levels.DamerauLevenshteinLevel("birth_date", 1),
        levels.ExactMatchLevel("birth_year"),
        levels.AbsoluteDifferenceLevel("birth_year", 1),
        levels.AbsoluteDifferenceLevel("birth_year", 5),
        levels.ElseLevel(),
    ],
)

DOCUMENTS = comparisons.CustomComparison(
    output_column_name="document",
    comparison_levels=[
        levels.NullLevel("documents"),
        levels.ArrayIntersectLevel("documents", min_intersection=1).configure(
            u_probability=CHANCE_OF_SHARED_DOCUMENT, fix_u_probability=True
        ),
        levels.ElseLevel(),
    ],
)

SETTINGS = SettingsCreator(
    link_type="link_only",
    comparisons=[
        NAMES,
        BIRTHS,
        comparisons.ArrayIntersectAtSizes("countries", [1]),
        comparisons.ExactMatch("sex"),
        DOCUMENTS,
    ],
    blocking_rules_to_generate_predictions=[
        block_on("birth_date"),
        block_on("token_pairs", arrays_to_explode=["token_pairs"]),
        block_on("birth_year", "tokens", arrays_to_explode=["tokens"]),
        block_on("documents", arrays_to_explode=["documents"]),
    ],
    retain_matching_columns=False,
)


def screen(people: Path, entries: Path, truth: dict[str, str], size: int | None, clock: Clock) -> Screened:
    """Estimate a model and link everyone; a sample would be another model, so `size` is of no account."""
    database = duckdb.connect()
    database.execute(TABLE.format(table="people", key="person_id", weak="NULL"), [str(people)])
    database.execute(TABLE.format(table="entries", key="entry_id", weak="weak_aliases"), [str(entries)])
    clock.step("read")
    interface = DuckDBAPI(database)
    linker = Linker([interface.register("people"), interface.register("entries")], SETTINGS)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("full_name", "birth_date")], recall=EXACT_SHARE
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=1)
    for rule in TRAINED_ON:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    clock.step("train")
    blocked = linker.inference.compute_blocked_pairs_for_predict().as_duckdbpyrelation()
    clock.step("block")
    linked = linker.inference.predict(threshold_match_probability=min(THRESHOLDS)).as_duckdbpyrelation()
    clock.step("score")
    keys, listed = (_column(database.table(table), "unique_id") for table in ("people", "entries"))
    truth = present(truth, keys, listed)
    tally = Tally(truth)
    for person, entry, score in linked.project("unique_id_l, unique_id_r, match_probability").fetchall():
        tally.add_pair(person, entry, score)
    clock.step("count")
    pairs = _count(blocked)
    return Screened(
        version=splink.__version__,
        people=keys,
        screened=set(keys),
        entries=len(listed),
        pairs=pairs,
        tally=tally,
        extrapolated_steps={},
        rates={
            "candidate_pairs_a_second": pairs / clock.steps["block"],
            "scored_pairs_a_second": pairs / clock.steps["score"],
        },
        notes=[
            f"DuckDB {duckdb.__version__}; names, birth dates, sex, countries and documents; parameters estimated from"
            " these files; everyone is linked and no sample taken.",
            f"{_reached(database, blocked, truth):,} of {len(truth):,} planted pairs are in a block.",
        ],
    )


def _reached(database: duckdb.DuckDBPyConnection, blocked: duckdb.DuckDBPyRelation, truth: dict[str, str]) -> int:
    """How many planted pairs are blocked pairs; these are told by `data set-__-id`."""
    database.execute(
        "CREATE TABLE truth AS SELECT unnest(?) AS person, unnest(?) AS entry", [list(truth), list(truth.values())]
    )
    same = "split_part(join_key_l, '-__-', 2) = person AND split_part(join_key_r, '-__-', 2) = entry"
    return _count(blocked.join(database.table("truth"), same))


def _count(relation: duckdb.DuckDBPyRelation) -> int:
    return int(relation.aggregate("count(*)").fetchall()[0][0])


def _column(relation: duckdb.DuckDBPyRelation, name: str) -> list[Any]:
    return [value for (value,) in relation.project(name).fetchall()]
