"""Reads lines and tables of files; what cannot be read is one sentence with file and line."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlwright.errors import DataError

GOES_ON = " ..."  # ends a line of progress, which is forgotten; others are kept as notes
LONGEST_CELL = 16_000_000  # letters in a cell of CSV: a log holds long statements
LARGEST_UNPACKED = 1_000_000_000  # bytes in a packed document: more is a trap, or no document

# What libraries raise over files that are not what they should be, beside errors of their own.
BROKEN = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError,
    SyntaxError, NotImplementedError, AssertionError, OSError, EOFError, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip

Line = tuple[int, str]
Row = tuple[int, list[str]]


def lines(path: Path) -> Iterator[Line]:
    """The file's lines with their numbers from 1, one at a time: a log may be larger than memory.

    Raises:
        DataError: if the file cannot be read, or a line is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                # a mark of the byte order stands at the beginning only
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                yield number, text.replace("\0", "").rstrip("\r\n")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}, line {number}: not UTF-8 text: save the file as UTF-8") from None


def rows(path: Path) -> Iterator[Row]:
    """The rows of a CSV or TSV file with the lines that they begin on; empty rows are left out.

    The separator is the one of comma, semicolon and tab that the first line has most of.

    Raises:
        DataError: if the file cannot be read, a line is not UTF-8, or a row is no CSV.
    """
    first = next((text for _, text in lines(path) if text.strip()), "")
    separator = max(",;\t", key=first.count)
    # the limit holds for the whole process, and nothing else here reads CSV
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader((text + "\n" for _, text in lines(path)), delimiter=separator)
    begins = 1
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {begins}: no row of CSV ({error}): save it again") from None


def header(path: Path) -> list[str]:
    """The first row of a CSV or TSV file; [] where it holds nothing."""
    return next((row for _, row in rows(path)), [])


def check_not_empty(path: Path) -> None:
    """Checks that the file holds something.

    Raises:
        DataError: if it is empty, or cannot be read.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if not size:
        raise DataError(f"{path} is empty: leave it out, or save it again")


def check_packed(path: Path, program: str) -> None:
    """Checks that the file is what DOCX and XLSX are: a sound archive of a sane size.

    Raises:
        DataError: if it is not, or is protected by a password.
    """
    check_not_empty(path)
    try:
        with path.open("rb") as file:
            if file.read(4) == b"\xd0\xcf\x11\xe0":
                raise DataError(
                    f"{path} is protected by a password or of an old format:"
                    f" save it without one as {path.suffix.lower()}"
                )
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DataError(f"{path} is damaged: open it in {program} and save it again") from None
    if size > LARGEST_UNPACKED:
        raise DataError(f"{path} unpacks to {size:,} bytes: split it, or leave it out")


def named(names: Sequence[str]) -> str:
    """The names of columns for an error, cut where there are too many to read."""
    shown = ", ".join(name.strip()[:30] or "(no name)" for name in names[:8])
    return shown + (" ..." if len(names) > 8 else "")
