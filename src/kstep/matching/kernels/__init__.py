"""The engine's inner loops, compiled by Numba on first use and cached beside the code. Integers only; no fast maths."""
