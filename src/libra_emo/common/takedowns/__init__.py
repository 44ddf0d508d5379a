"""What was taken down: the log by which it stays out, and the journal of a takedown."""
