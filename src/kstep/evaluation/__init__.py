"""Measuring how well the model tells people apart: labelled pairs, and queries whose entries are known.

Nothing here decides or tunes; it counts, says how sure it is, and shows the worst errors.
"""
