"""Voters, the machine vote, and what they are made of: each voter reads a clip's features."""
