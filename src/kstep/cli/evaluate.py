"""`kstep evaluate`: labelled pairs, or queries whose entries are known, to figures that say how far to trust the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.console import ATTENTION, DONE, print_json, progress, say, without_values

if TYPE_CHECKING:
    from kstep.evaluation.figures import Group
    from kstep.evaluation.query_evaluation import QueryEvaluation
    from kstep.evaluation.records import Records
    from kstep.screening.sources import ListSource

HALF = 0.5


def evaluate(
    labelled: Annotated[
        Path,
        typer.Argument(
            help="JSON lines: labelled pairs, or with --list queries whose entries are known.",
            readable=False,
            show_default=False,
        ),
    ],
    list_: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="KIND=PATH", help="A list to look queries up in; may be given several times."),
    ] = None,
    prior: Annotated[
        float | None,
        typer.Option(metavar="P", help="The share of matches to expect among labelled pairs; 0.5 if not given."),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="The probability from which a pair counts as found, between 0 and 1.")
    ] = HALF,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A JSON lines file for each pair or query, with its evidence.", readable=False, show_default=False
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="PAGE.html",
            help="A page with the curves and the worst errors to read.",
            readable=False,
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> int:
    """Measure the model: on labelled pairs, or on queries against lists in which the right entries are known."""
    from kstep.evaluation.records import Records
    from kstep.model import InputError
    from kstep.screening.files import check_out
    from kstep.screening.run import check_threshold
    from kstep.screening.sources import parse_sources

    check_threshold(threshold)
    sources = parse_sources(list_ or ())
    for place, option in ((out, "--out"), (report, "--report")):
        if place is not None:
            check_out(place, labelled, sources, option)
    if out is not None and report is not None and out.resolve() == report.resolve():
        raise InputError("is the file of --out too", where="--report", mend="name another one")
    if sources and prior is not None:
        mend = "leave it out: lists are searched with the prior of the engine"
        raise InputError("is for labelled pairs", where="--prior", mend=mend)
    records = Records()
    if sources:
        _queries(labelled, sources, records, threshold, out, report, as_json)
    else:
        _pairs(labelled, HALF if prior is None else prior, records, threshold, out, report, as_json)
    return _attention(records)


def _pairs(
    path: Path, prior: float, records: Records, threshold: float, out: Path | None, report: Path | None, as_json: bool
) -> None:
    from kstep.evaluation.figures import pair_figures, pair_speed
    from kstep.evaluation.pair_evaluation import check_prior, evaluate_pairs

    check_prior(prior)
    with progress("pairs", None) as advance:
        found = evaluate_pairs(path, records, prior=prior, threshold=threshold, out=out, keep_errors=report is not None,
                               say=say, progress=advance)  # fmt: skip
    if report is not None:
        from kstep.evaluation.report import write_pair_report

        write_pair_report(found, path.name, records.remarks, report)
    if as_json:
        print_json(found.to_json())
    else:
        _print([*pair_figures(found), pair_speed(found)])


def _queries(
    path: Path, sources: Sequence[ListSource], records: Records, threshold: float, out: Path | None, report: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    from kstep.evaluation.figures import query_figures, query_speed
    from kstep.evaluation.queries import read_queries
    from kstep.evaluation.query_evaluation import evaluate_queries
    from kstep.screening.sources import open_lists

    queries = read_queries(path, records)
    opened = open_lists(sources, say)
    with progress("queries", len(queries) * len(opened)) as advance:
        found = evaluate_queries(path, queries, opened, threshold=threshold, out=out, keep_errors=report is not None,
                                 progress=advance)  # fmt: skip
    if report is not None:
        from kstep.evaluation.report import write_query_report

        write_query_report(found, path.name, records.remarks, report)
    if as_json:
        print_json(found.to_json())
    else:
        _print([*query_figures(found), query_speed(found)])
        _print_curve(found)


def _attention(records: Records) -> int:
    from kstep.screening.files import by_kind

    if records.notice:
        say(records.notice)
    for kind in by_kind(records.remarks):
        say(
            f"attention: {kind.heading}: {kind.count:,} ({without_values(kind.examples[0])}{', …' if kind.count > 1 else ''})"
        )
    return ATTENTION if records.remarks else DONE


def _print(groups: Sequence[Group]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    for place, group in enumerate(groups):
        if place:
            table.add_row()
        table.add_row(f"[bold]{group.heading}[/bold]")
        for figure in group.figures:
            table.add_row(f"  {figure.label}", figure.value, figure.note)
    Console().print(table)


def _print_curve(found: QueryEvaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    from kstep.evaluation.figures import rate

    table = Table(show_edge=False, pad_edge=False)
    for heading in ("probability", "recall of truths", "wrong hits a query", "unrelated flagged"):
        table.add_column(heading, justify="right")
    for point in found.curve:
        table.add_row(f"{point.threshold:g}", rate(point.recall_of_truths), rate(point.wrong_per_query),
                      rate(point.false_positive_rate))  # fmt: skip
    console = Console()
    console.print()
    console.print(table)
