"""Asking models: calls, rate limits, retries, batches."""
