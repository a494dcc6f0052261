"""Learning that goes wrong, or long: killed, on a full disk, again with nothing new, very large."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from array import array
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlwright.errors import DataError
from sqlwright.knowledge import Index, Passage, learn, open_index
from sqlwright.knowledge.journal import Journal, key_of
from sqlwright.knowledge.meaning import Meaning, prose
from sqlwright.knowledge.store import REST, Only, Row, open_store
from sqlwright.schema import Column, ForeignKey, Schema, Table, read_ddl

WORDS = "order price customer late stock part supplier region invoice branch".split()


def write_encoder(folder: Path, seed: int) -> str:
    """A tiny sentence encoder with random weights, as sentence-transformers keep one."""
    safetensors = pytest.importorskip("safetensors.numpy")
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder.mkdir()
    known = {word: number for number, word in enumerate(["<pad>", "<unk>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "model_type": "bert",
        "num_attention_heads": 2,
        "num_hidden_layers": 1,
        "max_position_embeddings": 64,
        "pad_token_id": 0,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    width, wide, layer = 8, 16, "encoder.layer.0."
    shapes = {f"embeddings.{name}_embeddings.weight": (size, width) for name, size in (
        ("word", len(known)), ("position", 64), ("token_type", 2))}  # fmt: skip
    for name in ("query", "key", "value"):
        shapes[f"{layer}attention.self.{name}.weight"] = (width, width)
    shapes[f"{layer}attention.output.dense.weight"] = (width, width)
    shapes[f"{layer}intermediate.dense.weight"] = (wide, width)
    shapes[f"{layer}output.dense.weight"] = (width, wide)
    for name in ("embeddings.", f"{layer}attention.output.", f"{layer}output."):
        shapes[f"{name}LayerNorm.weight"] = (width,)
    for name, shape in list(shapes.items()):
        if not name.endswith("_embeddings.weight"):
            shapes[name.replace(".weight", ".bias")] = (shape[0],)
    chance = np.random.default_rng(seed)
    weights = {name: chance.standard_normal(shape, np.float32) for name, shape in shapes.items()}
    safetensors.save_file(weights, str(folder / "model.safetensors"))
    return str(folder)


def write_pages(folder: Path, count: int, sections: int = 40) -> Path:
    """So many pages of so many sections, each with words of its own."""
    folder.mkdir(exist_ok=True)
    chance = random.Random(count)
    for page in range(count):
        text = "\n\n".join(
            f"# {' '.join(chance.choices(WORDS, k=3))} {page}x{section}\n\n"
            + " ".join(chance.choices(WORDS, k=12))
            for section in range(sections)
        )
        (folder / f"page{page:02}.md").write_text(text, encoding="utf-8")
    return folder


def rows_of(where: Path | str) -> list[Row]:
    with closing(open_store(where)) as store:
        store.about()
        return list(store.all_rows())


def by_source(rows: list[Row]) -> dict[str, Row]:
    return {row.passage.source: row for row in rows}


# kills itself when a thing is about to be done for the second or third time
KILLED = """
import os, signal, sys
from pathlib import Path
from sqlwright.knowledge import collect, index, learn
from sqlwright.knowledge.meaning import Meaning

def fatal(action, allowed):
    done = []
    def wrapped(*arguments, **named):
        if len(done) == allowed:
            os.kill(os.getpid(), signal.SIGKILL)
        done.append(None)
        return action(*arguments, **named)
    return wrapped

where, pages, embedding, what = sys.argv[1:]
if what == "reading":
    collect.from_file = fatal(collect.from_file, 5)
elif what == "embedding":
    Meaning.embed = fatal(Meaning.embed, 1)
else:
    from sqlwright.knowledge import store_lance
    store_lance.swap_in = fatal(store_lance.swap_in, 0)
