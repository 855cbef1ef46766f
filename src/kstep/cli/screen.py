"""`kstep screen`: a roster against lists."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from kstep.cli.console import ATTENTION, DONE, NominalList, progress, say, without_values


def screen(
    people: Annotated[
        Path,
        typer.Argument(help="The people: a CSV, JSONL or Parquet file.", readable=False, show_default=False),
    ],
    list_: Annotated[
        list[str],
        typer.Option("--list", metavar="KIND=PATH", help="A list to screen against; may be given several times."),
    ],
    threshold: Annotated[float, typer.Option(help="The least probability that is shown, between 0 and 1.")] = 0.5,
    out: Annotated[
        Path | None, typer.Option(help="The output file; stdout by default.", readable=False, show_default=False)
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", help="jsonl, csv, parquet or html; by the ending of --out, or jsonl.", show_default=False
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            help="local; spark, on a cluster; or brute: the model for every pair, without the engine's means."
        ),
    ] = "local",
    master: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The Spark master of --engine spark: spark://HOST:7077 or local[*].", show_default=False
        ),
    ] = None,
    nominal_list: NominalList = None,
    memory: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="GIB",
            help="Memory to work in, in GiB; half of the machine's by default.",
            show_default=False,
        ),
    ] = None,
    people_before: Annotated[
        Path | None,
        typer.Option(
            metavar="PEOPLE",
            help="The people as they were: with --list-before, only what changed since is screened.",
            readable=False,
            show_default=False,
        ),
    ] = None,
    list_before: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=PATH", help="The earlier edition of a list; one for each --list.", show_default=False
        ),
    ] = None,
) -> int:
    """Screen everyone in a roster against lists: every possible match, explained."""
    from kstep.matching import shipped_weights
    from kstep.screening.changes import changes_since, fewer, sources_before
    from kstep.screening.files import (
        attention,
        check_form,
        check_out,
        form_of,
        remarks_path,
        screen_people,
        write_outcome,
    )
    from kstep.screening.means import forget_run, memory_of, pays_to_search, run_folder
    from kstep.screening.rosters import find_roster
    from kstep.screening.run import Means, check_engine, check_threshold
    from kstep.screening.sources import check_sources, open_lists, parse_sources
    from kstep.screening.writers import write_csv, write_jsonl

    started = time.perf_counter()
    check_threshold(threshold)
    check_engine(engine, master)
    most_memory = memory_of(memory)
    form = check_form(format_ or form_of(out))
    if out is None and form in ("html", "parquet"):
        raise typer.BadParameter(f"--format {form} needs --out FILE", param_hint="--out")
    sources = parse_sources(list_)
    earlier = sources_before(people_before, list_before, sources) or []
    if out is not None:
        check_out(out, people, sources)
        check_out(out, people_before or people, earlier)
    kept_indexes = engine != "brute"
    found = find_roster(people, say, kept_indexes=kept_indexes)
    before = find_roster(people_before, say, kept_indexes=kept_indexes) if people_before else None
    check_sources(earlier)  # a wrong path is told before anything takes its time
    opened = open_lists(sources, say, kept_indexes=kept_indexes)
    with progress("reading people", None) as advance:
        roster = found.open(say, advance)
    for notice in roster.file.notices:
        say(notice)
    if engine == "local" and any(pays_to_search(roster.index, ready.index) for ready in opened):
        roster = roster.to_search(say)
    changes = None
    if before:
        then = roster if before.digest and before.digest == found.digest else before.open(say)
        changes = changes_since(then.index, open_lists(earlier, say, kept_indexes=kept_indexes), roster.index, opened)
        say(changes.told())
        if engine == "local" and any(fewer(changed, roster.index) for changed in changes.entries if len(changed)):
            roster = roster.to_search(say)
    folder = run_folder(roster.index, opened) if engine == "local" and not changes else None
    means = Means(most_memory, folder, say, master)
    with progress("screening", len(roster.file.people) * len(opened)) as advance:
        outcome = screen_people(
            roster,
            opened,
            threshold,
            engine,
            nominal_list=nominal_list,
            progress=advance,
            means=means,
            changes=changes,
        )
    if out is None:
        rows = [match.to_json() for match in outcome.screening.matches]
        (write_jsonl if form == "jsonl" else write_csv)(rows, sys.stdout)
    else:
        title = f"{people.name} against {', '.join(opened_list.label for opened_list in opened)}"
        write_outcome(outcome, out, form, title)
    forget_run(folder)
    seconds = time.perf_counter() - started
    prior = outcome.screening.prior
    if prior < shipped_weights().prior:
        say(
            f"so many entries have many matches by chance: the prior is {prior / 1000:.1f} bits; --nominal-list sets another"
        )
    say(_summary(len(roster.file.people), outcome.screening.comparisons, len(outcome.screening.matches), seconds))
    kinds = attention(outcome)
    for kind in kinds:
        say(
            f"attention: {kind.heading}: {kind.count:,} ({without_values(kind.examples[0])}{', …' if kind.count > 1 else ''})"
        )
    if kinds:
        say(
            f"all that needs attention is in {remarks_path(out)}"
            if out
            else "--out FILE has all of them written beside it"
        )
    return ATTENTION if outcome.remarks else DONE


def _summary(people: int, comparisons: int, matches: int, seconds: float) -> str:
    found = f"{matches:,} possible match{'' if matches == 1 else 'es'}"
    screened = "1 person" if people == 1 else f"{people:,} people"
    return f"{screened}, {comparisons:,} comparisons, {found}, {seconds:.1f} s"
