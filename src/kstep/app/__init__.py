"""The wiring: the only room that knows every other."""
