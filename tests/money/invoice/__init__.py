"""The invoice test: what the ledger says of many mixed calls, against the books of the provider that answered them.

The hub's side is real: `Ask`, `Till`, the three clients, SQLite. The provider's side has its own price list, its own
count of tokens and its own invoice, made of nothing of the hub's. `python -m tests.money.invoice --calls 200000`.
"""
