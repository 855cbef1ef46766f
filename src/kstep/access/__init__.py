"""Who may do what: accounts, roles, offices, training records, markings and purposes, and one policy that filters and checks.

Whatever is not allowed by a role that an account has now is denied. Nobody bypasses a marking.
"""
