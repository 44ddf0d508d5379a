"""Scoring anybody's answers: scores, statistics, tables, figures, a page and a summary."""
