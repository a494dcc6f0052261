"""One request as text, per model family: training and serving both use it, so they cannot differ.

Text that somebody else wrote (a passage, a comment, an instruction) cannot close its section: what
would read as a marker is escaped, reversibly. It fetches no passages, and counts no tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlwright import sql
from sqlwright.errors import SqlError, UsageError, did_you_mean
from sqlwright.schema import Table, kind_of

TASKS = ("optimize", "refactor", "check", "fix", "write")
FAMILIES = ("mini", "sqlcoder-7b", "sqlcoder-7b-2", "chat")

# The special tokens of mini's tokenizer, in the order of their ids (after <|pad|> and <|end|>). A
# new one goes to the end: the ids before it are those of weights that were trained without it.
MINI_MARKERS = ("optimize", "refactor", "check", "fix", "dialect", "schema", "passage", "query",
                "answer", "write")  # fmt: skip
MINI_SPECIAL = ("<|pad|>", "<|end|>", *(f"<|{name}|>" for name in MINI_MARKERS))

_PURPOSE = {
    "optimize": "Rewrite the query below so that it runs faster and returns the same result.",
    "refactor": "Rewrite the query below so that it is easier to read and returns the same result.",
    "check": "List the faults of the query below, one rule name a line, or: no findings.",
    "fix": "Correct the query below so that it runs.",
    "write": "Write one query that only reads and answers this question:",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked: the task, the user's words, the query, and what is known."""

    task: str
    instruction: str
    query: str
    schema_text: str
    passages: tuple[str, ...] = ()
    dialect: str = ""


def render(request: Request, family: str) -> str:
    """The request as the prompt of that family; the model's answer follows it directly.

    For mini the query is first brought into one layout (`canonical`).

    Raises:
        UsageError: for an unknown family or task.
    """
    if request.task not in TASKS:
        raise UsageError(f"unknown task {request.task}.{did_you_mean(request.task, TASKS)}")
    return _family(family)[0](request)


def parse(text: str, family: str) -> Request:
    """The request of which `render` made the text.

    Raises:
        UsageError: if the text is no prompt of that family.
    """
    return _family(family)[1](text)


def stop(family: str) -> tuple[str, ...]:
    """Texts after which the rest of a completion is no part of the answer."""
    return _family(family)[2]


def answer_of(completion: str, family: str) -> str:
    """The answer alone: cut at the first stop text, without a code fence around it."""
    fenced = re.match(r"\s*```(?:sql)?[ \t]*\n(.*?)(?:```|\Z)", completion, re.DOTALL)
    if fenced is None and family == "chat":  # a chat model may talk before its fence
        fenced = re.search(r"```(?:sql)?[ \t]*\n(.*?)(?:```|\Z)", completion, re.DOTALL)
    if fenced:
        return fenced.group(1).strip()
    for text in stop(family):
        completion = completion.split(text, 1)[0]
    return completion.strip().removesuffix(";").rstrip()


def canonical(text: str, dialect: str) -> str:
    """The query on one line, by sqlglot; as it stands, blanks collapsed, if it cannot be read."""
    try:
        return sql.write(sql.read(text, dialect), dialect)
    except SqlError:
        return re.sub(r"\s+", " ", text).strip().removesuffix(";").rstrip()


def compact_schema(tables: Sequence[Table]) -> str:
    """One line a table: names, short types, keys, foreign keys; `?` marks what may be NULL.

    `orders(o_orderkey int key, o_custkey int index -> customer.c_custkey, o_comment text?, key(a,
    b))`: `index` marks a column that an index begins with.
    """
    return "\n".join(_compact_table(table) for table in tables)


