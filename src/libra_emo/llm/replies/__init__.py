"""Replies: how a model's reply becomes a label."""
