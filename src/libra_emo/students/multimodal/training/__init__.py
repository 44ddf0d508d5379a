"""Fine-tuning: a program in processes of its own, and the side that starts and follows it."""
