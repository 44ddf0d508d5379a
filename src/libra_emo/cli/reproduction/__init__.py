"""Runs the stages of dvc.yaml that are stale, one after another in one process."""
