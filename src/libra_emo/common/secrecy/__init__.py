"""Credentials apart from addresses, and secrets that others repeat."""
