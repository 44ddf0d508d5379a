"""Fine-tuning: a program of its own that a launcher starts, and what is around it."""