learn(where, paths=[Path(pages)], embedding=embedding)
"""


@pytest.mark.parametrize("what", ["reading", "embedding", "writing"])
def test_what_was_done_before_a_kill_is_not_done_again(tmp_path: Path, what: str) -> None:
    encoder = write_encoder(tmp_path / "encoder", 1)
    index, pages = tmp_path / "index", write_pages(tmp_path / "pages", 10)
    learn(index, read_ddl("CREATE TABLE orders (id INT)", None), embedding=encoder)
    before = rows_of(index)
    done = subprocess.run([sys.executable, "-c", KILLED, str(index), str(pages), encoder, what])
    assert done.returncode == -9
    assert rows_of(index) == before
    lines: list[str] = []
    learn(index, paths=[pages], progress=lines.append)
    read = [line for line in lines if line.endswith(" passages")]
    embedding = [line for line in lines if line.startswith("embedding ")]
    said = f"with {encoder}"
    assert {
        "reading": (5, [f"embedding 400 passages {said}"]),
        "embedding": (0, [f"embedding 144 passages {said}"]),
        "writing": (0, []),
    }[what] == (len([line for line in read if "page" in line]), embedding)
    assert not (index / "journal").exists()

    learn(tmp_path / "whole" / "index", paths=[pages], embedding=encoder)
    wanted, found = by_source(rows_of(tmp_path / "whole" / "index")), by_source(rows_of(index))
    assert wanted.keys() == found.keys() - {"table orders"}
    for source, row in wanted.items():
        assert (row.passage, row.words) == (found[source].passage, found[source].words)
        near = [np.frombuffer(one.vector, np.float32) for one in (row, found[source])]
        np.testing.assert_allclose(*near, atol=1e-5)


def test_a_file_that_changes_after_a_kill_is_read_again(tmp_path: Path) -> None:
    encoder = write_encoder(tmp_path / "encoder", 1)
    index, pages = tmp_path / "index", write_pages(tmp_path / "pages", 8)
    subprocess.run([sys.executable, "-c", KILLED, str(index), str(pages), encoder, "embedding"])
    (pages / "page00.md").write_text("# Stock\n\nThe new price of a part holds.", encoding="utf-8")
    (pages / "page01.md").unlink()
    assert learn(index, paths=[pages], embedding=encoder).counts == {"document": 6 * 40 + 1}
    texts = [row.passage.text for row in rows_of(index)]
    assert texts.count("The new price of a part holds.") == 1


LIMITED = """
import resource, sys
from pathlib import Path
from sqlwright.errors import DataError
from sqlwright.knowledge import learn

where, pages, embedding, most = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
try:
    learn(where, paths=[Path(pages)], embedding=embedding)
except DataError as error:
    print(error)
"""


@pytest.mark.parametrize(("sections", "what"), [(2000, "the journal"), (3, "the build")])
def test_a_full_disk_is_one_sentence_and_the_index_as_it_was(
    tmp_path: Path, sections: int, what: str
) -> None:
    index, pages = tmp_path / "index", write_pages(tmp_path / "pages", 1, 2000)
    learn(index, paths=[pages], embedding="none")
    before, builds = rows_of(index), sorted(index.glob("build-*"))
    more = write_pages(tmp_path / "more", 2, sections)
    command = [sys.executable, "-c", LIMITED, str(index), str(more), "none", "50000"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert "cannot be written (there is no room left on the disk)" in line, what
    assert "what it held is as it was; make room and run sqlwright learn again" in line
    assert rows_of(index) == before
    assert sorted(index.glob("build-*")) == builds
    assert learn(index, paths=[more]).counts == {"document": 2000 + 2 * sections}


def test_learning_what_has_not_changed_writes_nothing(tmp_path: Path) -> None:
    index, pages = tmp_path / "index", write_pages(tmp_path / "pages", 3)
    ddl = tmp_path / "pages" / "shop.sql"
    ddl.write_text("CREATE TABLE shop (id INT);", encoding="utf-8")
    first = learn(index, paths=[pages], embedding="none")
    before = (index / "knowledge.json").read_bytes()
    assert learn(index, paths=[pages]) == first
    assert (index / "knowledge.json").read_bytes() == before
    learn(index, paths=[pages / "page00.md"], database="sales")
    learn(index, paths=[pages], database="sales")  # nothing has changed but what it speaks of
    assert {row.passage.database for row in rows_of(index)} == {"sales"}
    ddl.unlink()
    assert learn(index, paths=[pages]).counts == {"document": 120}
    assert [row.passage.kind for row in rows_of(index)] == ["document"] * 120


def test_changed_sections_alone_are_embedded(tmp_path: Path) -> None:
    encoder = write_encoder(tmp_path / "encoder", 1)
    index, pages = tmp_path / "index", write_pages(tmp_path / "pages", 2)
    learn(index, paths=[pages], embedding=encoder)
    page = pages / "page01.md"
    page.write_text(page.read_text("utf-8") + "\n\n# Late parts\n\nA new section.", "utf-8")
    lines: list[str] = []
    learn(index, paths=[pages], progress=lines.append)
    assert [line for line in lines if line.startswith("embedding")] == [
        f"embedding 1 passages with {encoder}"
    ]
    assert all(row.vector for row in rows_of(index))


def test_another_embedding_embeds_everything_anew(tmp_path: Path) -> None:
    first, second = (write_encoder(tmp_path / name, seed) for seed, name in enumerate("ab"))
    index, pages = tmp_path / "index", write_pages(tmp_path / "pages", 2)
    learn(index, paths=[pages], embedding=first)
    with closing(open_index(index)) as opened:
        assert opened.search("late order of a customer")
        learn(index, paths=[pages / "page00.md"], embedding=second)
        assert opened.search("late order of a customer")
        assert opened.about.embedding == second
    row = rows_of(index)[-1]
    (vector,) = Meaning(second).embed([prose(row.passage, second)])
    np.testing.assert_allclose(np.frombuffer(row.vector, np.float32), vector, atol=1e-5)
    (Path(second) / "model.safetensors").write_bytes(
        (Path(first) / "model.safetensors").read_bytes()
    )
    with (
        closing(open_index(index)) as opened,
        pytest.raises(DataError, match=r"made with other weights than .*: run sqlwright learn on"),
    ):
        opened.search("late order of a customer")
    learn(index, paths=[pages])
    with closing(open_index(index)) as opened:
        assert opened.search("late order of a customer")


def test_what_has_no_three_words_has_no_vector(tmp_path: Path) -> None:
    encoder = write_encoder(tmp_path / "encoder", 1)
    (tmp_path / "a.md").write_text("# Late\n\nstock", encoding="utf-8")
    (tmp_path / "b.md").write_text("# Late orders\n\nof a customer", encoding="utf-8")
    learn(tmp_path / "index", paths=[tmp_path / "a.md"], embedding=encoder)
    assert [row.vector for row in rows_of(tmp_path / "index")] == [b""]
    assert open_index(tmp_path / "index").search("late stock of a customer")
    learn(tmp_path / "index", paths=[tmp_path / "b.md"])
    assert [bool(row.vector) for row in rows_of(tmp_path / "index")] == [False, True]
    with closing(open_store(tmp_path / "index")) as store:
        store.about()
        (vector,) = Meaning(encoder).embed(["late order"])
        assert len(store.by_vector(vector, Only(REST), 9)) == 1


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index of 5,000 tables, each with a foreign key to the one before it."""
    tables = [Table("t0", (Column("id", "INT"),), ("id",))]
    for n in range(1, 5000):
        columns = (Column(f"{word}_{n}", "INT", True, f"{word} of it") for word in WORDS)
        key = ForeignKey(("before",), f"t{n - 1}", ("id",))
        columns = (Column("id", "INT"), *columns, Column("before", "INT"))
        tables.append(Table(f"t{n}", columns, ("id",), foreign_keys=(key,)))
    folder = tmp_path_factory.mktemp("large")
    page = folder / "page.md"
    page.write_text("# t77\n\nWhat pilots say of `late_4000`.", encoding="utf-8")
    learn(folder / "index", Schema(tuple(tables)), [page], dialect="mysql", embedding="none")
    return open_index(folder / "index")


