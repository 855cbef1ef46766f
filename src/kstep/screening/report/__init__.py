"""The HTML report of a screening run: one self-contained page that asks nobody for anything.

`Report` is what there is to say; `write_report` says it. The same report gives the same bytes.
"""

from kstep.screening.report.page import Attention, Details, ListSummary, Report, Value, write_report

__all__ = ["Attention", "Details", "ListSummary", "Report", "Value", "write_report"]
