"""Leaks: clips of a training set that a model should not have seen before it is evaluated."""