def test_a_schema_of_five_thousand_tables_is_searched(large: Index) -> None:
    assert large.about.counts == {"table": 5000, "document": 1}
    hits = large.search("SELECT a.late_77 FROM t77 AS a JOIN t80 AS b ON a.id = b.before", limit=5)
    named, joining = hits[:2], hits[2:4]
    assert {hit.passage.title for hit in named} == {"t77", "t80"}
    assert {hit.passage.title for hit in joining} == {"t78", "t79"}
    assert large.search("late_4321", limit=1)[0].passage.title == "t4321"
    # what a document says under a table's name leads to the table, and so do the columns it names
    tables = [hit.passage.title for hit in large.search("pilots", kinds=("table",))]
    assert set(tables) == {"t77", "t4000"}


@given(texts=st.lists(st.text(max_size=8), max_size=5), cut=st.integers(0, 400))
def test_a_journal_that_was_cut_off_holds_what_is_whole(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    with closing(Journal(folder, "p", "d", "index")) as journal:
        for number, text in enumerate(texts):
            passage = Passage("document", "title", text, "source", ("a", "b"), time="2026-01-01")
            journal.keep(f"f{number}", "digest", [passage], ["note"])
            journal.keep_vectors([(key_of(text), array("f", (number, 1)).tobytes())])
    for path in folder.iterdir() if texts else ():  # one that holds nothing goes when it is closed
        data = path.read_bytes()
        path.write_bytes(data[: max(len(data) - cut, 0)])
    for purpose in ("p", "p", "another"):  # the second time it was cut at the end of an entry
        with closing(Journal(folder, purpose, "d", "index")) as journal:
            found = [journal.read(f"f{number}", "digest") for number in range(len(texts))]
            there = [one for one in found if one is not None]
            assert found == there + [None] * (len(texts) - len(there))
            assert all(said[0][0].text == text for said, text in zip(there, texts, strict=False))
            assert all(said[1] == ["note"] and said[0][0].tables == ("a", "b") for said in there)
            assert cut or purpose == "another" or len(there) == len(texts)
            assert purpose == "p" or not there
            assert journal.read("f0", "other digest") is None
            for text in {text for text in texts if journal.has_vector(key_of(text))}:
                number, one = np.frombuffer(journal.vector(key_of(text)), np.float32)
                assert (texts[int(number)], one) == (text, 1)
