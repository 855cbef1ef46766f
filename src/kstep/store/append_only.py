"""Triggers by which a database refuses to change or take away rows of a table that is only ever appended."""

from __future__ import annotations

from collections.abc import Sequence

from kstep.store.database import ROLE

_REFUSED = "what happened is never changed: {table} is only appended"


def append_only(table: str, dialect: str) -> Sequence[str]:
    """The statements that make a table append-only, on SQLite or PostgreSQL."""
    refused = _REFUSED.format(table=table)
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{refused}'); END"
            for what in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refused}'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        f"GRANT SELECT, INSERT ON {table} TO {ROLE}",
    ]


__all__ = ["append_only"]
