"""Putting the parts of a protocol into plain English: patterns, lengths of time, people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kstep.protocol.calendars import Calendar
from kstep.protocol.declaration import DAYS
from kstep.protocol.facts import KINDS
from kstep.protocol.protocol import DAY, MINUTE, Deadline, Exemption, Pattern, Protocol, Rung

_UNITS = (("day", DAY), ("hour", 60 * MINUTE), ("minute", MINUTE))


def plain(name: str) -> str:
    """An id or a field as words."""
    return name.replace("-", " ").replace("_", " ")


def listed(items: Iterable[str], last: str = "or") -> str:
    """One, or one or another, or one, another or a third."""
    some = list(items)
    return some[0] if len(some) == 1 else f"{', '.join(some[:-1])} {last} {some[-1]}" if some else "nobody"


def capital(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]


def length(microseconds: int) -> str:
    """A length of time, in the largest unit in which it is whole, but a day or two in hours."""
    for unit, size in _UNITS:
        if microseconds % size == 0 and not (unit == "day" and microseconds <= 3 * DAY):
            count = microseconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{microseconds / MINUTE:g} minutes"


class Wording:
    """The words of one protocol."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    def roles(self, names: Sequence[str], last: str = "or") -> str:
        """Roles by their names."""
        own = (name if self.protocol.roles[name] == name else f"the {plain(name)}" for name in names)
        return listed(own, last)

    def title(self, step: str) -> str:
        """A step by its title."""
        return f"“{self.protocol.steps[step].title}”"

    def step(self, step: str) -> str:
        """A step by its name and the number under which it is explained."""
        return f"*{plain(step)}* ({list(self.protocol.steps).index(step) + 1})"

    def steps(self, steps: Sequence[str], last: str = "and") -> str:
        """Steps by their names."""
        return listed(map(self.step, steps), last)

    def pattern(self, pattern: Pattern) -> str:
        """What has to happen."""
        said = dict(pattern.where)
        if pattern.fact:
            text = KINDS[pattern.fact].meaning
            for name in ("answer", "result", "outcome"):
                if name in said:
                    text += f": {listed(map(plain, said.pop(name)))}"
                    break
            if "kind" in said:
                text += f" ({'; '.join(KINDS[kind].meaning for kind in said.pop('kind') if kind in KINDS)})"
        else:
            text = f"{self.step(pattern.step)} is done"
            if "outcome" in said:
                text += f" with {listed(f'*{plain(value)}*' for value in said.pop('outcome'))}"
        if pattern.disagrees_with:
            text += f", otherwise than {self.step(pattern.disagrees_with)}"
        if pattern.agrees_with:
            text += f", like {self.step(pattern.agrees_with)}"
        if said:
            text += f" ({'; '.join(f'{plain(name)}: {listed(map(plain, values))}' for name, values in said.items())})"
        if pattern.while_before:
            text += ", and it has not expired"
        if pattern.until:
            text += f", and not since: {listed(map(self.pattern, pattern.until))}"
        return text

    def patterns(self, patterns: Sequence[Pattern], last: str = "or") -> str:
        """What has to happen, of several things."""
        return f"; {last} ".join(map(self.pattern, patterns))

    def deadline(self, due: Deadline) -> str:
        """Until when."""
        if due.at:
            return (
                f"by the moment at which it {due.at.rstrip('s')}s"
                if due.at.endswith("s")
                else f"by its {plain(due.at)}"
            )
        assert due.within is not None
        text = f"within {self.on(str(due.within), due.calendar)}"
        if due.once_ready:
            return f"{text} from when nothing that comes before is owed any more"
        return f"{text} after {self.pattern(due.of)}" if due.of else text

    def on(self, text: str, calendar: str) -> str:
        """A length of time with its calendar."""
        if calendar == "always":
            return text
        return f"{text} of the calendar *{plain(calendar)}*"

    def rung(self, rung: Rung) -> str:
        """What happens before or after a deadline."""
        when = (
            "when it is late"
            if rung.offset == 0
            else f"{length(abs(rung.offset))} {'before' if rung.offset < 0 else 'later'}"
        )
        roles = self.roles(rung.roles, "and")
        verb = "are" if len(rung.roles) > 1 else "is"
        return f"{when}, {roles} {verb} {'told' if rung.escalates else 'reminded'}"

    def exemption(self, rule: Exemption) -> str:
        """Who may set something aside."""
        people = f"{self.roles(rule.who)}, together with {self.roles([rule.second])}"
        return f"{people}, on one of these grounds: {'; '.join(rule.grounds)}"

    def calendar(self, calendar: Calendar) -> str:
        """When time counts."""
        days: list[str] = []
        for number, name in enumerate(DAYS):
            spans = calendar.hours[number]
            if spans:
                days.append(f"{capital(name)} {listed((_span(*span) for span in spans), 'and')}")
        text = f"open {'; '.join(_together(days))}, by the clock of {calendar.time_zone}"
        if calendar.holidays:
            text += f", but for the public holidays of {listed(calendar.holidays, 'and')}"
        if calendar.closed:
            text += f", and closed on {listed((day.isoformat() for day in sorted(calendar.closed)), 'and')}"
        return text


def _span(first: int, last: int) -> str:
    return "–".join(f"{moment // 60:02}:{moment % 60:02}" for moment in (first, last))


def _together(days: Sequence[str]) -> list[str]:
    """Days that follow one another with the same hours, as one: Monday to Friday."""
    found: list[tuple[str, str, str]] = []
    for text in days:
        name, _, hours = text.partition(" ")
        follows = found and found[-1][2] == hours and DAYS.index(found[-1][1].lower()) + 1 == DAYS.index(name.lower())
        found = [*found[:-1], (found[-1][0], name, hours)] if follows else [*found, (name, name, hours)]
    return [f"{first if first == last else f'{first} to {last}'} {hours}" for first, last, hours in found]


__all__ = ["Wording", "capital", "length", "listed", "plain"]
