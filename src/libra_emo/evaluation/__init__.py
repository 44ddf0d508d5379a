"""Evaluating models and labels: metrics, intervals, tables, plots and the results page."""
