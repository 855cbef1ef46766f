"""`kstep standard`: by what people are screened, and who decided so."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.cli.register_items import AsJson, Ground
from kstep.cli.tables import told_dates

app = typer.Typer(
    no_args_is_help=True, help="By what people are screened: an engine and a threshold that somebody adopted."
)

PURPOSE = "screening"


@app.callback()
def root() -> None:
    """By what people are screened: an engine and a threshold that somebody adopted."""


@app.command()
def show(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """What was adopted, by whom, when and why; and whether it is what runs here."""
    from kstep.screening.adoption import in_force
    from kstep.screening.rescreen import Standard

    with acting(home, as_, purpose, "coverage.read") as now, now.home.database.read() as connection:
        stands = in_force(connection)
    here = Standard(stands.threshold, stands.nominal_list).engine
    if as_json:
        print_json({**asdict(stands), "runs_here": here == stands.engine})
        return DONE if here == stands.engine else ATTENTION
    told = {
        "engine": stands.engine, "threshold": f"{stands.threshold:g}", "nominal list": f"{stands.nominal_list:,} entries",
        "screened anew": f"after {stands.days} days", "adopted": f"{told_dates(stands.adopted)} by {stands.actor}",
        "ground": stands.ground,
    }  # fmt: skip
    for name, text in told.items():
        print(f"{name:<14} {text}")
    if here == stands.engine:
        return DONE
    say(f"another engine runs here, {here}, which screens nobody before somebody adopts it")
    return ATTENTION


@app.command()
def adopt(
    ground: Ground,
    threshold: Annotated[
        float | None, typer.Option(metavar="P", help="The least probability of a possible match; as before, or 0.5.")
    ] = None,
    nominal_list: Annotated[
        int | None, typer.Option(metavar="N", help="Entries that the prior supposes; as before, or 8000.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Screen everyone anew after so many; as before, or 30.")
    ] = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Have people screened from now on by the engine that is installed here; everyone is owed a screening by it."""
    from kstep.screening.adoption import adopt as adopt_standard

    with acting(home, as_, purpose, "screening.adopt", node=True) as now:
        adopt_standard(now.ledger, now.by, ground, threshold=threshold, nominal_list=nominal_list, days=days)
    return DONE
