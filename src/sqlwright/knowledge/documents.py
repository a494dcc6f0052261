"""Turns HTML, DOCX and PDF files into passages: headings, lists and tables become Markdown's.

Pictures, footnotes, text boxes and the layout of pages are not read; a scanned PDF holds no text.
"""

from __future__ import annotations

import codecs
import logging
import re
import textwrap
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, MissingExtra, first_line
from sqlwright.knowledge.passages import Kind, Passage
from sqlwright.knowledge.reading import BROKEN, GOES_ON, check_not_empty, check_packed
from sqlwright.knowledge.sections import LONGEST, from_document, parts

HTML = (".html", ".htm", ".xhtml")
SUFFIXES = (*HTML, ".docx", ".pdf")
PAGES_A_LINE = 50  # how often a long PDF says how far it is

# a line of text after where it stands in the file, as `:12` or `, paragraph 3`
Placed = tuple[str, str]


def from_file(path: Path, kind: Kind, say: Callable[[str], None]) -> list[Passage]:
    """The passages of an HTML, DOCX or PDF file; `say` gets progress, and what holds no text.

    Raises:
        DataError: if the file is empty, damaged, encrypted, or in an unknown encoding.
        MissingExtra: if the package that reads it is not installed.
    """
    check_not_empty(path)
    if path.suffix.lower() == ".pdf":
        found = list(_from_pdf(path, kind, say))
    else:
        placed = html(path) if path.suffix.lower() in HTML else docx(path)
        places = [place for place, _ in placed]
        found = from_document("\n".join(text for _, text in placed), str(path), kind, places)
    if not found:
        say(f"{path} holds no text: perhaps it is of pictures only")
    return found


def html(path: Path) -> list[Placed]:
    """The page's text as lines of Markdown, each with its line in the file.

    Raises:
        DataError: if it is neither UTF-8 nor in the encoding that it names, or a declaration in
            it is damaged, with the line.
    """
    page = _Page()
    try:
        page.feed(_decoded(path))
        page.close()
    except AssertionError:  # what html.parser raises over a declaration that it does not know
        line = page.getpos()[0]
        raise DataError(f"{path}, line {line}: no declaration of HTML: delete it") from None
    page.end_block()
    return page.lines


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    said = _ENCODING.search(content, 0, 4096)
    encoding = said[1].decode("ascii") if said else "utf-8"
    try:
        codecs.lookup(encoding)
    except LookupError:
        encoding = "utf-8"
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error
    try:
        if encoding.lower() not in ("utf-8", "utf8"):
            return content.decode(encoding)
    except UnicodeDecodeError as error:
        wrong = error
    line = content.count(b"\n", 0, wrong.start) + 1
    raise DataError(f"{path}, line {line}: not {encoding} text: save the page as UTF-8")


_ENCODING = re.compile(rb"<(?:meta|\?xml)[^>]*(?:charset|encoding)\s*=\s*[\"']?([\w-]+)")
_SILENT = frozenset("script style noscript template svg nav title select button".split())
_BLOCKS = frozenset(
    "p div section article main header footer ul ol dl dt dd li br hr table thead tbody tr"
    " blockquote figure figcaption details summary form body address aside pre".split()
)
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}


