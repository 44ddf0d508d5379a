"""Scoring: how probable each label is as an answer, and the reading of requests before it."""
