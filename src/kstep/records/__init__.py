"""CSV, JSON lines and Parquet rows to values and row errors: the one way in for rosters and for `table` lists.

Every row of a file becomes a value or is refused by name; a bad field costs the row that field and nothing more.
"""

from kstep.records.people import PeopleFile, RowError, person_from_mapping, read_people

__all__ = ["PeopleFile", "RowError", "person_from_mapping", "read_people"]
