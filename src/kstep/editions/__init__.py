"""Lists in use: where each comes from, which edition of it is in force and which came before, what each changed, and who runs it.

An edition is in force when it was published, never before; what looks wrong is held until a named person answers for it.
Entries have numbers of kstep's own, which they keep when the source gives them other ids.
"""
