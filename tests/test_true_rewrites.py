"""Rewrites that are the same by argument: the checker may call none of them different.

A file of `tests/true_rewrites/` holds pairs on one subject:

    -- schema: shop               a file of tests/true_rewrites/schemas, until the next such line
    -- pair: what it is about
    -- dialects: sqlite postgres  where the text is valid and the argument holds (default: all four)
    SELECT ...                    the original
    -- is:
    SELECT ...                    the rewrite
    -- because: why no database that keeps the schema tells the two apart

Files of `tests/true_rewrites/wrong/` have the same form with `-- never:` in the place of `-- is:`, and
`because` tells a database that sets the two apart: the checker must refute each within its defaults.

Both queries are held to the database's own rules: columns hold values of their declared types
(SQLite does not see to that: dates are ISO text, booleans 0 and 1), and every constraint is kept.
Where the original leaves a choice among ties, the rewrite may make it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from sqlwright import sql
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.judge import Verdict, judge

FOLDER = Path(__file__).parent / "true_rewrites"
DIALECTS = ("sqlite", "postgres", "duckdb", "mysql")
FEWEST_PAIRS, FEWEST_WRONG = 150, 60
MOST_UNDECIDED = 0.05


@dataclass(frozen=True)
class Pair:
    """Two queries on one schema, and the line that says why they are the same, or never are."""

    subject: str
    name: str
    schema: str
    dialects: tuple[str, ...]
    original: str
    rewrite: str
    because: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.name}"


def read_pairs(path: Path, word: str = "is") -> list[Pair]:
    """The pairs of one file, the rewrite after `-- word:`; anything else is a mistake in it."""
    pairs: list[Pair] = []
    schema = ""
    block: dict[str, str] = {}
    for said, value, text in re.findall(
        r"^-- (\w+):[ \t]*(.*)\n((?:(?!-- ).*\n?)*)", path.read_text(encoding="utf-8"), flags=re.M
    ):
        if said not in ("schema", "pair", "dialects", word, "because") or said in block:
            raise ValueError(f"{path.name}, {block.get('pair')}: -- {said} has no place here")
        if said == "schema":
            schema = value.strip()
            continue
        block[said] = value.strip()
        if said != "because":
            body = "rewrite" if said == word else "original"
            block[body] = block.get(body, "") + text
            continue
        named = tuple(block.get("dialects", " ".join(DIALECTS)).split())
        query, rewrite = block["original"].strip(), block["rewrite"].strip()
        pairs.append(
            Pair(path.stem, block["pair"], schema, named, query, rewrite, block["because"])
        )
        block = {}
    if block:
        raise ValueError(f"{path.name}, {block.get('pair')}: it does not say why")
    return pairs


PAIRS = [pair for path in sorted(FOLDER.glob("*.sql")) for pair in read_pairs(path)]


@cache
def schema_of(name: str) -> Schema:
    return read_ddl((FOLDER / "schemas" / f"{name}.sql").read_text(encoding="utf-8"))


@cache
def judged(pair: Pair, dialect: str, *, witnesses: int, seed: int = 0) -> Verdict:
    """The verdict of a pair in one dialect."""
    original, rewrite = (sql.read(text, dialect) for text in (pair.original, pair.rewrite))
    return judge(
        original,
        rewrite,
        schema_of(pair.schema),
        dialect,
        witnesses=witnesses,
        seed=seed,
        seconds=10,
    )


def shown(verdict: Verdict) -> str:
    """The reason and, where there is one, the counterexample."""
    lines = [verdict.reason]
    if (example := verdict.counterexample) is not None:
        lines += [
            f"  {t.name} {t.columns}: {t.rows}"
            for t in (*example.tables, example.original, example.proposal)
        ]
    return "\n".join(lines)


def test_the_set_is_whole() -> None:
    assert len(PAIRS) >= FEWEST_PAIRS
    assert len(WRONG) >= FEWEST_WRONG
    twice = [name for name, count in Counter(map(str, PAIRS)).items() if count > 1]
    assert not twice
    texts = Counter((pair.schema, pair.original, pair.rewrite) for pair in PAIRS)
    assert max(texts.values()) == 1
    for pair in PAIRS:
        assert set(pair.dialects) <= set(DIALECTS), pair
        assert pair.because, pair
        assert pair.original != pair.rewrite, pair


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_true_rewrite_is_never_different(pair: Pair) -> None:
    verdict = judged(pair, pair.dialects[0], witnesses=20)
    assert verdict.outcome != "different", shown(verdict)


@pytest.mark.parametrize("pair", [p for p in PAIRS if len(p.dialects) > 1], ids=str)
def test_nor_in_another_dialect(pair: Pair) -> None:
    others = pair.dialects[1:]
    dialect = others[PAIRS.index(pair) % len(others)]
    verdict = judged(pair, dialect, witnesses=10, seed=1)
    assert verdict.outcome != "different", f"{dialect}: {shown(verdict)}"


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("pair", PAIRS[::20], ids=str)
def test_nor_on_more_databases(pair: Pair, dialect: str) -> None:
    if dialect in pair.dialects:
        verdict = judged(pair, dialect, witnesses=100 if dialect == "sqlite" else 40, seed=2)
        assert verdict.outcome != "different", shown(verdict)


def test_few_true_rewrites_are_undecided() -> None:
    asked = PAIRS[::3]
    verdicts = {pair: judged(pair, pair.dialects[0], witnesses=10) for pair in asked}
    undecided = [
        f"{pair} ({pair.dialects[0]}): {verdict.reason}"
        for pair, verdict in verdicts.items()
        if verdict.outcome == "undecided"
    ]
    assert len(undecided) < MOST_UNDECIDED * len(asked), "\n".join(undecided)


WRONG = [
    pair for path in sorted((FOLDER / "wrong").glob("*.sql")) for pair in read_pairs(path, "never")
]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
@pytest.mark.parametrize("pair", WRONG, ids=str)
def test_a_wrong_rewrite_is_refuted(pair: Pair, dialect: str) -> None:
    original, wrong = (sql.read(text, dialect) for text in (pair.original, pair.rewrite))
    verdict = judge(original, wrong, schema_of(pair.schema), dialect)
    assert verdict.outcome == "different", verdict.reason
