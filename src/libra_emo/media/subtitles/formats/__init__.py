"""The formats of subtitle files, each read cue by cue, so that a broken cue costs itself alone."""
