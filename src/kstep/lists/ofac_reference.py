"""What the advanced XML says once and points at by number: reference values and locations; and its form of dates.

A number that points at no reference value is empty text, which no reader takes for a value.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from kstep.lists.fields import country
from kstep.lists.ofac_schema import REFERENCE_VALUES
from kstep.model import PartialDate, ValueRefused

_KINDS = {"individual", "entity", "vessel", "aircraft"}


@dataclass(frozen=True, slots=True)
class Location:
    """A place: its parts as one text, and the words for its country (empty if it names none)."""

    place: str
    country: str


class References:
    """The reference values by set and number, and the locations."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, str]] = {name: {} for name in REFERENCE_VALUES}
        self._party_types: dict[str, str] = {}
        self._area_countries: dict[str, str] = {}
        self._locations: dict[str, Location] = {}

    def read_values(self, sets: etree._Element) -> None:
        """Read the element `ReferenceValueSets`."""
        for name, values in self._values.items():
            for element in sets.iterfind(f"{name}Values/{name}"):
                number = element.get("ID", "")
                values[number] = (element.text or "").strip()
                if name == "PartySubType":
                    self._party_types[number] = element.get("PartyTypeID", "")
                elif name == "Country" and not country(values[number]):
                    # A name that is not a country's may still stand beside the code of one.
                    values[number] = element.get("ISO2") or values[number]
                elif name == "AreaCode":
                    self._area_countries[number] = element.get("CountryID", "")

    def read_location(self, element: etree._Element) -> None:
        """Read an element `Location`; of several values of a part, the primary one."""
        parts = []
        for part in element.iterfind("LocationPart"):
            values = sorted(part.iterfind("LocationPartValue"), key=lambda value: value.get("Primary") != "true")
            parts += [text for value in values[:1] if (text := (value.findtext("Value") or "").strip())]
        numbers = [found.get("CountryID") for found in element.iterfind("LocationCountry")]
        areas = [found.get("AreaCodeID", "") for found in element.iterfind("LocationAreaCode")]
        countries = map(self.country, [*numbers, *map(self._area_countries.get, areas)])
        first = next((shown for shown in countries if shown and shown.lower() != "undetermined"), "")
        self._locations[element.get("ID", "")] = Location(", ".join(parts), first)

    def country(self, number: str | None) -> str:
        """The words for the country `number`; of a number that points at none, words that no country has."""
        return self.text("Country", number) or (f"country {number}" if number else "")

    def has(self, name: str) -> bool:
        """Whether there is any reference value in the set of `name`."""
        return bool(self._values[name])

    def text(self, name: str, number: str | None) -> str:
        """The text of the reference value `number` of the set of `name`, or nothing."""
        return self._values[name].get(number or "", "")

    def location(self, number: str | None) -> Location | None:
        """The location `number`, if there is one."""
        return self._locations.get(number or "")

    def party_kind(self, sub_type: str | None) -> str:
        """`individual`, `entity`, `vessel` or `aircraft`, or what the file says instead.

        OFAC names the sub-types of people and entities `Unknown` and tells them apart by the type above them.
        """
        kind = self.text("PartySubType", sub_type).lower()
        return kind if kind in _KINDS else self.text("PartyType", self._party_types.get(sub_type or "")).lower()

    def period(self, element: etree._Element) -> PartialDate:
        """The days from the first possible of the start to the last possible of the end of a `DatePeriod`.

        Without an end it is the time in which the start lies, and the other way round. Raises `ValueRefused` if it says
        no date, or not in the Gregorian calendar.
        """
        self._refuse_other_calendars(element)
        bounds = [bound for tag in ("Start", "End") for bound in element.iterfind(tag)]
        points = [point for bound in bounds for tag in ("From", "To") for point in bound.iterfind(tag)]
        if not points:
            raise ValueRefused("the period has neither start nor end")
        period = PartialDate.between(_point(points[0]), _point(points[-1]))
        circa = any(bound.get("Approximate") == "true" for bound in bounds)
        return PartialDate(period.earliest, period.latest, circa)

    def date(self, element: etree._Element) -> PartialDate:
        """A `Date` or `DateOfIssue`. Raises `ValueRefused` if it is none, or not in the Gregorian calendar."""
        self._refuse_other_calendars(element)
        return _point(element)

    def _refuse_other_calendars(self, element: etree._Element) -> None:
        calendar = self.text("CalendarType", element.get("CalendarTypeID"))
        if calendar and calendar.lower() != "gregorian":
            raise ValueRefused(f"the date is in the calendar {calendar}")


def _point(element: etree._Element) -> PartialDate:
    numbers = [(element.findtext(tag) or "").strip() for tag in ("Year", "Month", "Day")]
    if not all(number == "" or (number.isascii() and number.isdigit() and len(number) <= 4) for number in numbers):
        raise ValueRefused(f"{'-'.join(numbers)!r} is not a date")
    year, month, day = (int(number or 0) for number in numbers)
    return PartialDate.of(year, month or None, (day or None) if month else None)
