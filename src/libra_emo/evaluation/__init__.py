"""Judging models: metrics, intervals, tables, plots and the page of results."""
