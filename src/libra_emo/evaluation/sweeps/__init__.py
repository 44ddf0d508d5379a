"""Sweeps: one student trained several times with one thing changed, and how its scores follow."""
