"""Both queries of a pair on an empty SQLite in memory, as the checker compares them."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlwright import sql
from sqlwright.schema import Schema
from sqlwright.verify.compare import Comparison
from sqlwright.verify.prepare import prepare_pair
from sqlwright.verify.scratch import open_scratch


@contextmanager
def compared(one: str, two: str, schema: Schema) -> Iterator[Comparison]:
    """The comparison, run once; it has a minute."""
    _, pair = prepare_pair(*(sql.read(text, "sqlite") for text in (one, two)), schema, "sqlite")
    with closing(open_scratch("sqlite", schema.tables, "sqlite")) as scratch:
        comparison = Comparison(pair, scratch, schema)
        comparison(time.monotonic() + 60)
        yield comparison
