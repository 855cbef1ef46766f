"""Names as a source gives them: the whole text, its parts where the source knows them, and how good the source says
it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kstep.model.errors import ValueRefused

LONGEST_NAME = 1000
"""Characters; a longer text is not a person's name."""


class NameQuality(StrEnum):
    """How a source ranks a name: its primary name, a strong alias, or a weak one (nickname, nom de guerre)."""

    PRIMARY = "primary"
    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a person. `full` is the whole name in its written order; `family` and `given` are known parts of
    it.
    """

    full: str
    family: str = ""
    given: str = ""
    quality: NameQuality = NameQuality.PRIMARY

    def __post_init__(self) -> None:
        if not self.full:
            raise ValueRefused("a name is empty")
        if len(self.full) > LONGEST_NAME:
            raise ValueRefused(
                f"a name has {len(self.full)} characters; more than {LONGEST_NAME} is not a person's name"
            )

    @classmethod
    def of(cls, text: str, quality: NameQuality = NameQuality.PRIMARY) -> Name:
        """The name of a source that gives it as one text; white space is collapsed."""
        return cls(" ".join(text.split()), quality=quality)

    @classmethod
    def of_parts(cls, family: str, given: str, quality: NameQuality = NameQuality.PRIMARY) -> Name:
        """The name of a source that gives family and given names apart (either may be empty)."""
        family, given = " ".join(family.split()), " ".join(given.split())
        return cls(" ".join(part for part in (given, family) if part), family, given, quality)
