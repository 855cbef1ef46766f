"""Reading from the settings of a home how letters leave, and of which state the node is:

    [dispatch]
    state = "US"

    [dispatch.https]
    certificate, key, authority       # files

    [dispatch.mail]
    server, sender                    # user, password_file, authority, tls are optional

Paths begin at the home, unless they begin with /.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kstep.dispatch.folder import Folder
from kstep.dispatch.https import Https
from kstep.dispatch.mail import ByMail
from kstep.dispatch.transports import Transport, Transports
from kstep.ledger.signing import SigningKey
from kstep.ledger.ways import mail_of
from kstep.model import InputError, ValueRefused
from kstep.model.countries import country_of_code

SECTION = "dispatch"
_FILES = ("certificate", "key", "authority")


@dataclass(frozen=True)
class Dispatching:
    """The node's state, or nothing if it was not said, and the ways out of it."""

    state: str
    transports: Transports
    https: Https | None


def dispatching(settings: Mapping[str, Any], home: Path, clock: Callable[[], int], signer: SigningKey) -> Dispatching:
    """How letters leave, by the settings of this home, whose key signs. Raises `InputError` at what cannot be understood."""
    held, where = _section(settings), f"kstep.toml, [{SECTION}]"
    ways: dict[str, Transport] = {"file": Folder()}
    https = _https(held["https"], home, f"{where} https", signer) if "https" in held else None
    if https is not None:
        ways["https"] = https
    if "mail" in held:
        ways["mailto"] = ByMail(mail_of(held["mail"], home, f"{where} mail", {"server", "sender"}), clock)
    return Dispatching(own_state(settings), ways, https)


def own_state(settings: Mapping[str, Any]) -> str:
    """The node's state, or nothing if it was not said. Raises `InputError`."""
    held = _section(settings)
    try:
        return country_of_code(held["state"]) if held.get("state") else ""
    except (ValueRefused, AttributeError) as error:
        raise InputError(str(error), where=f"kstep.toml, [{SECTION}] state", mend='write state = "US"') from None


def _section(settings: Mapping[str, Any]) -> dict[str, Any]:
    held = settings.get(SECTION, {})
    if not isinstance(held, dict) or (unknown := sorted(set(held) - {"state", "https", "mail"})):
        what = f"does not know {unknown[0]!r}" if isinstance(held, dict) else "is no table"
        raise InputError(what, where=f"kstep.toml, [{SECTION}]", mend="name state, https, mail")
    return held


def _https(held: Any, home: Path, where: str, signer: SigningKey) -> Https:
    if not isinstance(held, dict) or set(held) != set(_FILES) or not all(isinstance(one, str) for one in held.values()):
        raise InputError(
            "names no certificate, key and authority", where=where, mend=f"give {', '.join(_FILES)}, as files"
        )
    certificate, key, authority = (home / held[name] for name in _FILES)
    return Https(certificate, key, authority, signer)


__all__ = ["Dispatching", "dispatching", "own_state"]
