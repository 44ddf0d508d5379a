"""Subtitles: files and tracks, choosing, reading, cleaning."""
