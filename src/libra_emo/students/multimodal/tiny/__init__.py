"""Tiny random models of each family, for tests and for trying a configuration."""
