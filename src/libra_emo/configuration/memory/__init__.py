"""What one command finds out and the next one need not find out again."""
