"""Deciding what is compared with what, and doing it: rosters against lists, single look-ups, and what needs
attention.
"""
