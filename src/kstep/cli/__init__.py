"""The command line: every job, with progress on a terminal and quiet in a pipe. Nothing is decided here."""

import io
import os
import signal
import sys


def main() -> None:
    """Run the command line and exit: 0 done, 1 done but something needs attention, 2 bad input or usage."""
    from kstep.cli.app import run

    _prepare_streams()
    raise SystemExit(run())


def _prepare_streams() -> None:
    """Let names of all scripts through whatever the locale, and end as other programs do when the reader has gone."""
    if sys.stdout is None:  # closed by whoever started us: what is written there is refused, not lost in silence
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
