"""A ledger in a PostgreSQL database, for callers on several machines."""