def _compact_table(table: Table) -> str:
    single = {key[0].lower() for key in table.keys() if len(key) == 1}
    indexed = {index.columns[0].lower() for index in table.indexes if index.columns} - single
    target = {}
    for foreign in table.foreign_keys:
        if len(foreign.columns) == 1 and len(foreign.references) == 1:
            target[foreign.columns[0].lower()] = f"{foreign.table}.{foreign.references[0]}"
    parts = []
    for column in table.columns:
        name = column.name.lower()
        nullable = column.nullable and name not in {c.lower() for c in table.primary_key}
        part = f"{column.name} {short_type(column.type)}{'?' if nullable else ''}"
        part += " key" if name in single else " index" if name in indexed else ""
        part += f" -> {target[name]}" if name in target else ""
        parts.append(part)
    parts += [f"key({', '.join(key)})" for key in table.keys() if len(key) > 1]
    for foreign in table.foreign_keys:
        if len(foreign.columns) > 1:
            ends = ", ".join(foreign.columns), ", ".join(foreign.references)
            parts.append(f"({ends[0]}) -> {foreign.table}({ends[1]})")
    return f"{table.name}({', '.join(parts)})"


def short_type(type_text: str) -> str:
    """The kind of a DDL type (`schema.kind_of`); what has a time of day is time."""
    kind = kind_of(type_text)
    return "time" if kind == "timestamp" else kind


# --- mini: special tokens between the sections -----------------------------------------------


def _render_mini(request: Request) -> str:
    query = canonical(request.query, request.dialect)
    parts = [f"<|{request.task}|>{_escape_mini(request.instruction)}"]
    if request.dialect:
        parts.append(f"<|dialect|>{_escape_mini(request.dialect)}")
    parts.append(f"<|schema|>{_escape_mini(request.schema_text)}")
    parts += [f"<|passage|>{_escape_mini(passage)}" for passage in request.passages]
    parts.append(f"<|query|>{_escape_mini(query)}<|answer|>")
    return "".join(parts)


def _parse_mini(text: str) -> Request:
    pieces = re.split(rf"<\|({'|'.join(MINI_MARKERS)})\|>", text)
    sections = [
        (name, _unescape_mini(body)) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)
    ]
    if not sections or sections[0][0] not in TASKS or sections[-1][0] != "answer":
        raise UsageError(
            "not a prompt of the family mini: it does not run from a task to <|answer|>"
        )
    single = dict(sections)
    return Request(
        task=sections[0][0],
        instruction=sections[0][1],
        query=single.get("query", ""),
        schema_text=single.get("schema", ""),
        passages=tuple(body for name, body in sections if name == "passage"),
        dialect=single.get("dialect", ""),
    )


def _escape_mini(text: str) -> str:
    return text.replace("<|", "<||")


def _unescape_mini(text: str) -> str:
    return text.replace("<||", "<|")


# --- text families: headings between the sections ---------------------------------------------

# A marker loses its meaning by a backslash inside it: #\##, `\`\`, [\SQL], <\|im_end|>, <\/s>.
_INSIDE = (
    (r"(?<=#)", r"(?=\\*#)"),
    (r"(?<=`)", r"(?=\\*`)"),
    (r"(?<=\[)", r"(?=\\*/?(?:SQL|QUESTION|INST)\])"),
    (r"(?<=<)", r"(?=\\*(?:\||/?s>))"),
)


def _escape(text: str) -> str:
    for before, after in _INSIDE:
        text = re.sub(before + after, lambda _: "\\", text)
    return text


def _unescape(text: str) -> str:
    for before, after in _INSIDE:
        text = re.sub(before + r"\\" + after, "", text)
    return text


def _question(request: Request, plain: bool) -> str:
    """The task in words and the user's; `plain` families take a bare question for this task."""
    words = request.instruction
    if plain and _is_bare(request):
        return _escape(words)
    return f"{_PURPOSE[request.task]} {_escape(words)}"


def _is_bare(request: Request) -> bool:
    """Is it a question that has no query and would not be read back as another task's words?"""
    told = any(_escape(request.instruction).startswith(words) for words in _PURPOSE.values())
    return request.task == "write" and not request.query and not told


