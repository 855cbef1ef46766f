"""How a register writes down the name of someone on a list: another name, or spelled, cut, joined or typed otherwise.

A share of the names (`recorded_apart`) is taken down anew, and then differs as aliases inside real lists do; the others
differ as seldom as two lists that name one person. Each thing done is named, so that a matcher's misses can be told
apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kstep.model import Identity, Name, NameQuality
from kstep.synth.cultures import MALE, Culture, cultures
from kstep.synth.draws import Draws
from kstep.synth.rates import rates
from kstep.synth.spelling import Speller

FEWEST_TOKENS = 2
"""A name is never cut below this: a register that knows one name only is too poor to screen, which is tested apart."""


class Token(NamedTuple):
    """A word of a name, and whether it belongs to the family name."""

    text: str
    family: bool


class WrittenName(NamedTuple):
    """A name as a row has it: in one field, or in two."""

    name: str
    family_name: str
    given_names: str


class NameWriter:
    """Writes names down with the differences of its own source of chance."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._speller = Speller(draws)

    def written(self, identity: Identity) -> tuple[WrittenName, list[str]]:
        """The name in a row for someone of `identity`, and the kinds of what was done to it, in order."""
        name, kinds = self._chosen(identity)
        tokens = tokens_of(name)
        if is_latin(name.full):
            assumed = rates().assumed
            if self._draws.chance(assumed["recorded_apart"]) or self._draws.chance(rates().name.changed):
                tokens = self.anew(tokens, culture_of(identity), kinds)
            tokens = self._mistyped(tokens, kinds)
        return self._in_fields(tokens, kinds), list(dict.fromkeys(kinds))

    def anew(self, tokens: list[Token], culture: Culture, kinds: list[str]) -> list[Token]:
        """`tokens` as another clerk might write them; what is done is added to `kinds`."""
        fitted, chance = rates().name, self._draws.chance
        for token in tokens:
            if len(tokens) > FEWEST_TOKENS and chance(fitted.dropped_per_token):
                tokens = [other for other in tokens if other is not token]
                kinds.append("name:dropped")
        written = []
        for token in tokens:
            text = token.text
            if len(text) > 2:
                if chance(fitted.respelled_per_token):
                    text = self._speller.respelled(text)
                    if text != token.text:
                        kinds.append("name:respelled")
                elif chance(fitted.initial_per_token):
                    text = text[0]
                    kinds.append("name:initial")
            written.append(token if text == token.text else Token(text, token.family))
        if len(written) > FEWEST_TOKENS and chance(fitted.joined_per_name):
            written = self._joined(written, kinds)
        if chance(fitted.split_per_name):
            written = self._split(written, kinds)
        if chance(fitted.added_per_name):
            slot = culture.slot("given", MALE)
            added = culture.vocabularies[slot].one(self._draws)[0].replace("·", "").replace("-", "")
            written.insert(self._draws.number(len(written)) + 1, Token(added, False))
            kinds.append("name:added")
        if len(written) > 1 and chance(fitted.swapped_per_name):
            written = _turned(written)
            written = [Token(token.text, not token.family) for token in written]
            kinds.append("name:swapped")
        return written

    def _chosen(self, identity: Identity) -> tuple[Name, list[str]]:
        latin = [name for name in identity.names if is_latin(name.full)]
        first = next((name for name in latin if name.quality is NameQuality.PRIMARY), identity.names[0])
        other_script = [name for name in identity.names if not is_latin(name.full)]
        weak = [name for name in latin if name.quality is NameQuality.WEAK]
        strong = [name for name in latin if name.quality is not NameQuality.WEAK and name != first]
        assumed = rates().assumed
        for kind, names, rate in (("name:other_script", other_script, assumed["original_script"]),
                                  ("name:weak_alias", weak, assumed["weak_alias"]),
                                  ("name:alias", strong, rates().name.alias)):  # fmt: skip
            if names and self._draws.chance(rate):
                return self._draws.one(names), [kind]
        return first, []

    def _mistyped(self, tokens: Sequence[Token], kinds: list[str]) -> list[Token]:
        written = []
        for token in tokens:
            text = token.text
            if len(text) > 2 and self._draws.chance(rates().assumed["typing_error_per_token"]):
                text = self._speller.mistyped(text)
                if text != token.text:
                    kinds.append("name:typing")
            written.append(Token(text, token.family))
        return written

    def _joined(self, tokens: list[Token], kinds: list[str]) -> list[Token]:
        at = self._draws.number(len(tokens) - 1)
        kinds.append("name:joined")
        text = tokens[at].text + (tokens[at + 1].text if tokens[at].text.isupper() else tokens[at + 1].text.lower())
        return [*tokens[:at], Token(text, tokens[at].family), *tokens[at + 2 :]]

    def _split(self, tokens: list[Token], kinds: list[str]) -> list[Token]:
        long = [position for position, token in enumerate(tokens) if len(token.text) > 6]
        if not long:
            return tokens
        at = self._draws.one(long)
        text, family = tokens[at]
        cut = 3 + self._draws.number(len(text) - 5)
        kinds.append("name:split")
        second = text[cut:].lstrip("-'")
        return [
            *tokens[:at],
            Token(text[:cut].rstrip("-'"), family),
            Token(second[:1].upper() + second[1:], family),
            *tokens[at + 1 :],
        ]

    def _in_fields(self, tokens: list[Token], kinds: list[str]) -> WrittenName:
        assumed = rates().assumed
        family, given = (" ".join(token.text for token in tokens if token.family is side) for side in (True, False))
        if not (family and given) or self._draws.chance(assumed["one_name_field"]):
            if family and given and self._draws.chance(assumed["family_name_first"]):
                kinds.append("name:family_first")
                fields = WrittenName(f"{family} {given}", "", "")
            else:
                fields = WrittenName(" ".join(token.text for token in tokens), "", "")
        else:
            fields = WrittenName("", family, given)
        if self._draws.chance(assumed["capitals"]):
            return WrittenName(*(field.upper() for field in fields))
        return fields


def tokens_of(name: Name) -> list[Token]:
    """The words of `name` in spoken order; where its parts are not known, the last word counts as the family name."""
    if name.family and name.given:
        return [Token(text, False) for text in name.given.split()] + [Token(text, True) for text in name.family.split()]
    words = name.full.replace(",", " ").split() or [name.full]
    return [Token(text, position > 0 and position == len(words) - 1) for position, text in enumerate(words)]


def _turned(tokens: list[Token]) -> list[Token]:
    family = [token for token in tokens if token.family]
    if not family:
        return tokens[-1:] + tokens[:-1]
    return family + [token for token in tokens if not token.family]


def is_latin(text: str) -> bool:
    """Whether every letter of `text` is a Latin one."""
    return all(ord(letter) < 0x250 or 0x1E00 <= ord(letter) < 0x1F00 for letter in text if letter.isalpha())


def culture_of(identity: Identity) -> Culture:
    """The culture to which most people of this nationality or birth country belong; the commonest if none is known."""
    known = dict.fromkeys((*identity.nationalities, *identity.birth_countries))

    def weight(culture: Culture) -> float:
        return sum(culture.countries.get(code, 0.0) for code in known) / sum(culture.countries.values())

    return max(cultures(), key=lambda culture: (weight(culture), culture.weights["people"]))
