"""Proofs out of a log's Merkle tree (RFC 6962, section 2.1), of which the hashes of whole subtrees are kept.

Of a log of n events at most 2n hashes are kept, each written once; a proof reads no more than a few for each doubling of its
length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kstep.ledger.verifier import EMPTY_ROOT, node_hash

HashAt = Callable[[int, int], bytes]
"""The hash of a whole subtree: of the leaves from `index * 2**level` to before `(index + 1) * 2**level`."""


def new_nodes(size: int, leaf: bytes, hash_at: HashAt) -> list[tuple[int, int, bytes]]:
    """Level, index and hash of the subtrees that become whole when the hash of a leaf is appended to a tree of this size, the
    leaf first.
    """
    nodes, level, index = [(0, size, leaf)], 0, size
    while index & 1:
        leaf = node_hash(hash_at(level, index - 1), leaf)
        level, index = level + 1, index >> 1
        nodes.append((level, index, leaf))
    return nodes


def root(size: int, hash_at: HashAt) -> bytes:
    """The root of the first leaves."""
    return _of_leaves(0, size, hash_at) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """The hashes that lead from a leaf to the root of a tree of this size (2.1.1). Raises `ValueError` if it has no such leaf."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof, first, stop = [], 0, size
    while stop - first > 1:
        middle = first + _left(stop - first)
        if index < middle:
            proof.append(_of_leaves(middle, stop, hash_at))
            stop = middle
        else:
            proof.append(_of_leaves(first, middle, hash_at))
            first = middle
    return proof[::-1]


def consistency_proof(size: int, later: int, hash_at: HashAt) -> list[bytes]:
    """The hashes that show that a tree of `later` leaves begins with the one of `size` (2.1.2); none if one of them is empty or
    both are the same. Raises `ValueError` if it cannot.
    """
    if not 0 <= size <= later:
        raise ValueError(f"a tree of {later} leaves does not begin with one of {size}")
    if size in (0, later):
        return []
    proof, first, stop, whole = [], 0, later, True
    while stop != size:
        middle = first + _left(stop - first)
        if size <= middle:
            proof.append(_of_leaves(middle, stop, hash_at))
            stop = middle
        else:
            proof.append(_of_leaves(first, middle, hash_at))
            first, whole = middle, False
    if not whole:
        proof.append(_of_leaves(first, stop, hash_at))
    return proof[::-1]


def subtrees(size: int) -> Sequence[tuple[int, int]]:
    """Level and index of the whole subtrees that a tree of this size consists of, the largest first."""
    found, first = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, first >> level))
            first += 1 << level
    return found


def _left(leaves: int) -> int:
    """How many of so many leaves, two at least, are in the left half: the largest power of two below."""
    return 1 << (leaves - 1).bit_length() - 1


def _of_leaves(first: int, stop: int, hash_at: HashAt) -> bytes:
    """The root of the leaves from `first`, where a left half ends or the tree begins, to before `stop`."""
    hashes = [hash_at(level, (first >> level) + index) for level, index in subtrees(stop - first)]
    found = hashes.pop()
    while hashes:
        found = node_hash(hashes.pop(), found)
    return found


__all__ = ["HashAt", "consistency_proof", "inclusion_proof", "new_nodes", "root", "subtrees"]
