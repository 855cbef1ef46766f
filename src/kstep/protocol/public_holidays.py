"""Public holidays of countries and their parts, as the `holidays` library knows them.

It knows most countries' until 2100, some for fewer years (India's from 2001 to 2035), and none outside of these: then
no date is a holiday.
"""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache

from holidays import country_holidays, list_supported_countries


@lru_cache(maxsize=4096)
def public_holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of a year, with those of the next that are observed in it."""
    country, _, part = code.partition("-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of years that are not known, as documented above
        found = country_holidays(country, subdiv=part or None, years=year, expand=False)
        return frozenset(day for day in found if day.year == year)


def is_holiday_code(code: str) -> bool:
    """Whether the library knows a country by this code, such as US, or a part of one, such as US-TX."""
    country, dash, part = code.partition("-")
    parts = list_supported_countries(include_aliases=False).get(country)
    return parts is not None and (not dash or part in parts)
