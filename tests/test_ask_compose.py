"""Questions read by rules: real ones with their queries, and none that breaks out of a SELECT."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sqlwright import sql
from sqlwright.ask import Answer, ask, by_rules
from sqlwright.ask.compose import Reading, compose
from sqlwright.ask.compose.cues import find_cues
from sqlwright.ask.compose.keys import with_implied_keys
from sqlwright.ask.compose.meanings import alike, meanings, other_words, stands_for
from sqlwright.ask.compose.naming import split_name
from sqlwright.ask.compose.spelling import is_slip
from sqlwright.ask.compose.times import periods
from sqlwright.ask.compose.tokens import lowered, tokenize
from sqlwright.ask.glossary import Described, described
from sqlwright.ask.values import Link
from sqlwright.database import Database, connect
from sqlwright.knowledge.passages import Passage
from sqlwright.schema import Schema, read_ddl

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import ask as ask_benchmark

HERE = Path(__file__).parents[1] / "benchmarks" / "ask"
OTHER = [json.loads(line) for line in (HERE / "other.jsonl").read_text("utf-8").splitlines()]
ODD = """
CREATE TABLE "Order" (
    "select" INTEGER PRIMARY KEY, "unit price" NUMERIC(8, 2), "Größe" TEXT, "customer's note" TEXT
);
INSERT INTO "Order" VALUES (1, 5, 'O''Brien', 'x'), (2, 7, '50%; --', 'y');
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Database]:
    where, known = tmp_path_factory.mktemp("asked"), dict[str, Database]()

    def get(name: str) -> Database:
        if name not in known:
            text = ODD if name == "odd" else (HERE / f"{name}.sql").read_text("utf-8")
            path = where / f"{name}.sqlite"
            with sqlite3.connect(path) as made:
                made.executescript(text)
            known[name] = connect(str(path))
        return known[name]

    return get


def read(question: str, database: Database) -> list[Reading]:
    return by_rules.read(question, database, None, by_rules.linked(question, database))


def asked_by_rules(question: str, database: Database, **more: Any) -> Answer:
    return ask(question, database=database, model=None, **more)


@pytest.mark.parametrize("item", OTHER, ids=[item["id"] for item in OTHER])
def test_the_reading_returns_what_the_reference_does(
    item: dict[str, Any], opened: Callable[[str], Database]
) -> None:
    database = opened(item["database"])
    best = read(item["question"], database)[0]
    wanted = database.rows(sql.read(item["sql"], "sqlite")).rows
    assert wanted
    assert ask_benchmark.agrees(wanted, database.rows(best.query).rows)[0], best.query.sql()


def test_both_languages_are_asked_alike() -> None:
    assert len(OTHER) == len({item["id"] for item in OTHER})
    assert sum(item["language"] == "ru" for item in OTHER) >= 20


def test_the_query_is_written_as_a_person_would(opened: Callable[[str], Database]) -> None:
    wanted = {
        "How many loans were made in March 2021?": "SELECT COUNT(*) FROM loan "
        "WHERE loaned_on >= '2021-03-01' AND loaned_on < '2021-04-01'",
        "Назови три самые дорогие книги": "SELECT title FROM book ORDER BY price DESC LIMIT 3",
        "Books without loans": "SELECT b.title FROM book AS b "
        "WHERE NOT EXISTS(SELECT 1 FROM loan AS l WHERE l.book_id = b.id)",
        "Number of loans per city": "SELECT m.city, COUNT(*) FROM loan AS l "
        "JOIN member AS m ON m.id = l.member_id GROUP BY m.city",
        "How many members borrowed a novel?": "SELECT COUNT(*) FROM member AS m "
        "WHERE EXISTS(SELECT 1 FROM loan AS l JOIN book AS b ON b.id = l.book_id "
        "WHERE l.member_id = m.id AND b.genre = 'novel')",
        "How many days on average pass between loaned on and returned on?": "SELECT "
        "AVG(CAST((JULIANDAY(returned_on) - JULIANDAY(loaned_on)) AS INTEGER)) FROM loan",
    }
    for question, text in wanted.items():
        assert read(question, opened("library"))[0].query.sql("sqlite") == text


