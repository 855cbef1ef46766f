"""The page of a measurement: one self-contained file with the figures, their curves, and the worst errors to read.

It needs no script, and the same measurement gives the same bytes.
"""

from kstep.evaluation.report.page import write_pair_report, write_query_report

__all__ = ["write_pair_report", "write_query_report"]
