"""The sentences of changes, in English and Russian."""

from __future__ import annotations

Pair = tuple[str, str]


def misspelled(what: str, old: str, new: str) -> Pair:
    """Of a keyword, function, table, column or alias that is another by a slip."""
    russian = {
        "keyword": "ключевое слово", "function": "функция", "table": "таблица",
        "column": "столбец", "alias": "псевдоним", "name": "имя",
    }[what]  # fmt: skip
    return (
        f"{old} is no {what} here; the nearest is {new}",
        f"{old}: такого имени здесь нет ({russian}); ближайшее: {new}",
    )


def missing(what: str) -> Pair:
    """Of a part that was left out."""
    return f"{what} is missing", f"не хватает: {what}"


def needless(what: str) -> Pair:
    """Of a part that nothing needs."""
    return f"{what} has no place here", f"лишнее: {what}"