def test_what_is_counted_is_counted_once(opened: Callable[[str], Database]) -> None:
    """Peter borrowed three books: a join with loans would count him three times."""
    database = opened("library")
    best = read("How many members from Oslo have loans?", database)[0]
    assert database.rows(best.query).rows == ((1,),)
    grouped = read("How many authors per genre?", database)[0]
    assert dict(database.rows(grouped.query).rows)["novel"] == 2  # of three novels


def test_unknown_words_are_named_and_nothing_known_gives_no_reading(
    opened: Callable[[str], Database],
) -> None:
    best = read("How many frobnicated books are there?", opened("library"))[0]
    assert best.unplaced == ("frobnicated",)
    for question in ("Frobnicate the quux", "Глокая куздра штеко будланула", "?", "42", "the of"):
        assert read(question, opened("library")) == []
    assert compose("How many?", Schema(()), "sqlite", {}) == []


def test_the_reason_says_which_words_became_what(opened: Callable[[str], Database]) -> None:
    answer = asked_by_rules("Average price of novels", opened("library"), run=True)
    assert answer.why == (
        "read by rules: 'price' → book.price, 'novels' → book.genre = 'novel';"
        " every word has its place"
    )
    assert answer.chosen is not None
    assert answer.chosen.as_dict()["placed"][0] == ["price", "book.price"]
    russian = asked_by_rules("Сколько блестящих книг?", opened("library"), language="ru")
    assert russian.why.endswith("без места остались слова: блестящих")
    nothing = asked_by_rules("Frobnicate the quux", opened("library"))
    assert nothing.chosen is None
    assert "name no table or column" in nothing.why
    assert "не названия таблиц" in asked_by_rules("Куздра?", opened("library"), language="ru").why


class Scripted:
    family, context_tokens = "chat", 100_000

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def complete(
        self, prompts: list[str], max_new_tokens: int = 0, samples: int = 1, stop: object = ()
    ) -> list[list[str]]:
        return [[self.answer] * samples for _ in prompts]

    def count_tokens(self, text: str) -> int:
        return len(text) // 4


def test_a_whole_reading_goes_before_a_model_and_another_votes(
    opened: Callable[[str], Database],
) -> None:
    model: Any = Scripted("SELECT MAX(pages) FROM book")
    whole = ask("How many books?", database=opened("library"), model=model, samples=5, run=True)
    assert whole.chosen is not None
    assert whole.chosen.source == "rules"
    assert whole.why.endswith("every word has its place; 0 of 5 answers of the model agree")
    question = "How many frobnicated books?"
    many = ask(question, database=opened("library"), model=model, samples=5, run=True)
    few = ask(question, database=opened("library"), model=model, samples=2, run=True)
    assert many.chosen is not None
    assert many.chosen.source == "model"
    assert few.chosen is not None
    assert few.chosen.source == "rules"


@pytest.mark.parametrize(
    "question",
    ["How many books with title 'x'; DROP TABLE book; --'?", "books\"; DELETE FROM book; --",
     "Books whose title contains the word '%'' OR 1=1 --'", "title' UNION SELECT * FROM member --",
     "Названия книг, содержащие слово «'; DROP TABLE loan; --»"],
)  # fmt: skip
def test_an_injection_stays_a_literal(question: str, opened: Callable[[str], Database]) -> None:
    database = opened("library")
    for reading in read(question, database):
        text = reading.query.sql("sqlite")
        again = sql.read(text, "sqlite")  # one statement, and it only reads
        assert not again.find(sql.exp.SetOperation)
        names = {table.name for table in again.find_all(sql.exp.Table)}
        assert names <= {table.name for table in database.schema.tables}
        database.rows(again)


def test_odd_names_and_values_are_quoted(opened: Callable[[str], Database]) -> None:
    database = opened("odd")
    best = read("Average unit price of orders", database)[0]
    assert best.query.sql("sqlite") == 'SELECT AVG("unit price") FROM "Order"'
    value = read("Show the customer's note of the order with Größe O'Brien", database)
    link = [Link("Order", "Größe", "O'Brien", "O'Brien")]
    made = compose("How many orders with O'Brien?", database.schema, "sqlite", {}, link)
    assert made[0].query.sql("sqlite").endswith("""WHERE "Größe" = 'O''Brien'""")
    assert all(sql.bind(r.query, database.schema, "sqlite") for r in (*value, *made))


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql", "duckdb"])
def test_every_dialect_gets_its_own_spelling(dialect: str) -> None:
    ddl = (
        "CREATE TABLE visit (id INT PRIMARY KEY, admitted DATE, discharged DATE, fee NUMERIC(6, 2))"
    )
    schema = read_ddl(ddl, "postgres")
    for question in ("Total fee per year", "Average number of days between admitted and discharged",
                     "What percentage of visits has a fee above 10?"):  # fmt: skip
        query = compose(question, schema, dialect, {})[0].query
        text = sql.write(query, dialect)
        assert sql.bind(sql.read(text, dialect), schema, dialect)
        assert ("JULIANDAY" in text or "STRFTIME" in text) <= (dialect in ("sqlite", "duckdb"))


