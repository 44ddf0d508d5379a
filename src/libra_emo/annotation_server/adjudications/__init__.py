"""Adjudication: blind answers first, then the votes of others, a discussion, and a decision."""
