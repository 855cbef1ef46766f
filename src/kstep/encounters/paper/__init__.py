"""The file of a person on paper: what stands on it (`sheet`), where that comes from (`gathering`), and how it is set as a PDF
(`setting`, `file.typ`).

Names and whatever people wrote are hostile input: they reach the typesetter as data alone, and are never read as its language.
"""