def _sections(request: Request) -> list[tuple[str, str]]:
    """The middle of every text prompt: what the query runs on, what is known, the query itself."""
    dialect = f"### Dialect\n{_escape(request.dialect)}"
    found = [("Dialect", dialect)] if request.dialect else []
    found.append(
        (
            "Database Schema",
            "### Database Schema\nThe query will run on a database with the following schema:\n"
            + _escape(request.schema_text),
        )
    )
    found += [("Passage", f"### Passage\n{_escape(passage)}") for passage in request.passages]
    if request.query or request.task != "write":
        found.append(("Query", f"### Query\n{_escape(request.query)}"))
    return found


def _render_text(request: Request, opening: str, closing: str, plain: bool) -> str:
    """The prompt with `{question}` filled into the family's opening and closing words."""
    question = _question(request, plain)
    middle = [text for _, text in _sections(request)]
    return "\n\n".join(
        [opening.replace("{question}", question), *middle, closing.replace("{question}", question)]
    )


def _parse_text(text: str, opening: str, family: str) -> Request:
    pieces = re.split(
        r"(?:\A|\n\n)### (Task|Dialect|Database Schema|Passage|Query|SQL|Answer)\n", text
    )
    sections = list(zip(pieces[1::2], pieces[2::2], strict=True))
    before, after = opening.removeprefix("### Task\n").split("{question}")
    if not sections or sections[0][0] != "Task" or not sections[0][1].startswith(before):
        raise UsageError(f"not a prompt of the family {family}: it does not open with its ### Task")
    question = sections[0][1].removeprefix(before).removesuffix(after)
    task = next((task for task, words in _PURPOSE.items() if question.startswith(words)), None)
    words = _PURPOSE[task] if task else ""
    if task is None and family in _PLAIN and all(name != "Query" for name, _ in sections):
        task = "write"
    if task is None:
        raise UsageError(
            f"not a prompt of the family {family}: its task is none of {', '.join(TASKS)}"
        )
    single = {name: _unescape(body) for name, body in sections}
    schema_text = single.get("Database Schema", "").split("\n", 1)
    return Request(
        task=task,
        instruction=_unescape(
            question.removeprefix(words).removeprefix(" ") if words else question
        ),
        query=single.get("Query", ""),
        schema_text=schema_text[1] if len(schema_text) > 1 else "",
        passages=tuple(_unescape(body) for name, body in sections if name == "Passage"),
        dialect=single.get("Dialect", ""),
    )


# As published with the weights, with the query and what is known in sections of their own.
_OPENING = {
    "sqlcoder-7b": "### Task\nGenerate a SQL query to answer the following question:\n`{question}`",
    "sqlcoder-7b-2": "### Task\nGenerate a SQL query to answer [QUESTION]{question}[/QUESTION]",
    "chat": "### Task\n{question}",
}
_CLOSING = {
    "sqlcoder-7b": "### SQL\nGiven the database schema, here is the SQL query that answers "
    "`{question}`:\n```sql\n",
    "sqlcoder-7b-2": "### Answer\nGiven the database schema, here is the SQL query that "
    "[QUESTION]{question}[/QUESTION]\n[SQL]\n",
    "chat": "### Answer\nOne fenced block and nothing else.",
}
_STOP = {
    "sqlcoder-7b": ("```", "\n### "),
    "sqlcoder-7b-2": ("[/SQL]", "```", "\n### "),
    "chat": ("\n### ",),
}

_PLAIN = ("sqlcoder-7b", "sqlcoder-7b-2")  # trained to answer a bare question with a query

_Form = tuple[Callable[[Request], str], Callable[[str], Request], tuple[str, ...]]


def _family(name: str) -> _Form:
    """How that family is written, how it is read, where it stops."""
    if name not in FAMILIES:
        raise UsageError(f"unknown model family {name}.{did_you_mean(name, FAMILIES)}")
    if name == "mini":
        return _render_mini, _parse_mini, ("<|end|>", "<|pad|>")
    opening, closing = _OPENING[name], _CLOSING[name]
    return (
        lambda request: _render_text(request, opening, closing, name in _PLAIN),
        lambda text: _parse_text(text, opening, name),
        _STOP[name],
    )
