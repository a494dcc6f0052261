"""Sources of knowledge: documents, dictionaries, dbt, logs; what they must not let through."""

from __future__ import annotations

import json
import re
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlwright import sql
from sqlwright.errors import DataError, MissingExtra, UsageError
from sqlwright.knowledge import collect, learn, open_index
from sqlwright.knowledge.masking import literals, outline, personal, without_parameters
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.practice import practice
from sqlwright.schema import read_ddl

DDL = """
CREATE TABLE customers (id INT PRIMARY KEY, town TEXT, email TEXT UNIQUE);
CREATE TABLE orders (
    id INT PRIMARY KEY, customer_id INT REFERENCES customers (id), total NUMERIC(10, 2),
    placed DATE, CHECK (total >= 0)
);
"""


def saved(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, dialect: str | None = None) -> tuple[list[Passage], list[str]]:
    """The passages of a file, and what was said about it."""
    said = list[str]()
    found = collect.from_file(path, dialect, said.append)
    assert len({passage.source for passage in found}) == len(found)
    return found, said


def pdf(path: Path, pages: list[str]) -> Path:
    """A PDF with these lines on its pages, written by hand."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        shown = " T* ".join(f"({line}) Tj" for line in text.splitlines())
        stream = f"BT /F1 12 Tf 14 TL 50 700 Td {shown} ET" if text else ""
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    content += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF"
    ).encode()
    path.write_bytes(content)
    return path


# ---------------------------------------------------------------------------------------- documents

PAGE = """<!DOCTYPE html><html><head><title>Wiki</title><style>p { color: red }</style></head>
<body><nav>Home | Up</nav><h1>Продажи</h1>
<p>Revenue is <b>net</b> of returns &amp; tax, see <code>orders</code>.
<script>alert(1)</script>
<h2>Statuses</h2>
<table><thead><tr><th>Code</th><th>Meaning</th></tr></thead>
<tr><td>N</td><td><p>new</p><p>a|b</p></td></tr>
<tr><td>P<td>paid</table>
<ul><li>first<li>second</ul>
<pre>SELECT 1
  FROM t</pre>
