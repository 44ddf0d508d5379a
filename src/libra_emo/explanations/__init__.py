"""Explanations: short texts for labels, written from measured cues, and what checks them."""
