"""Names as text become comparable tokens, and tokens become comparable with each other.

`tokens` reads a name into tokens; `sound_keys` and `spelling_keys` say which tokens can be compared at all;
`similarity` says in millibits what it means that one token stands where another does; `frequencies` how common a
token is.
"""

from kstep.names.frequencies import Frequencies, shipped_frequencies
from kstep.names.keys import sound_keys, spelling_keys
from kstep.names.similarity import Relation, Similarity, compare
from kstep.names.tokens import Join, NameTokens, tokenize

__all__ = [
    "Frequencies", "Join", "NameTokens", "Relation", "Similarity", "compare", "shipped_frequencies", "sound_keys",
    "spelling_keys", "tokenize",
]  # fmt: skip
