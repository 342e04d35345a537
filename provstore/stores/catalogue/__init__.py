"""The SQL catalogue: the ledger, the statements, and what is derived from them."""
