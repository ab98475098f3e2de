"""What SQLite says, as errors of the store: without values, which are what people wrote."""

import sqlite3

from hub.store.database import StoreError, StoreUnavailable

_TRY_LATER = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def not_committed(error: Exception) -> StoreError:
    """For everybody whose transaction ended with it."""
    reason = str(error) if isinstance(error, sqlite3.Error) else type(error).__name__
    unavailable = StoreUnavailable(f"The database cannot write: {reason}.")
    unavailable.__cause__ = error
    return unavailable


def store_error(error: Exception, what: str = "") -> StoreError:
    """The typed error; the statement's name is in the note, its values never are."""
    what = what or f"{', '.join(getattr(error, '__notes__', ()))} failed"
    code = getattr(error, "sqlite_errorcode", None)
    kind = StoreUnavailable if code is not None and code & 0xFF in _TRY_LATER else StoreError
    # The text of a value error would repeat what a person wrote.
    reason = str(error) if isinstance(error, sqlite3.Error) else type(error).__name__
    typed = kind(f"{what}: {reason}.")
    typed.__cause__ = error
    return typed
