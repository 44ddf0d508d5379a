"""Clips: cutting them out of films, and their features."""
