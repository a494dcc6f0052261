"""Reads data dictionaries of CSV, TSV and XLSX: one passage a table, with a line for each column.

Columns are recognized by their names, in English or Russian.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, MissingExtra
from sqlwright.knowledge.excluding import NOTHING, Excluding
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.reading import BROKEN, Row, check_packed, named, rows
from sqlwright.knowledge.sections import parts

NEEDED = (
    "a data dictionary needs the columns table, column and description, and may have type"
    " (таблица, столбец, описание, тип)"
)
HEADER_WITHIN = 20  # rows of a sheet: titles and empty rows come before the header

_NAME = r"name|имя|название|наименование"
_TABLE = r"tables?|tablename|таблиц\w*"
_COLUMN = r"columns?|columnname|fields?|fieldname|attributes?|столб\w*|колон\w*|пол[еяй]"
_ABOUT = r"desc|description\w*|comments?|meaning|definition|remarks?|описани\w*|комментари\w*"
_TYPE = r"types?|datatype|тип\w*"

# row of a dictionary: where it stands, then table, column, type, description
Entry = tuple[str, str, str, str, str]


def roles(header: Sequence[str]) -> dict[str, int]:
    """Which column of the header holds the `table`, `column`, `type`, `description`, `about`.

    `about` describes the table and not the column. Roles that no column has are left out.
    """
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        role = _role(re.findall(r"[^\W\d_]+", name.lower()))
        if role:
            found.setdefault(role, place)
    name_at = found.pop("name", None)
    if name_at is not None and "table" in found:  # without a table it may be a name of anything
        found.setdefault("column", name_at)
    return found


def _role(words: Sequence[str]) -> str:
    def has(pattern: str) -> bool:
        return any(re.fullmatch(pattern, word) for word in words)

    def only(pattern: str) -> bool:
        return all(re.fullmatch(pattern, word) for word in words)

    if not words:
        return ""
    if has(_ABOUT):
        return "about" if has(_TABLE) else "description"
    if has(_TYPE) and not has(_TABLE):
        return "type"
    if only(_NAME):
        return "name"
    if only(f"{_TABLE}|{_NAME}"):
        return "table"
    return "column" if only(f"{_COLUMN}|{_NAME}") else ""


def is_dictionary(header: Sequence[str]) -> bool:
    """Has the header the columns that a data dictionary needs?"""
    found = roles(header)
    return {"table", "column"} <= found.keys() and bool({"type", "description"} & found.keys())


def from_csv(path: Path, excluding: Excluding = NOTHING) -> list[Passage]:
    """The passages of a data dictionary in CSV or TSV.

    Raises:
        DataError: if it cannot be read, or is no data dictionary.
    """
    found = list(rows(path))
    header = found[0][1] if found else []
    if not is_dictionary(header):
        raise DataError(f"{path} has the columns {named(header) or 'of nothing'}: {NEEDED}")
    return _passages(path, _entries(found[1:], roles(header), ":{}", ""), excluding)


def from_xlsx(path: Path, excluding: Excluding = NOTHING) -> list[Passage]:
    """The passages of the sheets that are data dictionaries; others are passed over.

    A sheet without a column for the table describes the table that it is named for.

    Raises:
        DataError: if it cannot be read, or no sheet is a data dictionary.
        MissingExtra: if openpyxl is not installed.
    """
    found = list[Entry]()
    seen = list[str]()
    for sheet, content in _sheets(path):
        for at, (_, header) in enumerate(content[:HEADER_WITHIN]):
            known = roles(header)
            named_for = sheet if {"column", "description"} <= known.keys() else ""
            if is_dictionary(header) or named_for:
                found += _entries(content[at + 1 :], known, f", sheet {sheet}, row {{}}", sheet)
                break
        else:
            seen += content[0][1] if content else []
    if not found:
        has = f"has the columns {named(seen)}" if seen else "holds no rows"
        raise DataError(f"{path} {has}: {NEEDED}")
    return _passages(path, found, excluding)


def is_xlsx_dictionary(path: Path) -> bool:
    """Is one sheet of the file a data dictionary?

    Raises:
        DataError: if it cannot be read.
        MissingExtra: if openpyxl is not installed.
    """
    for _, content in _sheets(path, HEADER_WITHIN):
        for _, header in content:
            if is_dictionary(header) or {"column", "description"} <= roles(header).keys():
                return True
    return False


def _sheets(path: Path, most: int | None = None) -> list[tuple[str, list[Row]]]:
    """(name, rows with their numbers) of each sheet, without empty rows."""
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ModuleNotFoundError:
        raise MissingExtra("openpyxl, which reads XLSX,", "documents") from None
    check_packed(path, "Excel")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                return [
                    (sheet.title, _filled(islice(sheet.iter_rows(values_only=True), most)))
                    for sheet in book.worksheets
                ]
            finally:
                book.close()
    except (InvalidFileException, *BROKEN):
        raise DataError(f"{path} is damaged: open it in Excel and save it again") from None


def _filled(content: Iterable[Sequence[Any]]) -> list[Row]:
    found = list[Row]()
    for number, row in enumerate(content, 1):
        cells = ["" if cell is None else str(cell) for cell in row]
        if any(map(str.strip, cells)):
            found.append((number, cells))
    return found


def _entries(content: Iterable[Row], known: dict[str, int], place: str, table: str) -> list[Entry]:
    """The rows of a dictionary; a table that is named once holds for the rows below, too."""
    found, about = list[Entry](), ""
    for number, row in content:

        def cell(role: str, row: Sequence[str] = row) -> str:
            at = known.get(role, len(row))
            return " ".join(row[at].split()) if at < len(row) else ""

        if (named_here := cell("table")) and named_here != table:
            table, about = named_here, ""
        if cell("about") and cell("about") != about:
            about = cell("about")
            found.append((place.format(number), table, "", "", about))
        if table and (cell("column") or cell("description")):
            entry = (table, cell("column"), cell("type"), cell("description"))
            found.append((place.format(number), *entry))
    return found


def _passages(path: Path, entries: Iterable[Entry], excluding: Excluding) -> list[Passage]:
    tables: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry[2] and excluding.takes(entry[1], entry[2]):
            continue
        tables.setdefault(entry[1].lower(), []).append(entry)
    found = []
    for described in tables.values():
        name = described[0][1]
        # the title is what leads to the table, and the schema knows it without what stands before
        title = re.sub(r"[\"`\[\]]", "", name).rpartition(".")[2]
        for at, part in parts("\n".join(_line(entry) for entry in described)):
            text = f"table {name}\n{part}"
            found.append(Passage("document", title, text, f"{path}{described[at][0]}"))
    return found


def _line(entry: Entry) -> str:
    _, _, column, kind, description = entry
    if not column:
        return description
    return f"- {column}{' ' * bool(kind)}{kind}{': ' * bool(description)}{description}"