class _Page(HTMLParser):
    """Gathers the lines of one page; the standard library's parser calls its methods."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Placed] = []
        self._text = ""
        self._place = ":1"
        self._mark = ""  # of the block: of a heading, or an item of a list
        self._silent = 0  # how deep in elements that say nothing
        self._row: list[str] | None = None
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in ("td", "th") and self._row is not None:
            self._row.append("")
        elif tag == "code" and not self._is_code:
            self._write("`")
        elif tag in _HEADINGS or tag in ("table", "tr"):
            self.end_block()  # also inside a cell: then the table is there for layout
            self._mark = _HEADINGS.get(tag, "")
            self._row = [] if tag == "tr" else None
        elif tag in _BLOCKS and self._row:
            self._write(" ")
        elif tag in _BLOCKS:
            waiting = "" if self._text.strip() else self._mark  # as <li><p> has it
            self.end_block()
            self._mark = "- " if tag == "li" else waiting
            self._is_code = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "code" and not self._is_code:
            self._write("`")
        elif tag in _BLOCKS and self._row and tag not in ("tr", "table"):
            self._write(" ")
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.end_block()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._write(data)

    def _write(self, text: str) -> None:
        if not self._text.strip() and not (self._row and any(self._row)):
            skipped = text[: len(text) - len(text.lstrip())].count("\n")
            self._place = f":{self.getpos()[0] + skipped}"
        if self._row:
            self._row[-1] += text
        else:
            self._text += text

    def end_block(self) -> None:
        """Writes down what was gathered since the last block."""
        if self._row:
            self.lines.append((self._place, _table_row(self._row)))
        elif self._is_code and self._text.strip():
            code = ["```", *self._text.strip("\n").splitlines(), "```", ""]
            self.lines += [(self._place, line) for line in code]
        elif self._text.strip():
            self.lines += _paragraph(self._place, self._mark, self._text)
        self._text, self._mark, self._row, self._is_code = "", "", None, False


def _table_row(cells: list[str]) -> str:
    flat = [" ".join(cell.split()).replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(flat)} |" if any(flat) else ""


def _paragraph(place: str, mark: str, text: str) -> Iterator[Placed]:
    """The lines of a heading, an item or a paragraph: one where it is not too long to quote."""
    flat = " ".join(text.split())
    if mark.startswith("#"):
        yield place, ""
        yield place, mark + flat
    elif mark:
        yield place, mark + flat
    else:
        if flat.startswith("#"):
            flat = "\\" + flat  # it is no heading
        for line in textwrap.wrap(flat, LONGEST // 2) if len(flat) > LONGEST else [flat]:
            yield place, line
        yield place, ""


def docx(path: Path) -> list[Placed]:
    """The document's text as lines of Markdown, each with the number of its paragraph or table.

    Raises:
        DataError: if it is damaged, or protected by a password.
        MissingExtra: if python-docx is not installed.
    """
    try:
        from docx import Document
        from docx.opc.exceptions import OpcError
        from docx.table import Table
    except ModuleNotFoundError:
        raise MissingExtra("python-docx, which reads DOCX,", "documents") from None
    check_packed(path, "Word")
    found: list[Placed] = []
    paragraphs = tables = 0
    try:
        for block in Document(str(path)).iter_inner_content():
            if isinstance(block, Table):
                tables += 1
                found += _rows_of(block, f", table {tables}")
            else:
                paragraphs += 1
                if block.text.strip():
                    found += _paragraph(f", paragraph {paragraphs}", _mark_of(block), block.text)
    except (OpcError, *BROKEN):
        raise DataError(f"{path} is damaged: open it in Word and save it again") from None
    return found


def _rows_of(table: Any, place: str) -> Iterator[Placed]:
    for number, row in enumerate(table.rows, 1):
        cells = {id(cell._tc): cell.text for cell in row.cells}  # a merged cell comes many times
        yield f"{place}, row {number}", _table_row(list(cells.values()))
    yield place, ""


def _mark_of(paragraph: Any) -> str:
    """What begins the paragraph's line: # for headings, also of styles that derive from them."""
    style = paragraph.style
    while style is not None:
        name = str(style.name or "")
        if level := re.match(r"(?:heading|заголовок) ([1-6])", name, re.IGNORECASE):
            return "#" * int(level[1]) + " "
        if name == "Title":
            return "# "
        if name.startswith("List"):
            return "- "
        style = style.base_style
    return ""


def _from_pdf(path: Path, kind: Kind, say: Callable[[str], None]) -> Iterator[Passage]:
    reader = _open_pdf(path)
    from pypdf.errors import PyPdfError

    silent = unread = 0
    total = len(reader.pages)
    for number in range(1, total + 1):
        try:
            text = reader.pages[number - 1].extract_text()
        except (PyPdfError, *BROKEN):
            text, unread = "", unread + 1
        flat = re.sub(r"(?<=\w)-\n(?=[a-zа-яё])", "", text)  # a word that the end of a line cut
        pieces = [piece for _, piece in parts(flat)]
        silent += not pieces
        for piece in pieces:
            yield Passage(kind, path.stem, piece, f"{path}, page {number}")
        if number % PAGES_A_LINE == 0 and number < total:
            say(f"{path}: page {number:,} of {total:,}{GOES_ON}")
    if unread == total:
        raise DataError(f"{path} is damaged: no page of it can be read: save it again")
    if silent and silent < total:
        say(f"{path}: {silent:,} of {total:,} pages hold no text that can be read")


def _open_pdf(path: Path) -> Any:
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, PyPdfError
    except ModuleNotFoundError:
        raise MissingExtra("pypdf, which reads PDF,", "documents") from None
    # it warns of every oddity that it puts right
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        # many are protected against changes only: these open without a password
        if reader.is_encrypted and not reader.decrypt(""):
            raise DataError(f"{path} is encrypted: save it without a password")
        len(reader.pages)
    except DependencyError:
        raise DataError(f"{path} is encrypted: save it without a password") from None
    except (PyPdfError, *BROKEN) as error:
        said = first_line(error)
        raise DataError(
            f"{path} is damaged ({said}): open it in a viewer and save it again"
        ) from None
    return reader
