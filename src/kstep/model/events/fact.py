"""A fact: what an event says, apart from who recorded it, when, and in which log."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from kstep.model.errors import ValueRefused

_KNOWN: dict[str, type[Fact]] = {}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened. Fields are texts, whole numbers, truth values, None, or tuples and mappings of these."""

    VERSION: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        _KNOWN[cls.__name__] = cls

    def payload(self) -> dict[str, Any]:
        """The fields, as JSON has them."""
        return {held.name: _listed(getattr(self, held.name)) for held in fields(self)}

    @classmethod
    def read(cls, payload: dict[str, Any], version: int) -> Self:
        """The fact of a payload of this version. Raises `ValueRefused` if it is another's."""
        if version != cls.VERSION or set(payload) != {held.name for held in fields(cls)}:
            raise ValueRefused(f"{cls.__name__}, version {version}: this kstep does not know what it says")
        return cls(**{name: _tupled(value) for name, value in payload.items()})


def fact_of(type: str, version: int, payload: dict[str, Any]) -> Fact:
    """The fact of an event of this type. Raises `ValueRefused` if this kstep does not know it."""
    if type not in _KNOWN:
        raise ValueRefused(f"{type}: this kstep does not know such an event")
    return _KNOWN[type].read(payload, version)


def _listed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_listed(held) for held in value]
    return {name: _listed(held) for name, held in value.items()} if isinstance(value, dict) else value


def _tupled(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tupled(held) for held in value)
    return {name: _tupled(held) for name, held in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event that stands in a log: where, about what, by whom and when (microseconds since 1970, UTC), and its fact, which is
    None if it cannot be read any more.
    """

    log: str
    number: int
    type: str
    subject: str
    actor: str
    purpose: str
    marking: str
    recorded: int
    happened: int | None
    fact: Fact | None


__all__ = ["Fact", "Recorded", "fact_of"]
