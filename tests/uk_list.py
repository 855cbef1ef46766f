"""Small UK lists for tests, of invented people, in both layouts that are in circulation."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from kstep.lists import Edition, read_list

SANCTIONS_LIST = (
    "Last Updated", "Unique ID", "OFSI Group ID", "UN Reference Number", "Name 6", "Name 1", "Name 2", "Name 3",
    "Name 4", "Name 5", "Name type", "Alias strength", "Title", "Name non-latin script", "Non-latin script type",
    "Non-latin script language", "Regime Name", "Designation Type", "Designation source", "Sanctions Imposed",
    "Other Information", "UK Statement of Reasons", "Address Line 1", "Address Country", "Date Designated", "D.O.B",
    "Nationality(/ies)", "National Identifier number", "National Identifier additional information",
    "Passport number", "Passport additional information", "Position", "Gender", "Town of birth", "Country of birth",
    "IMO number",
)  # fmt: skip
CONSOLIDATED_LIST = (
    "Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Title", "Name Non-Latin Script",
    "Non-Latin Script Type", "Non-Latin Script Language", "DOB", "Town of Birth", "Country of Birth", "Nationality",
    "Passport Number", "Passport Details", "National Identification Number", "National Identification Details",
    "Position", "Address 1", "Address 2", "Address 3", "Address 4", "Address 5", "Address 6", "Post/Zip Code",
    "Country", "Other Information", "Group Type", "Alias Type", "Alias Quality", "Regime", "Listed On",
    "UK Sanctions List Date Designated", "Last Updated", "Group ID",
)  # fmt: skip
PLUM = {"Unique ID": "XXX0001", "Name 6": "PLUM", "Name 1": "Vardo", "Name type": "Primary Name",
        "Designation Type": "Individual", "Group ID": "77", "Group Type": "Individual",
        "Alias Type": "Primary name"}  # fmt: skip


def sanctions_list(*rows: dict[str, str], columns: tuple[str, ...] = SANCTIONS_LIST) -> str:
    """A whole UK Sanctions List; what each row does not say is that of XXX0001, an individual called Vardo PLUM."""
    return _file("Report Date: 04-Mar-2025", rows, columns)


def consolidated_list(*rows: dict[str, str]) -> str:
    """A whole ConList.csv; what each row does not say is that of 77, an individual called Vardo PLUM."""
    return _file("Last Updated,04/03/2025", rows, CONSOLIDATED_LIST)


def _file(title: str, rows: tuple[dict[str, str], ...], columns: tuple[str, ...]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([(PLUM | row).get(column, "") for column in columns] for row in rows)
    return f"\ufeff{title}\r\n{written.getvalue()}"


def read(folder: Path, text: str | bytes) -> Edition:
    """The edition of a file with this text."""
    path = folder / "uk-list.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_list("uk", path)
