"""Asking models: prompts, client, the reading of replies, the ledger of answers and money."""
