"""Roots and proofs are those of RFC 6962: its published vectors, and every proof of every small tree, taken and refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import pairwise

import pytest

from kstep.ledger.merkle import consistency_proof, inclusion_proof, new_nodes, root, subtrees
from kstep.ledger.verifier import (
    EMPTY_ROOT,
    Refused,
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
)

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The vectors of the reference implementation of Certificate Transparency."""

SIZES = 35


class Kept:
    """A tree as a log keeps it: a leaf at a time, each hash written once."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.hashes: dict[tuple[int, int], bytes] = {}
        for size, leaf in enumerate(leaves):
            for level, index, found in new_nodes(size, leaf, self.at):
                assert (level, index) not in self.hashes
                self.hashes[level, index] = found

    def at(self, level: int, index: int) -> bytes:
        return self.hashes[level, index]


def by_definition(leaves: list[bytes]) -> bytes:
    """Section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = max(1 << power for power in range(len(leaves).bit_length()) if 1 << power < len(leaves))
    return node_hash(by_definition(leaves[:half]), by_definition(leaves[half:]))


def some_leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"event %d" % number) for number in range(count)]


def refused(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except Refused:
        return True
    return False


def test_roots_are_the_published_ones() -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    tree, kept = Tree(), Kept(leaves)
    assert tree.root() == root(0, kept.at) == EMPTY_ROOT == by_definition([])
    for size, (leaf, expected) in enumerate(zip(leaves, ROOTS, strict=True), 1):
        tree.add(leaf)
        assert tree.root().hex() == root(size, kept.at).hex() == expected


@pytest.mark.parametrize("size", range(1, SIZES))
def test_what_is_kept_gives_the_root_of_the_definition(size: int) -> None:
    leaves = some_leaves(size)
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    kept = Kept(leaves)
    assert root(size, kept.at) == tree.root() == by_definition(leaves)
    assert len(kept.hashes) < 2 * size
    widths = [1 << level for level, _ in subtrees(size)]
    assert sum(widths) == size
    assert all(wide > narrow for wide, narrow in pairwise(widths))


@pytest.mark.parametrize("size", range(1, SIZES))
def test_every_leaf_is_proved_and_no_other(size: int) -> None:
    leaves = some_leaves(size)
    kept = Kept(leaves)
    of_tree = root(size, kept.at)
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(index, size, kept.at)
        assert len(proof) <= (size - 1).bit_length()
        check_inclusion(leaf, index, size, proof, of_tree)
        assert refused(check_inclusion, leaf_hash(b"another"), index, size, proof, of_tree)
        assert refused(check_inclusion, leaf, index, size, [*proof, leaf], of_tree)
        assert not proof or refused(check_inclusion, leaf, index, size, proof[:-1], of_tree)
        assert not proof or refused(check_inclusion, leaf, index, size, [leaf_hash(b"x"), *proof[1:]], of_tree)
        for elsewhere in {0, index - 1, index + 1, size - 1, size} - {index}:
            assert refused(check_inclusion, leaf, elsewhere, size, proof, of_tree)


@pytest.mark.parametrize("later", range(SIZES))
def test_every_beginning_is_proved_and_no_other(later: int) -> None:
    leaves = some_leaves(later)
    kept = Kept(leaves)
    later_root = root(later, kept.at)
    for size in range(later + 1):
        proof, earlier = consistency_proof(size, later, kept.at), root(size, kept.at)
        check_consistency(size, earlier, later, later_root, proof)
        other = leaf_hash(b"another")
        assert refused(check_consistency, size, other, later, later_root, proof)
        assert size in (0, later) or refused(check_consistency, size, earlier, later, other, proof)
        assert refused(check_consistency, size, earlier, later, later_root, [*proof, other])
        assert not proof or refused(check_consistency, size, earlier, later, later_root, proof[:-1])
        assert not proof or refused(check_consistency, size, earlier, later, later_root, [other, *proof[1:]])
        assert refused(check_consistency, later + 1, earlier, later, later_root, proof)
        assert refused(check_consistency, -1, earlier, later, later_root, proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"no leaf {index} in a tree of {size}"):
        inclusion_proof(index, size, Kept(some_leaves(4)).at)


@pytest.mark.parametrize(("size", "later"), [(-1, 3), (4, 3)])
def test_longer_tree_is_no_beginning(size: int, later: int) -> None:
    with pytest.raises(ValueError, match=f"a tree of {later} leaves does not begin with one of {size}"):
        consistency_proof(size, later, Kept(some_leaves(4)).at)
