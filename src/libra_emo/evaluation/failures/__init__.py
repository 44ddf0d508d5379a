"""Failures on the bench: which labels are mixed up, which clips no model gets, and where."""