def test_descriptions_say_what_names_do_not() -> None:
    schema = read_ddl("CREATE TABLE t1 (id INT PRIMARY KEY, qx NUMERIC(8, 2))", "postgres")
    about = {"t1": Described("Invoices. Счета.", {"qx": "amount due; сумма к оплате"})}
    for question in ("What is the total amount due of all invoices?", "Общая сумма к оплате"):
        assert compose(question, schema, "sqlite", about)[0].query.sql() == "SELECT SUM(qx) FROM t1"
    assert compose("Общая сумма к оплате", schema, "sqlite", {}) == []


WORDS = st.sampled_from(
    """how many books per author member loan the most average price highest total of in 2020 1999-01-01
    before after between and never without top five not more than 200 less genre novel Oslo Peter city
    each by sorted descending сколько книг авторов по каждого самая дорогая больше 10 без выдач в марте
    2021 года средняя цена названия кто не первый последний % ' " ; -- ( ) , ? select drop null
    active share percent contains word days between loaned returned общая сумма или either 3 7""".split()
)


@settings(max_examples=150, deadline=None)
@given(words=st.lists(WORDS, max_size=14))
def test_any_words_give_one_select_that_binds_or_nothing(words: list[str]) -> None:
    schema = read_ddl((HERE / "library.sql").read_text("utf-8").split("INSERT")[0], "sqlite")
    links = [Link("author", "country", "Germany", "Germany"), Link("book", "genre", "novel", "novel"),
             Link("member", "city", "Oslo", "Oslo")]  # fmt: skip
    for reading in compose(" ".join(words), schema, "sqlite", {}, links):
        again = sql.read(sql.write(reading.query, "sqlite"), "sqlite")
        sql.bind(again, schema, "sqlite")
        assert reading.placed


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_is_tokenized_in_place(text: str) -> None:
    assert len(lowered(text)) == len(text)
    tokens = tokenize(text)
    assert all(text[token.start : token.end] == token.text for token in tokens)
    list(periods(lowered(text), tokens))
    list(find_cues(lowered(text), tokens, frozenset()))


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [("in March 1996", "1996-03-01", "1996-04-01"), ("в июне 1995 года", "1995-06-01", "1995-07-01"),
     ("between 1994 and 1996", "1994-01-01", "1997-01-01"), ("after 1995-03-15", "1995-03-16", None),
     ("до 15.03.1996", None, "1996-03-15"), ("since 1997", "1997-01-01", None),
     ("с марта по май 1995 года", "1995-03-01", "1995-06-01"), ("Q2 1996", "1996-04-01", "1996-07-01"),
     ("в первом квартале 1997 года", "1997-01-01", "1997-04-01"), ("с 1997 года", "1997-01-01", None),
     ("on March 15, 1995", "1995-03-15", "1995-03-16"), ("позже 1 июня 1998", "1998-06-02", None),
     ("in the second half of 1995", "1995-07-01", "1996-01-01"),
     ("from 1-15 March 1995", "1995-03-01", "1995-03-16"), ("on 1 May 1997 or later", "1997-05-01", None),
     ("с 1 по 3 января 1997 года", "1997-01-01", "1997-01-04"), ("в 1995 и 1996 годах", "1995-01-01", "1997-01-01"),
     ("2019 года и ранее", None, "2020-01-01")],
)  # fmt: skip
def test_times_are_read(text: str, first: str | None, end: str | None) -> None:
    (found,) = periods(lowered(text), tokenize(text))
    assert found.first == (date.fromisoformat(first) if first else None)
    assert found.end == (date.fromisoformat(end) if end else None)


@pytest.mark.parametrize("text", ["balance above 2000", "more than 1995 items", "on 31 June 1995"])
def test_an_amount_or_a_day_that_is_none_is_no_time(text: str) -> None:
    assert list(periods(lowered(text), tokenize(text))) == []