<p># of items
</body></html>
"""


def test_html_keeps_headings_tables_lists_and_lines(tmp_path: Path) -> None:
    found, _ = read(saved(tmp_path / "wiki.html", PAGE))
    assert [passage.title for passage in found] == ["Продажи", "Продажи > Statuses"]
    assert found[0].text == "Revenue is net of returns & tax, see `orders`."
    assert found[0].source.endswith("wiki.html:3")
    assert found[1].text == (
        "| Code | Meaning |\n| N | new a\\|b |\n| P | paid |\n- first\n- second\n"
        "```\nSELECT 1\n  FROM t\n```\n\n\\# of items"
    )


def test_html_in_the_encoding_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "old.htm"
    text = '<meta charset="windows-1251"><h1>Заказы</h1><p>Номер заказа'
    path.write_bytes(text.encode("cp1251"))
    found, _ = read(path)
    assert (found[0].title, found[0].text) == ("Заказы", "Номер заказа")
    path.write_bytes(b"<p>one</p>\n<p>\xff\xfe")
    with pytest.raises(DataError, match=r"old\.htm, line 2: not utf-8 text"):
        read(path)
    with pytest.raises(DataError, match=r"old\.htm, line 2: no declaration of HTML"):
        read(saved(path, "<p>a\n<![other[ x ]]>b"))
    assert read(saved(path, "<p><![if !supportLists]>a<![endif]>b<![CDATA[c]]>"))[0][0].text == "ab"


def test_pages_made_of_layout_tables_and_odd_tags_are_read(tmp_path: Path) -> None:
    text = "</td><table><tr><td><h2>Inner</h2>text<table><tr><td>a<td>b</table></table></p><x-y>z"
    found, _ = read(saved(tmp_path / "a.html", text))
    assert [(p.title, p.text) for p in found] == [("a > Inner", "text\n\n| a | b |\nz")]
    text = "<ul><li><p>one</p><p>more</p></li><li></li></ul><p>two"
    (passage,), _ = read(saved(tmp_path / "a.html", text))
    assert passage.text == "- one\nmore\n\ntwo"
    long = "<p>" + "word " * 2000
    found, _ = read(saved(tmp_path / "b.html", long))
    assert len(found) > 5
    assert all(len(passage.text) <= collect.LONGEST for passage in found)
    assert read(saved(tmp_path / "c.html", "<html></html>")) == (
        [],
        [f"{tmp_path / 'c.html'} holds no text: perhaps it is of pictures only"],
    )


def test_docx_keeps_headings_tables_and_lists(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading("Glossary", 1)
    document.add_heading("Выручка", 2)
    document.add_paragraph("Money without returns.")
    document.add_paragraph("an item", style="List Bullet")
    table = document.add_table(2, 3)
    for cell, text in zip(table.rows[0].cells, ("Code", "Meaning", "Since"), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1)).text = "merged"
    document.save(tmp_path / "glossary.docx")
    (passage,), _ = read(tmp_path / "glossary.docx")
    assert passage.title == "Glossary > Выручка"
    assert passage.source.endswith("glossary.docx, paragraph 3")
    assert passage.text == (
        "Money without returns.\n\n- an item\n| Code | Meaning | Since |\n| merged |  |"
    )


def test_a_pdf_says_the_page(tmp_path: Path) -> None:
    path = pdf(tmp_path / "guide.pdf", ["Returns reduce reve-\nnue in the", "", "late (not)"])
    found, said = read(path)
    assert [(p.title, p.text, p.source) for p in found] == [
        ("guide", "Returns reduce revenue in the", f"{path}, page 1"),
        ("guide", "late (not)", f"{path}, page 3"),
    ]
    assert said == [f"{path}: 1 of 3 pages hold no text that can be read"]


def test_a_long_pdf_says_how_far_it_is(tmp_path: Path) -> None:
    path = pdf(
        tmp_path / "long.pdf", ["\n".join([f"page {n} " + "word " * 9] * 40) for n in range(120)]
    )
    found, said = read(path)
    assert said == [f"{path}: page {n} of 120 ..." for n in (50, 100)]
    assert found[0].source == f"{path}, page 1"
    assert found[1].source == f"{path}, page 1, part 2"
    assert all(len(passage.text) <= collect.LONGEST for passage in found)


def test_encrypted_and_broken_documents_are_one_sentence(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    plain = pdf(tmp_path / "plain.pdf", ["text"])
    for name, password in (("locked", "secret"), ("protected", "")):
        writer = pypdf.PdfWriter(clone_from=plain)
        writer.encrypt(password, owner_password="owner", algorithm="AES-256")
        writer.write(tmp_path / f"{name}.pdf")
    with pytest.raises(DataError, match=r"locked\.pdf is encrypted: save it without a password"):
        read(tmp_path / "locked.pdf")
    assert read(tmp_path / "protected.pdf")[0][0].text == "text"
    (tmp_path / "torn.pdf").write_bytes(plain.read_bytes()[:200])
    with pytest.raises(DataError, match=r"torn\.pdf is damaged"):
        read(tmp_path / "torn.pdf")
    for suffix in ("docx", "xlsx"):
        bad = saved(tmp_path / f"bad.{suffix}", "PK no archive")
        with pytest.raises(DataError, match=rf"bad\.{suffix} is damaged: open it in"):
            read(bad)
        with zipfile.ZipFile(bad, "w") as archive:
            archive.writestr("[Content_Types].xml", "<broken")
        with pytest.raises(DataError, match=rf"bad\.{suffix} is damaged: open it in"):
            read(bad)
        bad.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
        with pytest.raises(DataError, match="is protected by a password or of an old format"):
            read(bad)
    for suffix in ("pdf", "docx", "xlsx", "html", "csv", "jsonl", "log"):
        with pytest.raises(DataError, match="is empty: leave it out"):
            read(saved(tmp_path / f"empty.{suffix}", ""))


@pytest.mark.parametrize(
    ("package", "suffix"), [("pypdf", "pdf"), ("docx", "docx"), ("openpyxl", "xlsx")]
)
def test_a_missing_package_names_the_extra(
    package: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=r"pip install 'sqlwright\[documents\]'"):
        read(saved(tmp_path / f"a.{suffix}", "x"))


# ------------------------------------------------------------------------------------- dictionaries


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "en.csv",
            "table_name,column_name,data_type,Description\n"
            'shop.Orders,id,int,"the number, of an order"\nshop.Orders,town,,where to\n'
            "customers,id,int,\n",
        ),
        (
            "ru.csv",
            "\ufeffИмя таблицы;Поле;Тип данных;Комментарий\n"
            "shop.Orders;id;int;the number, of an order\n;town;;where to\ncustomers;id;int;\n",
        ),
        (
            "tab.tsv",
            "Description\tTable\tName\tType\nthe number, of an order\tshop.Orders\tid\tint\n"
            "where to\t\ttown\t\n\tcustomers\tid\tint\n",
        ),
    ],
)
def test_dictionaries_are_read_whatever_the_order_and_language(
    name: str, text: str, tmp_path: Path
) -> None:
    path = saved(tmp_path / name, text)
    found, _ = read(path)
    assert [(p.kind, p.title, p.text, p.source) for p in found] == [
        (
            "document",
            "Orders",
            "table shop.Orders\n- id int: the number, of an order\n- town: where to",
            f"{path}:2",
        ),
        ("document", "customers", "table customers\n- id int", f"{path}:4"),
    ]


def test_xlsx_dictionaries_and_their_sheets(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Sums", 3])
    sheet = book.create_sheet("Словарь")
    for row in (
        ["Словарь данных"],
        [],
        ["Таблица", "Описание таблицы", "Столбец", "Тип", "Описание"],
        ["orders", "Заказы клиентов", "id", "int", "Номер\nзаказа"],
        [None, None, "town", None, "Город"],
    ):
        sheet.append(row)
    other = book.create_sheet("customers")
    other.append(["Field", "Description"])
    other.append(["email", "write to ann@example.com"])
    path = tmp_path / "dictionary.xlsx"
    book.save(path)
    found, _ = read(path)
    assert [(p.title, p.text, p.source) for p in found] == [
        (
            "orders",
            "table orders\nЗаказы клиентов\n- id int: Номер заказа\n- town: Город",
            f"{path}, sheet Словарь, row 4",
        ),
        (
            "customers",
            "table customers\n- email: write to <email>",
            f"{path}, sheet customers, row 2",
        ),
    ]
    del book["Словарь"], book["customers"]
    book.save(path)
    with pytest.raises(DataError, match="has the columns Sums, 3: a data dictionary needs"):
        read(path)


def test_words_of_a_dictionary_lead_to_the_table(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "d.csv", "таблица,поле,описание\nSHOP.ORDERS,placed,когда поступила заявка\n"
    )
    learn(tmp_path / "index", read_ddl(DDL, "postgres"), [path], embedding="none")
    hits = open_index(tmp_path / "index").search("поступление заявки", kinds=("table",))
    assert [hit.passage.title for hit in hits][:1] == ["orders"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n1\n", "has the columns a: a data dictionary needs the columns table, column"),
        ("a,b\n1,2\n", "has the columns a, b: .* a file of past queries needs a column query"),
        ("table,rows\na,1\n", "has the columns table, rows"),
        ("\n\n", "holds no rows"),
    ],
)
def test_a_table_of_something_else_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "t.csv", text)
    with pytest.raises(DataError, match=message):
        read(path)


def test_a_row_that_is_no_csv_names_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlwright.knowledge.reading.LONGEST_CELL", 50)
    path = saved(tmp_path / "d.csv", 'table,column,type\na,b,c\n"a,b\n' + "c" * 60)
    with pytest.raises(DataError, match=r"d\.csv, line 3: no row of CSV"):
        read(path)


def test_wrong_encodings_name_file_and_line(tmp_path: Path) -> None:
    for name, first in (("q.csv", "query"), ("q.jsonl", '{"query": "SELECT 1"}'), ("pg.log", "a")):
        path = tmp_path / name
        path.write_bytes(f"{first}\nтаблица\n".encode("cp1251"))
        with pytest.raises(DataError, match=rf"{re.escape(name)}, line 2: not UTF-8"):
            read(path)


# ---------------------------------------------------------------------------------------------- dbt


def manifest() -> dict[str, object]:
    def test(name: str, column: str, **kwargs: object) -> dict[str, object]:
        return {
            "resource_type": "test",
            "name": f"{name}_{column}",
            "attached_node": "model.shop.orders",
            "column_name": column,
            "test_metadata": {"name": name, "kwargs": {"column_name": column, **kwargs}},
        }

    return {
        "metadata": {"dbt_schema_version": "https://x/v12.json", "adapter_type": "postgres"},
        "nodes": {
            "model.shop.orders": {
                "resource_type": "model",
                "name": "orders",
                "description": "One row an order.",
                "columns": {
                    "ID": {"name": "id", "description": "its number", "data_type": "int"},
                    "status": {"name": "status", "description": ""},
                },
                "tags": ["sales", "daily"],
                "compiled_code": "select id, status from raw.orders where total > 100",
            },
            "test.1": test("unique", "id"),
            "test.2": test("not_null", "id"),
            "test.3": test("accepted_values", "status", arguments={"values": ["N", "P"]}),
            "test.4": test("relationships", "customer_id", to="ref('customers')", field="id"),
            "test.5": test("is_fresh", ""),
            "test.sql": {"resource_type": "test", "name": "own"},
        },
        "sources": {
            "source.shop.raw.orders": {
                "resource_type": "source",
                "name": "orders",
                "identifier": "raw_orders",
                "source_name": "raw",
                "columns": {},
            }
        },
    }


def test_dbt_models_sources_tests_and_sql(tmp_path: Path) -> None:
    target = tmp_path / "shop" / "target"
    (target / "compiled").mkdir(parents=True)
    path = saved(target / "manifest.json", json.dumps(manifest()))
    saved(target / "compiled" / "orders.sql", "select 1")
    saved(target.parent / "orders.sql", "select * from {{ ref('x') }}")
    saved(target.parent / "notes.md", "# Notes\n\ntext")
    assert list(collect.files(target)) == [path]
    assert list(collect.files(tmp_path)) == [path, target.parent / "notes.md"]
    model, query, source = read(path)[0]
    assert (model.kind, model.title, model.source) == (
        "document",
        "orders",
        f"{path}, model orders",
    )
    assert model.text == (
        "model orders: One row an order.\n- id int: its number; unique; never null\n"
        "- status: one of N, P\n- customer_id: refers to `customers` (id)\n"
        "rows: tested: is fresh\ntags: sales, daily"
    )
    assert (query.kind, query.title, query.tables) == ("query", "One row an order.", ("orders",))
    assert query.text.endswith("where total > 100")
    assert query.fingerprint
    assert (source.title, source.text) == ("raw_orders", "source raw_orders")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"nodes": {', "line 1: broken JSON"),
        ("[]", "is no manifest of dbt"),
        ("{}", "it has no nodes"),
        ('{"nodes": []}', "has no models and no sources"),
        ('{"nodes": [1]}', "nodes is no object"),
        ('{"nodes": {"m": 1}}', r"nodes\.m is no object with a name"),
        ('{"nodes": {"m": {"name": "m", "columns": [1]}}}', r"nodes\.m is no object with"),
        ("[" * 100_000, "broken JSON|nested too deeply"),
    ],
)
def test_a_broken_manifest_is_one_sentence(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read(saved(tmp_path / "manifest.json", text))


# ----------------------------------------------------------------------------------------- workload


def test_pg_stat_statements(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "statements.csv",
        "userid,query,calls,total_exec_time,mean_exec_time,rows\n"
        "1,SELECT town FROM customers WHERE id = $1,1204,3250.8,2.7,1204\n"
        '1,"SELECT * FROM orders WHERE placed > date $1 - interval $2 LIMIT $3",2,9000.5,4500,9\n'
        "1,UPDATE orders SET total = $1,50,10,0.2,50\n"
        "1,SELECT FROM WHERE,3,1,0.3,0\n"
        "1,<insufficient privilege>,7,1,0.1,0\n",
    )
    found, said = read(path)
    assert [passage.text for passage in found] == [
        "-- 2 calls, 9.0 s in all, 4.5 s each; constants are masked\n"
        "SELECT\n  *\nFROM orders\nWHERE\n  placed > CAST('?' AS DATE) - INTERVAL '?'\nLIMIT 100",
        "-- 1,204 calls, 3.3 s in all, 2.7 ms each; constants are masked\n"
        "SELECT\n  town\nFROM customers\nWHERE\n  id = '?'",
    ]
    assert (found[1].title, found[1].tables) == ("query of customers", ("customers",))
    assert found[1].source == f"{path}:2"
    assert said == [
        f"{path}: 1,266 statements, different queries kept: 2; left out:"
        " 57 that do not only read, 3 that do not parse"
    ]


LOG = """\
2026-05-01 10:00:00.1 UTC [7] ann@shop LOG:  duration: 12.5 ms  statement: SELECT total
\tFROM orders -- of 'Secret'
\t\tWHERE id = 4711 AND placed >= '2024-02-03'
2026-05-01 10:00:00.2 UTC [7] ann@shop LOG:  duration: 0.1 ms  parse <unnamed>: SELECT 1 FROM x
2026-05-01 10:00:00.3 UTC [8] LOG:  duration: 7.5 ms  execute S_1/C_2: select total from orders where id = $1 and placed >= $2
2026-05-01 10:00:00.3 UTC [8] DETAIL:  parameters: $1 = '4712', $2 = '2024-02-04'
2026-05-01 10:00:01.0 UTC [9] LOG:  statement: DELETE FROM orders
2026-05-01 10:00:01.1 UTC [9] СООБЩЕНИЕ:  продолжительность: 1,5 мс, оператор: SELECT town FROM customers
2026-05-01 10:00:02.0 UTC [9] ERROR:  syntax error at or near "x"
2026-05-01 10:00:02.0 UTC [9] STATEMENT:  SELECT 'password1' x x
"""


def test_postgres_logs(tmp_path: Path) -> None:
    path = saved(tmp_path / "postgresql.log", LOG)
    found, said = read(path)
    assert [(passage.text, passage.source) for passage in found] == [
        (
            "-- 2 calls, 20.0 ms in all, 10.0 ms each; constants are masked\n"
            "SELECT\n  total\nFROM orders\nWHERE\n  id = 0 AND placed >= '2000-01-01'",
            f"{path}:1",
        ),
        (
            "-- 1 call, 1.5 ms in all, 1.5 ms each; constants are masked\n"
            "SELECT\n  town\nFROM customers",
            f"{path}:8",
        ),
    ]
    assert said == [
        f"{path}: 4 statements, different queries kept: 2; left out: 1 that do not only read"
    ]
    with pytest.raises(DataError, match=r"holds no statements: set log_min_duration_statement"):
        read(saved(tmp_path / "app.log", "INFO started\n"))
    assert list(collect.files(tmp_path)) == [path]


def test_queries_of_a_log_are_found_and_hold_no_constants(tmp_path: Path) -> None:
    path = saved(tmp_path / "postgresql.log", LOG)
    folder = tmp_path / "index"
    learned = learn(folder, read_ddl(DDL, "postgres"), [path], embedding="none")
    assert learned.counts["query"] == 2
    (hit, *_) = open_index(folder).search("SELECT sum(total) FROM orders", kinds=("query",))
    assert hit.passage.source == f"{path}:1"
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert not any(secret in content for secret in (b"4711", b"4712", b"2024-02", b"Secret"))


def test_csvlog_and_jsonl(tmp_path: Path) -> None:
    message = '"duration: 2.0 ms  statement: SELECT id\nFROM orders\nWHERE id = 5"'
    row = ["t", '"ann"', "shop", "7", "", "s", "1", "SELECT", "t", "2/1", "0", "LOG", "00000"]
    lines = [",".join([*row, text, *[""] * 9, "psql"]) for text in (message, '"connection"')]
    path = saved(tmp_path / "log.csv", "\n".join(lines))
    (passage,), _ = read(path)
    assert passage.text.endswith("SELECT\n  id\nFROM orders\nWHERE\n  id = 0")
    with pytest.raises(DataError, match=r"log\.csv, line 5: 2 columns where a csvlog has"):
        read(saved(path, "\n".join(lines) + "\na,b\n"))

    path = saved(
        tmp_path / "traces.jsonl",
        '{"sql": "SELECT id FROM orders WHERE id = ?", "duration_s": 0.5, "calls": 4}\n\n'
        '{"statement": "SELECT id FROM orders WHERE id = 77", "duration": 3}\n'
        '{"message": "duration: 1 ms  execute a: SELECT id FROM orders WHERE id = $1"}\n'
        '{"message": "checkpoint complete"}\n{"query": null}\n',
    )
    (passage,), _ = read(path)
    assert passage.text.startswith("-- 6 calls, 2.0 s in all, 334.0 ms each;")
    for text, wrong in (
        ("[1]", "no object"),
        ("{", "broken JSON"),
        ('{"a": 1}', "has the names a"),
    ):
        with pytest.raises(DataError, match=f"line 2.*{wrong}"):
            read(saved(path, f'{{"query": "SELECT 1"}}\n{text}\n'))
    jsonlog = '{"pid": 1, "message": "duration: 1 ms  statement: SELECT 1"}\n{"error_severity": "ERROR", "message": "", "statement": "SELECT bad"}\n'
    assert len(read(saved(tmp_path / "log.json", jsonlog))[0]) == 1
    found, _ = read(saved(tmp_path / "a.json", '[{"query": "SELECT 1"}, {"query": "SELECT 2, b"}]'))
    assert len(found) == 2
    with pytest.raises(DataError, match="holds no statements"):
        read(saved(tmp_path / "q.csv", "query,calls\n"))


def test_no_more_than_the_most_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlwright.knowledge.workload.MOST", 2)
    queries = "\n".join(f"SELECT c{n} FROM t,{n}" for n in range(5))
    found, said = read(saved(tmp_path / "q.csv", f"sql,total_ms\n{queries}\n"))
    assert [passage.text.split("SELECT")[1].split() for passage in found] == [
        ["c4", "FROM", "t"],
        ["c3", "FROM", "t"],
    ]
    assert said[0].endswith("different queries kept: 2; left out: 3 past the 2 with the most time")


# ------------------------------------------------------------------------------------------ masking

NAMES = st.sampled_from(["a", "b", "town", "total"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\\"), min_size=4, max_size=12)
NUMBERS = st.integers(1_000, 10**12) | st.decimals(1000, 10**6, places=2)


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A query with constants, and its constants."""
    held = list[str]()

    def constant() -> str:
        if draw(st.booleans()):
            held.append(str(draw(NUMBERS)))
            return held[-1]
        held.append("q" + draw(TEXTS) + "q")
        return "'" + held[-1].replace("'", "''") + "'"

    tests = [
        draw(st.sampled_from(["{c} = {k}", "{c} IN ({k}, {k}, {k})", "{c} BETWEEN {k} AND {k}",
                              "coalesce({c}, {k}) <> {k}", "{c} LIKE 'x' || {k}",
                              "{c} > (SELECT max(d) FROM u WHERE e = {k})"]))
        .replace("{c}", draw(NAMES))
        for _ in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    where = re.sub(r"\{k\}", lambda _: constant(), " OR ".join(tests))
    shown = f"CASE WHEN a = {constant()} THEN {constant()} ELSE {constant()} END"
    return f"SELECT b, {shown} FROM t WHERE {where} GROUP BY 1, 2 LIMIT 10 /* {constant()} */", held


@settings(max_examples=150, deadline=None)
@given(queries(), st.sampled_from(["postgres", "sqlite", "duckdb", "mysql"]))
def test_no_constant_is_stored_and_the_fingerprint_stays(
    made: tuple[str, list[str]], dialect: str
) -> None:
    text, held = made
    text = text.replace("*/", "", text.count("*/") - 1)
    query = sql.read(text, dialect)
    stored = sql.write(literals(query), dialect, pretty=True)
    again = sql.read(stored, dialect)
    assert sql.fingerprint(again) == sql.fingerprint(query)
    assert "LIMIT 10" in stored
    assert "GROUP BY\n  1,\n  2" in stored
    for constant in held:
        assert constant not in stored


@settings(max_examples=100, deadline=None)
@given(TEXTS, NUMBERS)
def test_no_constant_of_a_workload_is_stored(
    tmp_path_factory: pytest.TempPathFactory, text: str, number: object
) -> None:
    path = tmp_path_factory.getbasetemp() / "workload.jsonl"
    quoted = text.replace("'", "''")
    query = f"SELECT a FROM t WHERE b = 'q{quoted}q' AND c = {number} -- q{quoted}q"
    saved(path, json.dumps({"query": query}))
    found = collect.from_file(path, "postgres")
    assert len(found) <= 1  # a line break in the comment may end it
    for passage in found:
        assert f"q{text}q" not in passage.text
        assert str(number) not in passage.text


def masked(text: str, dialect: str = "postgres") -> str:
    return sql.write(literals(sql.read(text, dialect)), dialect)


def test_constants_of_every_kind_are_masked_and_structure_stays() -> None:
    assert masked("SELECT x'00ff', N'abc', E'a\\n', $$abc$$, B'101', U&'d', -17") == (
        "SELECT '?', '?', '?', '?', '?', '?', -0"
    )
    assert masked("SELECT a FROM t WHERE b > '2024-01-01 10:00' AND c > DATE '2024-1-2'") == (
        "SELECT a FROM t WHERE b > '2000-01-01 00:00:00' AND c > CAST('2000-01-01' AS DATE)"
    )
    assert masked("SELECT a FROM t WHERE b IN (5, 6, 'x') AND c IN (d, 7)") == (
        "SELECT a FROM t WHERE b IN (0) AND c IN (d, 0)"
    )
    kept = (
        "SELECT TO_CHAR(a, 'YYYY-MM'), b ->> 'k', CAST(c AS DECIMAL(10, 2)), SUM(CASE WHEN d THEN 1"
        " ELSE 0 END), SUM(e) OVER (ORDER BY f ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM t"
        " WHERE g > CURRENT_DATE - INTERVAL '30 DAYS' GROUP BY 1 ORDER BY 2 LIMIT 20"
    )
    assert masked(kept) == kept
    assert masked("SELECT a FROM t WHERE b = 1 LIMIT '?' OFFSET 90") == (
        "SELECT a FROM t WHERE b = 0 LIMIT 100 OFFSET 0"
    )


def test_parameters_of_every_style_become_constants() -> None:
    text = "SELECT '$1 ?', a ? 'k', b::int FROM t WHERE c = ? AND d IN ($2, %s) AND e = %(n)s AND f > :g"
    assert without_parameters(text) == (
        "SELECT '$1 ?', a ? 'k', b::int FROM t"
        " WHERE c = '?' AND d IN ('?', '?') AND e = '?' AND f > '?'"
    )
    assert outline("SELECT 'a' /* x */, t1.b\n FROM t1 WHERE c = 1.5") == outline(
        "SELECT  'b''c', t1.b FROM t1 WHERE c = $1"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to Ann.Lee+x@mail.example.com.", "Write to <email>."),
        ("пишите на иван@почта.рф", "пишите на <email>"),
        ("+7 (916) 123-45-67, 8 (495) 123-45-67", "+0 (000) 000-00-00, 0 (000) 000-00-00"),
        ("call +44 20 7946 0958 or 212-555-0123", "call +00 00 0000 0000 or 000-000-0000"),
        ("тел. 89161234567", "тел. 00000000000"),
        ("card 4111 1111 1111 1111", "card 0000 0000 0000 0000"),
        ("n = 4111111111111111", "n = 0000000000000000"),
        ("n = 4111111111111112", "n = 4111111111111112"),  # no card: its check digit is wrong
        ("3782-822463-10005", "0000-000000-00000"),
        ("postgresql://ann:s3cret@host/db", "postgresql://***@host/db"),
        ("host=h user=ann password=s3cret", "host=h user=ann password=***"),
        ("mysql://ann:p@ss:w@host/db?x=1", "mysql://***@host/db?x=1"),
        ("jdbc:x?user=a&password=b.c-1&ssl=1", "jdbc:x?user=a&password=***&ssl=1"),
        (
            "ON a.user=b.user AND a.password=b.password",
            "ON a.user=b.user AND a.password=b.password",
        ),
        ("WHERE user=1 AND password=md5(x)", "WHERE user=1 AND password=md5(x)"),
        ("2024-01-01 10:00:00.123, 192.168.100.200", "2024-01-01 10:00:00.123, 192.168.100.200"),
        ("x - 1700000000000 > 1234567890", "x - 1700000000000 > 1234567890"),
        ("123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("SELECT a@b FROM t", "SELECT a@b FROM t"),
    ],
)
def test_personal_data_and_passwords_are_masked(text: str, expected: str) -> None:
    assert personal(text) == expected


def test_masking_takes_no_time_that_grows_with_the_square() -> None:
    started = time.perf_counter()
    for piece in ("1", "1 ", "a@", "a.", "+1", "host=", "'", "$a", "/*", "4111-", "a-b.", "a://:"):
        personal(piece * 50_000 + "@")
        outline(piece * 50_000)
    assert time.perf_counter() - started < 5


def test_curated_queries_keep_their_constants_but_no_personal_data(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "q.sql",
        "-- asked by ann@example.com\nSELECT a FROM t WHERE b = 'bob@example.com' AND c = 42",
    )
    (passage,), _ = read(path)
    assert passage.text == ("-- asked by <email>\nSELECT a FROM t WHERE b = '<email>' AND c = 42")
    assert passage.fingerprint
    (passage,), _ = read(saved(tmp_path / "a.md", "Ask ann@example.com."))
    assert passage.text == "Ask <email>."


# ------------------------------------------------------------------------- columns, folders, practice


def test_excluded_columns_leave_no_trace() -> None:
    schema = read_ddl(DDL, "postgres")
    left = collect.columns_excluded(schema, ["*.EMAIL", "orders.total"])
    text = "\n".join(passage.text for passage in collect.from_schema(left))
    assert "email" not in text
    assert "total" not in text
    assert "customer_id -> customers (id)" in text
    assert not any(table.checks for table in left.tables)
    assert (
        "->" not in collect.from_schema(collect.columns_excluded(schema, ["customers.id"]))[1].text
    )
    assert collect.columns_excluded(schema, []) == schema
    with pytest.raises(UsageError, match=r"customers\.emial matches no column.*customers\.email"):
        collect.columns_excluded(schema, ["customers.emial"])


def test_a_folder_gives_what_can_be_learned_and_no_other_tables(tmp_path: Path) -> None:
    saved(tmp_path / "data.csv", "a,b\n1,2\n")
    saved(tmp_path / "package.json", "{}")
    wanted = [
        saved(tmp_path / "dictionary.csv", "table,column,type\nt,a,int\n"),
        saved(tmp_path / "page.html", "<p>x"),
        saved(tmp_path / "q.csv", "query\nSELECT 1\n"),
    ]
    assert list(collect.files(tmp_path)) == wanted
    with pytest.raises(UsageError, match=r"give \.sql, .*\.pdf, \.csv"):
        list(collect.files(saved(tmp_path / "a.png", "x")))


def test_practice_is_short_sourced_and_in_both_languages() -> None:
    found = practice()
    assert len(found) >= 25
    for passage in found:
        assert passage.kind == "document"
        assert passage.source == f"sqlwright: good practice, {passage.title}"
        assert "Source: " in passage.text
        assert re.search("[а-я]{4}", passage.text)
        assert len(passage.text) <= 700
