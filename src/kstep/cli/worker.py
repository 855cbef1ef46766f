"""`kstep worker`: screening that never stops."""

from __future__ import annotations

import signal
import threading
from typing import Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, say


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    every: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="How long to wait between two looks.")] = 60,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "screening",
) -> int:
    """Do what is due, all the time: fetch lists, screen who is owed it, raise alarms, have checkpoints leave."""
    from kstep.app.worker import Worker

    stopped = threading.Event()

    def stop(number: int, frame: Any) -> None:
        stopped.set()

    with acting(home, as_, purpose) as now:
        working = Worker(now.home, now.ledger, now.access, now.actor, say)
        working.check()
        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            failed = working.turn()
            if not once:
                say(f"looking every {every:g} seconds for what is due")
            while not once and not stopped.wait(every):
                failed = working.turn()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    return ATTENTION if failed else DONE
