"""The two CSV layouts in which the United Kingdom's sanctions list is in circulation, and the columns that each has.

`SANCTIONS_LIST` is the Foreign Office's "UK Sanctions List"; `CONSOLIDATED_LIST` is the Treasury's older `ConList.csv`.
Columns are compared by their letters and digits alone, because their punctuation has changed more than once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GIVEN_NAMES = ("name 1", "name 2", "name 3", "name 4", "name 5")
FAMILY_NAME = "name 6"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column says what. Fields that hold two columns are a number and the words about it."""

    designation: str
    kinds: tuple[str, ...]
    name_type: str
    name_strength: str
    original_script: str
    regime: str
    listed_on: str
    birth_date: str
    birth_town: str
    birth_country: str
    nationality: str
    passport: tuple[str, str]
    national_id: tuple[str, str]
    sex: str
    references: tuple[str, ...]
    remarks: str
    not_read: tuple[str, ...]

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns without which people are known less well, though the list can be read."""
        return (self.name_strength, self.original_script, self.regime, self.listed_on, self.birth_date, self.birth_town,
                self.birth_country, self.nationality, *self.passport, *self.national_id)  # fmt: skip

    @property
    def known(self) -> set[str]:
        """Every column of the publisher's header."""
        return {self.designation, *self.kinds, self.name_type, *self.identity, self.sex, *self.references, self.remarks,
                *GIVEN_NAMES, FAMILY_NAME, *self.not_read} - {""}  # fmt: skip


def column(name: str) -> str:
    """A column's name as it is compared: lower case, letters and digits."""
    return " ".join(re.findall(r"[a-z0-9]+", name.casefold()))


SANCTIONS_LIST = Layout(
    designation="unique id",
    kinds=("designation type", "individual entity ship"),
    name_type="name type",
    name_strength="alias strength",
    original_script="name non latin script",
    regime="regime name",
    listed_on="date designated",
    birth_date="d o b",
    birth_town="town of birth",
    birth_country="country of birth",
    nationality="nationality ies",
    passport=("passport number", "passport additional information"),
    national_id=("national identifier number", "national identifier additional information"),
    sex="gender",
    references=("ofsi group id", "un reference number"),
    remarks="other information",
    not_read=(
        "last updated", "title", "non latin script type", "non latin script language", "designation source",
        "sanctions imposed", "uk statement of reasons", "address line 1", "address line 2", "address line 3",
        "address line 4", "address line 5", "address line 6", "address postal code", "address country", "phone number",
        "website", "email address", "position", "type of entity", "subsidiaries", "parent company",
        "business registration number s", "imo number", "current owner operator s", "previous owner operator s",
        "current believed flag of ship", "previous flags", "type of ship", "tonnage of ship", "length of ship",
        "year built", "hull identification number hin",
    ),
)  # fmt: skip

CONSOLIDATED_LIST = Layout(
    designation="group id",
    kinds=("group type",),
    name_type="alias type",
    name_strength="alias quality",
    original_script="name non latin script",
    regime="regime",
    listed_on="listed on",
    birth_date="dob",
    birth_town="town of birth",
    birth_country="country of birth",
    nationality="nationality",
    passport=("passport number", "passport details"),
    national_id=("national identification number", "national identification details"),
    sex="",
    references=(),
    remarks="other information",
    not_read=(
        "last updated", "title", "non latin script type", "non latin script language", "position", "address 1",
        "address 2", "address 3", "address 4", "address 5", "address 6", "post zip code", "country",
        "uk sanctions list date designated",
    ),
)  # fmt: skip
