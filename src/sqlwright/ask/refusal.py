"""Questions that ask to change data: they get a sentence and no query.

A list of verbs at the beginning of a question; no list finds every such wish, and none has to: what
a model writes is taken only if it is one query that only reads.
"""

from __future__ import annotations

import re

_POLITE = (
    r"(?:(?:hi|hello|hey|please|kindly|now|then|can you|could you|would you|i want you to"
    r"|i need you to|привет|здравствуй\w*|пожалуйста|прошу|можешь|можно|нужно|надо|хочу|теперь)"
    r"[\s,!.:?]+)*"
)
_CHANGES = re.compile(
    rf"^\W*{_POLITE}(?P<verb>"
    r"(?:delete|drop|truncate|erase|wipe|purge|insert|update|alter|rename|grant|revoke|modify"
    r"|overwrite|archive|merge|cancel)\b(?!\s+(?:the\s+)?duplicate)"
    r"|(?:add|put|write)\s+(?:a|an|the|new|this|these)\b"
    r"|(?:create|make)\s+(?:a |an |the |new )*(?:table|index|view|user|row|record|column|database)"
    r"|(?:set|change|replace|remove|increase|decrease|raise|reset)\s+(?:the|all|every|each|this|his)\b"
    r"|(?:удали|сотри|очисти|обнули|измени|обнови|поменяй|замени|переименуй|вставь|внеси|запиши"
    r"|отмени|увеличь|уменьши|сбрось|выдай\s+права|отзови|перезапиши|исправь|архивируй)(?:те)?\b"
    r"|(?:удалить|стереть|очистить|обнулить|изменить|обновить|поменять|заменить|переименовать"
    r"|вставить|внести|записать|отменить|увеличить|уменьшить|сбросить)\b"
    r"|(?:добавь|создай|заведи)(?:те)?\s+(?:нов\w+|таблиц\w*|индекс\w*|запис\w*|строк\w*|столб\w*"
    r"|пользовател\w*|клиент\w*|заказ\w*|в\b)"
    r")",
    re.IGNORECASE,
)


def changing_verb(question: str) -> str | None:
    """The verb with which the question asks to change something, or None."""
    found = _CHANGES.match(question)
    return found["verb"] if found else None


def say_refusal(verb: str, language: str) -> str:
    """The sentence for whoever asked to change data."""
    if language == "ru":
        return (
            f"«{verb}» меняет данные, а ask пишет только запросы на чтение: "
            "спросите, что нужно показать"
        )
    return (
        f"'{verb}' changes data, and ask only writes queries that read:"
        " ask for what should be shown"
    )
