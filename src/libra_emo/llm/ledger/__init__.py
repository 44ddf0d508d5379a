"""The ledger: every answer and every dollar is recorded before it is used."""
