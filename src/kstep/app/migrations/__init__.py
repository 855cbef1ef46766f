"""The schema of the database, and every step from each earlier one. A step is never changed after it was released."""
