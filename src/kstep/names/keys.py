"""Which tokens can be compared at all: those that share a key of one of the two functions here.

`sound_keys` are consonant skeletons that spellings and scripts of one name have in common; `spelling_keys` are
deletion neighbourhoods: two tokens within the edits allowed for their length share one (Mor and Fraenkel 1982;
Garbe's SymSpell).
"""

from __future__ import annotations

import functools
import re
from itertools import combinations

from kstep.names.scripts import is_consonantal, latin

SOUND_OF = {
    "tsch": "C", "shch": "C", "sch": "C", "tch": "C", "tsh": "C", "sh": "C", "ch": "C", "cz": "C", "sz": "C", "dsch": "J",
    "dzh": "J", "dj": "J", "zh": "J", "dz": "J", "kh": "H", "gh": "G", "ph": "F", "th": "T", "dh": "T", "ck": "K",
    "cq": "K", "ts": "S", "tz": "S",
}  # fmt: skip
_SOUNDING = re.compile(
    "(?P<soft>c(?=[eiy]))|(?P<silent>h$)|(?P<initial>^w)|tsch|shch|dsch|sch|tch|tsh|dzh|sh|ch|cz|sz|dj|zh|dz|kh|gh|ph|th|"
    "dh|ck|cq|ts|tz"
)
SOUND_OF_LETTER = str.maketrans(dict.fromkeys("abcdefghijklmnopqrstuvwxyz", "") | {
    "k": "K", "q": "K", "c": "K", "g": "G", "x": "KS", "j": "J", "s": "S", "z": "S", "t": "T", "d": "T", "b": "B", "p": "B",
    "f": "F", "v": "F", "m": "M", "n": "N", "r": "R", "l": "L", "h": "H",
})  # fmt: skip
OTHER_READINGS = (("kh", "k"), ("dh", "z"), ("th", "s"))
_EXCEPTIONS = {"soft": "S", "silent": "", "initial": "F"}
_REPEATED = re.compile(r"([A-Z])\1+")


MOST_SOUND_KEYS = 6
"""Sound keys that a token has at most."""


@functools.lru_cache(maxsize=1 << 20)
def sound_keys(token: str) -> tuple[str, ...]:
    """The consonant skeletons of a token, most exact first; none for a token of one letter.

    An initial vowel or *y* is kept as `A`, other vowels are dropped, letters that languages and transcribers exchange
    are one class. Further skeletons read *g* as in *Gamal* for *Jamal*, *j* as in *Jang* for *Chang*, leave out *h*, and
    read *kh* as *k* (*Khadafi*), *dh* as *z* (*Ramadhan*) and *th* as *s* (*Uthman*).
    """
    plain = latin(token)
    if len(plain) < 2:
        return ()
    initial = "A" if plain[0] in "aeiouy" else ""
    skeleton = initial + _skeleton(plain)
    keys = [_single(skeleton.replace("G", "K"))]
    if "G" in skeleton:
        keys.append(_single(skeleton.replace("G", "J")))
    if "J" in skeleton:
        keys.append(_single(skeleton.replace("G", "K").replace("J", "C")))
    if "H" in skeleton:
        keys.append(_single(skeleton.replace("G", "K").replace("H", "")))
    for digraph, letter in OTHER_READINGS:
        if digraph in plain:
            other = initial + _skeleton(plain.replace(digraph, letter))
            keys.append(_single(other.replace("G", "K")))
    return tuple(dict.fromkeys(key for key in keys if key))[:MOST_SOUND_KEYS]


def _skeleton(plain: str) -> str:
    return _SOUNDING.sub(_sound, plain).translate(SOUND_OF_LETTER)


def _sound(found: re.Match[str]) -> str:
    return _EXCEPTIONS[found.lastgroup] if found.lastgroup else SOUND_OF[found.group()]


def _single(skeleton: str) -> str:
    return _REPEATED.sub(r"\1", skeleton)


LONGEST_EDITED = 40
"""Letters; longer tokens are compared whole and by sound, because their deletion neighbourhoods would be an attack."""


def edits_allowed(token: str, *, joined: bool = False) -> int:
    """How many letters may be wrong in a token before it is another name: in two letters none, unless they are Latin; in a join one
    at most.
    """
    if len(token) < (2 if token.isascii() else 3) or len(token) > LONGEST_EDITED:
        return 0
    return 1 if joined or len(token) < 7 else 2


@functools.lru_cache(maxsize=1 << 16)
def spelling_keys(token: str) -> tuple[str, ...]:
    """The token and what is left of it after deleting as many letters as may be wrong in it."""
    keys = {token}
    for count in range(1, edits_allowed(token) + 1):
        keys.update("".join(kept) for kept in combinations(token, len(token) - count))
    return tuple(sorted(keys))


def is_initial(token: str) -> bool:
    """Whether the token is one Latin letter, which stands for any name that begins with it."""
    return len(token) == 1 and "a" <= token <= "z"


__all__ = ["edits_allowed", "is_consonantal", "is_initial", "sound_keys", "spelling_keys"]
