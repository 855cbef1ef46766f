"""kstep screens everyone in a register against watchlists, loses no pair and explains each possible match."""

__version__ = "0.1.0"
