"""The store: one port, two engines, numbered migrations, and the named SQL."""

from hub.store.database import Database, Remote, Row, Rows, Sql, Statement, StoreError, StoreUnavailable, Undone
from hub.store.named import statement

__all__ = [
    "Database",
    "Remote",
    "Row",
    "Rows",
    "Sql",
    "Statement",
    "StoreError",
    "StoreUnavailable",
    "Undone",
    "statement",
]
