"""The European Union's consolidated financial sanctions list (FSF), XML or CSV, to an edition.

Which of the two a file is, is told by its content. Every person with a name becomes an entry under its logical id, the
same from both files; every enterprise is left out as one.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kstep.lists import eu_csv, eu_xml
from kstep.lists.account import Account, Reason
from kstep.lists.edition import Edition, edition_id
from kstep.lists.eu_subject import Subject, entry_of, is_person
from kstep.lists.fields import date_of
from kstep.lists.source import decode, read_bytes
from kstep.model import Entry, ValueRefused

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(path: Path) -> Edition:
    """The edition of the EU's list at `path`. Raises `InputError` if it is another file or breaks off."""
    content = read_bytes(path)
    account = Account()
    if content.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"<"):
        generated, subjects = eu_xml.subjects(content, path, account)
    else:
        generated, subjects = eu_csv.subjects(decode(content, path), path, account)
    entries: dict[str, Entry] = {}
    for subject in subjects:
        _add(subject, entries, account)
    return account.edition(edition_id("eu", [("", content)]), "eu", _generated(generated, account), entries.values())


def _add(subject: Subject, entries: dict[str, Entry], account: Account) -> None:
    person = is_person(subject)
    name = next((alias.get("wholeName", "") for alias in subject.of("nameAlias")), "")
    if person is None:
        account.count("of unknown type")
        account.leave_out(Reason.NOT_A_PERSON, subject.logical_id, f"of type {subject.kind!r}: {name}")
    elif not person:
        account.count("entity")
        account.leave_out(Reason.ENTITY, subject.logical_id, name)
    else:
        account.count("individual")
        if subject.logical_id in entries:
            account.leave_out(Reason.DUPLICATE_ID, subject.logical_id, f"{subject.where}: {name}")
        elif entry := entry_of(subject, account):
            entries[entry.entry_id] = entry


def _generated(said: str, account: Account) -> date | None:
    try:
        return date_of(said).earliest
    except ValueRefused:
        account.note(f"the file does not say when it was generated: {said!r}")
        return None
