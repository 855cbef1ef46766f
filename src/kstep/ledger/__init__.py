"""What happened, written once: logs of events, their Merkle trees, signed checkpoints and proofs; and the verifier, which imports
nothing of kstep.

`docs/ledger.md` is the specification of every byte.
"""
