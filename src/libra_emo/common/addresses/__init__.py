"""Addresses of films on the web: which of them lead to the same film."""
