"""Votes for other programs and from them: tables under pseudonyms, crowd-kit, Label Studio."""
