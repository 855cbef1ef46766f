"""The command line: every job, with progress on a terminal and quiet in a pipe. Nothing is decided here."""

import io
import signal
import sys


def main() -> None:
    """Run the command line and exit: 0 done, 1 done but something needs attention, 2 bad input or usage."""
    from kstep.cli.app import run

    if isinstance(sys.stdout, io.TextIOWrapper):  # names of all scripts, whatever the locale
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if hasattr(signal, "SIGPIPE"):  # a reader that has seen enough ends the run, as it does that of other programs
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    raise SystemExit(run())
