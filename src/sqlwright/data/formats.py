"""The rows of a file of records, whatever it is written in: JSONL, JSON, CSV, Parquet, a dataset.

A row is a mapping of column names to values, or the reason why it is none. What the columns mean is
not known here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, MissingExtra, first_line

#: (its number from 1 on, the row or why it is none)
Row = tuple[int, "Mapping[str, Any] | str"]

_TABLES = (".csv", ".tsv")
_DELIMITERS = ",;\t|"
_LARGEST_FIELD = 2**31 - 1  # characters; csv's own limit is 131,072, and a schema is longer


def rows(path: str | Path) -> Iterator[Row]:
    """Every row of the file or the dataset's folder, in order.

    `.json` may hold an array of objects or one object a line; a file with any other ending than
    those of tables is read as JSONL. A row of JSONL and of CSV is numbered by its line, others by
    their place.

    Raises:
        DataError: the whole of it cannot be read.
        MissingExtra: a Parquet file or a dataset, without the package that reads it.
    """
    path = Path(path)
    if path.is_dir():
        yield from _dataset(path)
    elif path.suffix.lower() == ".parquet":
        yield from _parquet(path)
    else:
        content = _read(path)
        if path.suffix.lower() in _TABLES:
            yield from _table(path, content)
        elif path.suffix.lower() == ".json" and content.lstrip()[:1] == b"[":
            yield from _array(path, content)
        else:
            yield from _lines(content)


def word_for(path: str | Path) -> str:
    """What a row's number counts in that file: a line or a row."""
    path = Path(path)
    by_place = path.is_dir() or path.suffix.lower() in (".parquet", ".json")
    return "row" if by_place else "line"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error


def _lines(content: bytes) -> Iterator[Row]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            yield number, _object(line)


def _object(line: bytes) -> Mapping[str, Any] | str:
    try:
        value = json.loads(line)
    except UnicodeDecodeError:
        return "is not UTF-8 text"
    except ValueError as error:
        return f"is not JSON: {error}"
    except RecursionError:
        return "is not a record: it is nested too deeply"
    return value if isinstance(value, dict) else "is not a JSON object"


def _array(path: Path, content: bytes) -> Iterator[Row]:
    try:
        values = json.loads(content)
    except UnicodeDecodeError:
        raise DataError(f"{path}: is not UTF-8 text") from None
    except ValueError as error:
        raise DataError(f"{path}: is not JSON: {error}") from None
    except RecursionError:
        raise DataError(f"{path}: is nested too deeply") from None
    for number, value in enumerate(values, start=1):
        yield number, value if isinstance(value, dict) else "is not a JSON object"


def _table(path: Path, content: bytes) -> Iterator[Row]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{path}: is not UTF-8 text: save it as CSV UTF-8") from None
    first = text.partition("\n")[0]
    # the names of columns hold none of these signs; a query in a later line may
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not names:
                names = [name.strip() for name in cells]
            elif any(cells):
                yield line, _named(names, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {line}: is not CSV: {error}") from None


def _named(names: list[str], cells: list[str]) -> Mapping[str, Any] | str:
    if len(cells) != len(names):
        return f"has {len(cells)} cells, and the first line names {len(names)} columns"
    return dict(zip(names, cells, strict=True))


def _parquet(path: Path) -> Iterator[Row]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise MissingExtra("pyarrow, which Parquet files need,", "train") from None
    try:
        with parquet.ParquetFile(path) as file:
            values = (row for batch in file.iter_batches() for row in batch.to_pylist())
            yield from enumerate(values, start=1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ArrowException as error:
        raise DataError(f"{path}: is not a Parquet file: {error}") from error


def _dataset(folder: Path) -> Iterator[Row]:
    """What `datasets` saved to disk, or the Parquet files that a dataset on the hub is made of."""
    splits = folder / "dataset_dict.json"
    if splits.exists():
        names = _splits(splits)
        first = f"{folder}/{names[0]}" if names else folder
        raise DataError(f"{folder}: holds the sets {', '.join(names)}: name one, like {first}")
    if (folder / "state.json").exists():
        yield from enumerate(_saved(folder), start=1)
        return
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise DataError(f"{folder}: is no dataset: it holds neither state.json nor Parquet files")
    number = 0
    for file in files:
        for _, row in _parquet(file):
            number += 1
            yield number, row


def _splits(path: Path) -> list[str]:
    try:
        found = json.loads(path.read_bytes())["splits"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [str(name) for name in found]


def _saved(folder: Path) -> Iterable[Mapping[str, Any]]:
    try:
        import datasets
    except ImportError:
        raise MissingExtra("datasets, which a folder of a dataset needs,", "train") from None
    try:
        found: Iterable[Mapping[str, Any]] = datasets.load_from_disk(str(folder))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{folder}: is no dataset that can be read: {first_line(error)}") from error
    return found
