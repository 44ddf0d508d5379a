"""Predictions of a fine-tuned model: scored labels and generated answers."""
