"""The protocol: a text that a policy officer reads, and a pure function that says what is owed in a file by it."""
