"""Countries, by code as people give them and by name as publishers write them."""

from __future__ import annotations

import pycountry
import pytest

from kstep.model import ValueRefused
from kstep.model.countries import country_name, country_of_code, country_of_name, folded

CODES = {"IR": "IR", "irn": "IR", " Ir ": "IR", "GBR": "GB", "XK": "XK", "XKX": "XK", "KSV": "XK", "SUN": "SU", "SU": "SU",
         "YUG": "YU", "DDR": "DD", "CSK": "CS", "SCG": "CS", "BUR": "MM", "BU": "MM", "ZAR": "CD", "ZR": "CD", "TMP": "TL",
         "ANT": "AN"}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_a_code_of_two_or_three_letters_is_read(code: str) -> None:
    assert country_of_code(code) == CODES[code]


@pytest.mark.parametrize("code", ["", " ", "ZZ", "XX", "UK", "EN", "Iran", "364", "I", "İR", "И Р", "IR;SY", "\x00"])
def test_another_code_is_refused_by_name(code: str) -> None:
    with pytest.raises(ValueRefused, match="is not a country; write an ISO 3166 code of two or three letters"):
        country_of_code(code)


NAMES = {
    "Iran": "IR", "Iran (Islamic Republic of)": "IR", "IRAN, ISLAMIC REPUBLIC OF": "IR", "Islamic Republic of Iran": "IR",
    "Syria": "SY", "Syrian Arab Republic": "SY", "Russia": "RU", "Russian Federation": "RU", "Former Soviet Union": "SU",
    "Korea, North": "KP", "Democratic People's Republic of Korea": "KP", "Democratic People’s Republic of Korea": "KP",
    "DPRK": "KP", "Korea, South": "KR", "Republic of Korea": "KR", "Congo, Democratic Republic of the": "CD", "DRC": "CD",
    "Congo, Republic of the": "CG", "Cote d'Ivoire": "CI", "Côte d’Ivoire": "CI", "Ivory Coast": "CI", "Burma": "MM",
    "Myanmar": "MM", "Zaire": "CD", "Türkiye": "TR", "Turkey": "TR", "United Kingdom": "GB", "UK": "GB", "England": "GB",
    "United States": "US", "U.S.A.": "US", "United States of America": "US", "UAE": "AE", "West Bank": "PS",
    "Region: Gaza": "PS", "Region: Crimea": "UA", "Palestinian": "PS", "State of Palestine": "PS", "Kosovo": "XK",
    "Macedonia, The Former Yugoslav Republic of": "MK", "North Macedonia, The Republic of": "MK", "Bosnia": "BA",
    "Bosnia and Herzegovina": "BA", "Bosnia & Herzegovina": "BA", "The Gambia": "GM", "Gambia, The": "GM", "Czechia": "CZ",
    "Czech Republic": "CZ", "Vietnam": "VN", "Viet Nam": "VN", "Laos": "LA", "Tanzania": "TZ", "Venezuela": "VE",
    "Bolivia": "BO", "Moldova": "MD", "Hong Kong": "HK", "Taiwan": "TW", "Vatican City": "VA", "Swaziland": "SZ",
    "Man, Isle of": "IM", "the Sudan": "SD", "Republic of Iraq": "IQ", "niger": "NE", "NIGERIA": "NG", " Yemen ": "YE",
    "Yugoslavia": "YU", "East Germany": "DD", "Netherlands Antilles": "AN", "IRQ": "IQ", "AF": "AF",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_as_publishers_write_it(name: str) -> None:
    assert country_of_name(name) == NAMES[name]


@pytest.mark.parametrize(
    "name", ["", " ", "-0-", "undetermined", "Atlantis", "1234", "Irann", "\x00", "é", "北京", "the", "republic of"]
)
def test_what_is_no_country_is_none(name: str) -> None:
    assert country_of_name(name) is None


@pytest.mark.parametrize("attribute", ["alpha_2", "alpha_3", "name", "official_name", "common_name"])
def test_every_code_and_name_of_iso_3166_is_read_as_itself(attribute: str) -> None:
    read = {
        shown: (country_of_name(shown), country.alpha_2)
        for country in pycountry.countries
        if (shown := getattr(country, attribute, None))
    }
    assert len(read) > 5
    assert {shown: both for shown, both in read.items() if both[0] != both[1]} == {}


def test_a_code_and_a_name_of_one_state_are_one_country() -> None:
    """What a register gives as a code and a list gives as a name must not conflict."""
    states = {"BUR": "Burma", "ZAR": "Zaire", "SUN": "Soviet Union", "YUG": "Yugoslavia", "DDR": "East Germany",
              "TMP": "East Timor", "ANT": "Netherlands Antilles", "SCG": "Serbia and Montenegro", "XKX": "Kosovo"}  # fmt: skip
    assert {code: country_of_name(name) for code, name in states.items()} == {
        code: country_of_code(code) for code in states
    }


def test_every_code_that_is_read_has_a_name_to_show() -> None:
    for code in [*CODES, *(country.alpha_2 for country in pycountry.countries)]:
        shown = country_name(country_of_code(code))
        assert len(shown) > 2
        assert folded(shown)
    assert country_name("ZZ") == "ZZ"


def test_the_shown_name_of_a_living_state_is_read_as_that_state() -> None:
    for country in pycountry.countries:
        assert country_of_name(country_name(country.alpha_2)) == country.alpha_2
