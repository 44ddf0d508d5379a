"""Answers of anybody's models, in any of the files in which they come, matched to a set."""