def test_names_are_taken_apart() -> None:
    words = frozenset("total price account balance market segment ship mode quantity".split())
    assert split_name("totalprice", words) == ("total", "price")
    assert split_name("acctbal", words) == ("acct", "bal")
    assert split_name("mktsegment", words) == ("mkt", "segment")
    assert split_name("zzzqqqxx", words) == ("zzzqqqxx",)
    assert stands_for("qty", "quantiti") > 0.7
    assert stands_for("cat", "dog") == 0
    assert alike("отгруз", "отгрузк") > 0.5
    assert alike("заказчик", "закат") == 0
    assert "germani" in meanings("германии")
    assert "France" in other_words("Франции")


def test_the_command_works_without_a_model(
    opened: Callable[[str], Database], tmp_path: Path
) -> None:
    from sqlwright.cli import app

    path = tmp_path / "company.sqlite"
    with sqlite3.connect(path) as made:
        made.executescript((HERE / "company.sql").read_text("utf-8"))
    run = ["ask", "What is the highest salary?", "--db", str(path), "--model", "none"]
    done = CliRunner().invoke(app, [*run, "--run", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["rows"] == [[7000]]
    none = CliRunner().invoke(app, ["ask", "Quux?", "--db", str(path), "--model", "none"])
    assert none.exit_code == 3


def test_votes_of_mini_do_not_outvote_the_best_reading(opened: Callable[[str], Database]) -> None:
    model: Any = Scripted("SELECT MAX(pages) FROM book")
    model.family = "mini"
    model.count_tokens = lambda text: 1
    question = "How many frobnicated books?"
    answer = ask(question, database=opened("library"), model=model, samples=5, run=True)
    assert answer.chosen is not None
    assert answer.chosen.source == "rules"


# --- what people word in many ways ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "question", "text"),
    [
        ("press", "articles by Clara Holm", "SELECT a.title FROM articles AS a JOIN authors AS a2"
         " ON a2.id = a.author_id WHERE a2.name = 'Clara Holm'"),
        ("press", "authors and their number of articles incl. those with zero", "SELECT a.name,"
         " COUNT(a2.id) FROM authors AS a LEFT JOIN articles AS a2 ON a2.author_id = a.id"
         " GROUP BY a.id, a.name"),
        ("press", "articles with more views than average", "SELECT a.title FROM articles AS a"
         " WHERE a.views > (SELECT AVG(a2.views) FROM articles AS a2)"),
        ("press", "articles nobody commented on", "SELECT a.title FROM articles AS a WHERE NOT"
         " EXISTS(SELECT 1 FROM comments AS c WHERE c.article_id = a.id)"),
        ("press", "the most viewed articles", "SELECT title FROM articles ORDER BY views DESC LIMIT 1"),
        ("clinic", "the cheapest appointments", "SELECT id FROM appointment WHERE fee ="
         " (SELECT MIN(fee) FROM appointment)"),
        ("clinic", "which doctors earn more than the average of their department", "SELECT"
         " d.full_name FROM doctor AS d WHERE d.salary > (SELECT AVG(d2.salary) FROM doctor AS d2"
         " WHERE d2.department_id = d.department_id)"),
        ("clinic", "appointments in the last 60 days of data, how many", "SELECT COUNT(*) FROM"
         " appointment AS a WHERE a.visit_date > DATE((SELECT MAX(a2.visit_date) FROM appointment"
         " AS a2), '-60 DAY')"),
        ("clinic", "Сколько пациентов живёт в Казани?", "SELECT COUNT(*) FROM patient"
         " WHERE city = 'Казань'"),
        ("clinic", "Кто из врачей не провёл ни одного приёма?", "SELECT d.full_name FROM doctor AS d"
         " WHERE NOT EXISTS(SELECT 1 FROM appointment AS a WHERE a.doctor_id = d.id)"),
        ("freight", "shipments to the Oslo warehouse, count", "SELECT COUNT(*) FROM shipments AS s"
         " JOIN warehouses AS w ON w.warehouse_id = s.destination_id WHERE w.city = 'Oslo'"),
        ("freight", "Сколько перевозок длиннее 1000 км?", "SELECT COUNT(*) FROM shipments"
         " WHERE distance_km > 1000"),
        ("freight", "Какой склад самый вместительный?", "SELECT name FROM warehouses"
         " ORDER BY capacity DESC LIMIT 1"),
        ("library", "Loans of the member who joined last", "SELECT l.id FROM loan AS l JOIN member"
         " AS m ON m.id = l.member_id WHERE m.joined_on = (SELECT MAX(joined_on) FROM member)"),
    ],
)  # fmt: skip
def test_wordings(name: str, question: str, text: str, opened: Callable[[str], Database]) -> None:
    assert read(question, opened(name))[0].query.sql("sqlite") == text


def test_a_slip_is_mended_and_said(opened: Callable[[str], Database]) -> None:
    answer = asked_by_rules("How meny articels are there?", opened("press"))
    assert answer.chosen is not None
    assert answer.chosen.text == "SELECT\n  COUNT(*)\nFROM articles"
    assert answer.chosen.mended == ("read 'meny' as 'many'", "read 'articels' as 'articles'")
    assert is_slip("teh", "the") is False  # too short to tell
    assert is_slip("recieve", "receive")
    assert not is_slip("line", "linen")


def test_formulas_and_conditions_of_documents_are_read() -> None:
    ddl = "CREATE TABLE line (id INT PRIMARY KEY, price NUMERIC(8, 2), discount NUMERIC(3, 2),"
    schema = read_ddl(ddl + " promised DATE, received DATE)", "postgres")
    page = Passage(
        "document", "Sales", "Revenue of a line is `price * (1 - discount)`. A line is late when it"
        " came after that day: `promised < received`. Nonsense is `price * cost`.", "sales.md:1",
    )  # fmt: skip
    about = described(schema, [page])
    assert about["line"].formulas == {
        "Revenue of a line": "price * (1 - discount)", "late": "promised < received"
    }  # fmt: skip
    wanted = {
        "What is the revenue?": "SELECT SUM(price * (1 - discount)) FROM line",
        "How many lines are late?": "SELECT COUNT(*) FROM line WHERE promised < received",
    }
    for question, text in wanted.items():
        assert compose(question, schema, "sqlite", about)[0].query.sql("sqlite") == text


def test_keys_are_told_by_names_where_none_is_declared() -> None:
    ddl = """CREATE TABLE authors (id INT PRIMARY KEY, name TEXT);
    CREATE TABLE books (book_id INT, author_id INT, editor_id TEXT, title TEXT);"""
    books = with_implied_keys(read_ddl(ddl, "postgres")).table("books")
    assert books is not None
    assert books.primary_key == ("book_id",)
    assert [(key.columns, key.table) for key in books.foreign_keys] == [(("author_id",), "authors")]


def test_a_word_that_says_something_needs_what_bears_it_out(
    opened: Callable[[str], Database],
) -> None:
    """`cost` is borne out by a price that is read, and is left over where none is."""
    priced = read("How many books cost more than 10?", opened("library"))[0]
    assert priced.unplaced == ()
    bare = read("How many members cost?", opened("library"))[0]
    assert bare.unplaced == ("cost",)


def test_conditions_that_no_row_can_meet_give_no_reading(
    opened: Callable[[str], Database],
) -> None:
    both = read("books with 96 pages and 320 pages", opened("library"))
    assert all(reading.unplaced for reading in both)
    assert read("Members who joined in 2018 but not in 2020", opened("library")) == []


VARIED = [json.loads(line) for line in (HERE / "varied.jsonl").read_text("utf-8").splitlines()]


def test_every_reference_of_the_varied_questions_can_grade(
    opened: Callable[[str], Database],
) -> None:
    assert len(VARIED) == len({item["id"] for item in VARIED}) == 80
    assert sum(item["language"] == "ru" for item in VARIED) == 40
    for item in VARIED:
        if item["database"] != "tpch":
            assert ask_benchmark.why_unfit(item, opened(item["database"])) is None, item["id"]


@pytest.mark.parametrize(
    "item",
    [item for item in VARIED[::2] if item["database"] != "tpch"],
    ids=lambda item: item["id"],
)
def test_half_a_of_the_varied_questions_is_read(
    item: dict[str, Any], opened: Callable[[str], Database]
) -> None:
    database = opened(item["database"])
    best = read(item["question"], database)[0]
    wanted = database.rows(sql.read(item["sql"], "sqlite")).rows
    assert ask_benchmark.agrees(wanted, database.rows(best.query).rows)[0], best.query.sql()
