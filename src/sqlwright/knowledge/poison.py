"""Text in a document that talks to the model instead of the reader: found, so that it can be shown.

No list of words finds every attempt, and none has to: whatever a passage says, an answer is a
candidate like any other, parsed, bound and checked by execution before anybody sees it.
"""

from __future__ import annotations

import re

# (what is said, the reason in words); English and Russian
_ORDERS = (
    (r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(above|previous|prior|earlier|"
     r"instruction|instructions|rules|prompt|everything)\b", "it asks to ignore what was said"),
    (r"\b(игнорируй|забудь|не обращай внимания|пренебреги|отмени)\w*\b.{0,40}\b(выше|предыдущ\w*|"
     r"прежн\w*|инструкци\w*|правил\w*|всё|все|сказанн\w*)", "it asks to ignore what was said"),
    (r"\b(you are now|act as|pretend to be|from now on,? you|new instructions?\s*:)|system prompt",
     "it gives the model a role"),
    (r"\b(ты теперь|теперь ты|веди себя как|притворись|новые инструкции\s*:|системн\w+ промпт\w*)",
     "it gives the model a role"),
    (r"\b(always|only|must)\b.{0,30}\b(answer|respond|reply|output|return|print)\b.{0,20}\b(with|only"
     r"|exactly)\b", "it dictates the answer"),
    (r"\b(всегда|только|обязательно)\b.{0,30}\b(отвечай|выводи|пиши|верни|возвращай)", "it dictates"
     " the answer"),
    (r"(<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|^\s*#{2,}\s*(system|assistant|instruction)\b)",
     "it holds the marks of a prompt"),
    (r"\b(do not|don't|never) (tell|show|mention|reveal)\b.{0,40}\b(user|reader|human|anyone)\b",
     "it asks to hide something"),
    (r"\b(не говори|не показывай|не сообщай|скрой)\w*\b.{0,40}\b(пользовател\w*|читател\w*|никому)",
     "it asks to hide something"),
    (r"\b(execute|run|выполни|запусти)\w*\b.{0,30}\b(drop|delete|truncate|update|alter|grant|insert)"
     r"\b\s+(table|from|database|into|user|\w+\s+set|all)\b", "it asks to run a statement"),
)  # fmt: skip
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL | re.MULTILINE), reason)
    for pattern, reason in _ORDERS
)


def why_suspicious(text: str) -> str | None:
    """Why the text reads like an order to a model, or None."""
    return next((reason for pattern, reason in _PATTERNS if pattern.search(text)), None)
