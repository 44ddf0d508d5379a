"""Asking models about clips: questions, prices, the ledger of answers, the client, and replies."""
