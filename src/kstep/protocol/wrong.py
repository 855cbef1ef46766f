"""What is wrong with a value that a reader of data refused, in words of ours: those of the library speak to programmers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no field that is known here",
    "list_type": "is no list",
    "tuple_type": "is no list",
    "string_type": "is no text",
    "int_type": "is no whole number",
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "dict_type": "holds no fields",
    "model_type": "holds no fields",
    "model_attributes_type": "holds no fields",
    "string_pattern_mismatch": "is not written as it has to be",
    "string_too_short": "says nothing",
    "too_short": "has too little in it",
}
_BOUNDS = {
    "string_too_long": ("is longer than {} characters", "max_length"),
    "too_long": ("has more than {} in it", "max_length"),
    "greater_than": ("is not more than {}", "gt"),
    "greater_than_equal": ("is less than {}", "ge"),
    "less_than": ("is not less than {}", "lt"),
    "less_than_equal": ("is more than {}", "le"),
    "literal_error": ("is none of {}", "expected"),
}


def wrong_in(error: Mapping[str, Any]) -> str:
    """What is wrong, by an error of the library, as `ValidationError.errors` gives it with its context."""
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        held = context.get(bound, "")
        return words.format(f"{held:,}" if isinstance(held, int) else str(held).replace("'", "").replace(" or ", ", "))
    if kind == "value_error":
        return str(context.get("error", "")) or "is not what it has to be"
    return _WORDS.get(kind, "is not what it has to be")


__all__ = ["wrong_in"]
