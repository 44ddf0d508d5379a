"""A film from its source to its clips, and the ledger of its scenes."""
