"""The command line: every job, with progress on a terminal and quiet in a pipe. Nothing is decided here."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 done but something needs attention, 2 bad input or usage."""
    from kstep.cli.app import run

    raise SystemExit(run())
