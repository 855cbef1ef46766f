"""The people under supervision, with their history: who is on the roster, what is known of each, and since when.

Nobody leaves but by an event with a ground; what is left is always opening + in - out.
"""
