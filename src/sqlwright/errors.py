"""The errors meant for users, each one sentence that says what, where, and what to do.

    SqlwrightError
    ├── UsageError        a wrong argument, an unknown name, a missing file
    │   └── MissingExtra  a part that `pip install 'sqlwright[...]'` would add
    ├── ConfigError       a setting that is unknown, or out of its range
    ├── SqlError          text that is not one read-only query of the dialect
    │   └── BindError     a name that the schema does not have
    ├── DatabaseError     a database that cannot be opened, or a query that it refused
    │   └── QueryTimeout  a query that did not finish within its time limit
    ├── DataError         a records or knowledge file that cannot be read
    └── ModelError        weights that cannot be loaded, or a server that does not answer
        └── SettingsFailed   a training whose own settings ended it

The command line prints the sentence and exits with 2. Anything else that reaches the user is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class SqlwrightError(Exception):
    """The root: catch it to catch every error meant for users."""


class UsageError(SqlwrightError):
    """A wrong argument, an unknown name, a missing file."""


class MissingExtra(UsageError):
    """A part of sqlwright that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} is not installed: run pip install 'sqlwright[{extra}]'")


class ConfigError(SqlwrightError):
    """A setting that is unknown, or out of its range."""


class SqlError(SqlwrightError):
    """Text that is not one read-only query of the dialect."""


class BindError(SqlError):
    """A table or column that the schema does not have, or an ambiguous one."""


class DatabaseError(SqlwrightError):
    """A database that cannot be opened, or a query that it refused."""


class QueryTimeout(DatabaseError):
    """A query that did not finish within its time limit."""


class DataError(SqlwrightError):
    """A records or knowledge file that cannot be read."""


class ModelError(SqlwrightError):
    """Weights that cannot be loaded, or a model server that does not answer."""


class SettingsFailed(ModelError):
    """A training whose own settings ended it: its loss is no number, or the memory is full."""


def first_line(error: BaseException) -> str:
    """What a package's error says in its first line, or its name where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """' Did you mean X?' with the nearest of `known`, or '' when nothing is near."""
    by_lower = {item.lower(): item for item in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean {by_lower[near[0]]}?" if near else ""
