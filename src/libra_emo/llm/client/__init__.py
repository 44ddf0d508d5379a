"""Asking models: calls, rate limits, retries and batches, paid out of one account."""
