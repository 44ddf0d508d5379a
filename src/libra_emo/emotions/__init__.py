"""Data keyed by emotion label: the taxonomy and the cue files that rest on it."""
