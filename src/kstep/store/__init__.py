"""Where rooms keep what they know: one SQL database, SQLite or PostgreSQL, on whose `metadata` each room declares its tables.

What is written together is written in one transaction, or not at all.
"""

from kstep.store.database import Database, StoreError
from kstep.store.metadata import metadata

__all__ = ["Database", "StoreError", "metadata"]
