"""The protocol: a text that a policy officer reads, and a pure function that says what is owed in a file by it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kstep.protocol.decide import Decision, decide
    from kstep.protocol.facts import Fact
    from kstep.protocol.protocol import Protocol
    from kstep.protocol.reading import read_protocol

_WHERE = {"Decision": "decide", "decide": "decide", "Fact": "facts", "Protocol": "protocol", "read_protocol": "reading"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"kstep.protocol.{_WHERE[name]}"), name)


__all__ = ["Decision", "Fact", "Protocol", "decide", "read_protocol"]
