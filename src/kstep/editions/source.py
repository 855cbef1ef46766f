"""The source of a list: where it comes from, how often, and how a file of it is known to be its issuer's."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from fractions import Fraction
from urllib.parse import urlsplit

from kstep.editions.errors import EditionsError
from kstep.lists import READERS
from kstep.model import ValueRefused, one_line
from kstep.model.countries import country_of_code

AUTHENTICITY = ("none", "tls", "sha256", "ed25519")
"""How a file is known to be its issuer's: not at all; it came over TLS from its address; a file beside it with `.sha256` at its
end holds its digest; one with `.sig` a signature of its bytes by a key that is known beforehand.
"""

LONGEST_TEXT = 500
LONGEST_WAIT = 10 * 366 * 24 * 3600
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def is_list_name(text: str) -> bool:
    """Whether a list can have this name."""
    return _NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSource:
    """A list's `list` (its name), `kind` and what `ListSourceRegistered` says of the other fields. Raises `EditionsError`."""

    list: str
    kind: str
    address: str = ""
    cadence: int = 0
    country: str = ""
    authority: str = ""
    authenticity: str = "none"
    key: str = ""
    most_removed: str = "1/3"
    review_days: int = 0

    def __post_init__(self) -> None:
        if not is_list_name(self.list):
            raise self._wrong("a list's name has up to 64 small letters, digits, dots, hyphens and underscores")
        if self.kind not in READERS:
            raise self._wrong(f"{self.kind!r} is not a kind of list; write one of {', '.join(READERS)}")
        self._check_address()
        if self.authenticity not in AUTHENTICITY:
            raise self._wrong(f"{self.authenticity!r} proves nothing; write one of {', '.join(AUTHENTICITY)}")
        if (self.authenticity == "ed25519") != bool(re.fullmatch("[0-9a-f]{64}", self.key)) or (
            self.key and self.authenticity != "ed25519"
        ):
            raise self._wrong("a key of 64 hexadecimal digits goes with ed25519, and with nothing else")
        if self.authenticity == "tls" and not self.address.startswith("https://"):
            raise self._wrong("what TLS proves needs an address that begins with https://")
        for what, value, largest in (("cadence", self.cadence, LONGEST_WAIT), ("review", self.review_days, 36_600)):
            if not 0 <= value <= largest:
                raise self._wrong(f"the {what} is a whole number from 0 to {largest:,}")
        if len(self.authority) > LONGEST_TEXT or not self.authority.isprintable():
            raise self._wrong(f"the authority is a name of at most {LONGEST_TEXT} characters")
        self._check_country()
        if not 0 < self.removable <= 1:
            raise self._wrong("the share that may be removed is a fraction between 0 and 1, as 1/3")

    def _check_address(self) -> None:
        try:
            parts = urlsplit(self.address)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise self._wrong("its address is no URL") from None
        if not self.address:
            return
        if (
            not (self.address.isascii() and self.address.isprintable())
            or len(self.address) > 2000
            or " " in self.address
        ):
            raise self._wrong("its address has characters that a URL has not, or too many")
        if parts.scheme not in ("http", "https", "file") or bool(host) != (parts.scheme != "file"):
            raise self._wrong("its address begins with https://, http:// or file:///")
        if parts.username is not None or parts.password is not None or "@" in parts.netloc:
            raise self._wrong("its address holds a user or a password, which would be kept for good")
        if parts.fragment or (self.kind == "ofac-sdn" and (parts.query or not parts.path.endswith("/"))):
            raise self._wrong("its address is that of a file, or, of ofac-sdn, of a folder and ends in /")

    def _check_country(self) -> None:
        try:
            if self.country and country_of_code(self.country) != self.country:
                raise ValueRefused("another form")
        except ValueRefused:
            raise self._wrong(f"{self.country!r} is no country; write two capital letters, as in US") from None

    def _wrong(self, what: str) -> EditionsError:
        return EditionsError(f"the list {one_line(self.list, 64)!r}: {one_line(what)}")

    @property
    def removable(self) -> Fraction:
        """The share of entries beyond which a removal is held."""
        try:
            return Fraction(self.most_removed) if re.fullmatch(r"\d{1,6}/\d{1,6}", self.most_removed) else Fraction(0)
        except ZeroDivisionError:
            return Fraction(0)

    @property
    def subject(self) -> str:
        """What events of the list are about."""
        return f"list:{self.list}"

    def to_json(self) -> str:
        """The source as one text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ListSource:
        """The source of which `to_json` made the text."""
        return cls(**json.loads(text))


__all__ = ["AUTHENTICITY", "ListSource", "is_list_name"]
