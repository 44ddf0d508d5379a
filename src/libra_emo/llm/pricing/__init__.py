"""Prices of calls, by the price list."""
