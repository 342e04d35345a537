"""What elements inherit from everything upstream: kept in the transaction that changes it."""
