"""Runs in MLflow: one for each loop, one for each training in it."""
