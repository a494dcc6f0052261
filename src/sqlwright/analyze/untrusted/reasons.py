"""What each kind of evidence is called in words, in English and in Russian."""

from __future__ import annotations

#: By kind: the English and the Russian reason.
REASONS: dict[str, tuple[str, str]] = {
    "union": (
        "UNION puts another SELECT behind the query",
        "UNION добавляет к запросу ещё один SELECT",
    ),
    "union-cut": (
        "UNION at its end waits for a SELECT of the template or of another value",
        "UNION в конце ждёт SELECT из шаблона или из другого значения",
    ),
    "stacked": (
        "a further statement stands behind the query",
        "за запросом стоит ещё одна команда",
    ),
    "statement": (
        "the text is a statement that does more than read",
        "текст — команда, которая не только читает",
    ),
    "piece": (
        "the text is a piece of a SELECT, to be completed by what stands around it",
        "текст — часть SELECT, которую дополнит то, что стоит вокруг",
    ),
    "waiting": (
        "a function that waits or burns time: the answer's delay tells one bit of data",
        "функция, которая ждёт или тратит время: по задержке ответа узнают данные",
    ),
    "outside": (
        "files, the network or the shell of the server are reached",
        "обращение к файлам, сети или командной оболочке сервера",
    ),
    "catalog": (
        "the system catalog is read: names of tables, columns or users",
        "читается системный каталог: имена таблиц, столбцов или пользователей",
    ),
    "failing": (
        "a function that is made to fail with data in its error message",
        "функция, которую заставляют выдать данные в тексте ошибки",
    ),
    "telling": (
        "the server's version, user or database is asked for",
        "спрашивают версию сервера, пользователя или базу",
    ),
    "system-variable": (
        "a system variable is read",
        "читается системная переменная",
    ),
    "spelled": (
        "text is spelled in character codes, so that no quote shows",
        "текст записан кодами символов, чтобы не было видно кавычек",
    ),
    "versioned": (
        "a comment that MySQL runs: /*! */ hides words from other readers",
        "комментарий, который MySQL исполняет: /*! */ прячет слова от других",
    ),
    "probing": (
        "a condition takes a value apart letter by letter",
        "условие разбирает значение по буквам",
    ),
    "constant-condition": (
        "a condition of constants is joined on: always true, or never",
        "добавлено условие из констант: всегда истинно или всегда ложно",
    ),
    "added-condition": (
        "a condition is joined on",
        "добавлено условие",
    ),
    "subquery": (
        "a subquery stands where a value belongs",
        "на месте значения стоит подзапрос",
    ),
    "escape": (
        "the text closes the quotes, and what follows is SQL",
        "текст закрывает кавычки, и дальше идёт SQL",
    ),
    "cut": (
        "a comment takes away the rest of the statement",
        "комментарий отсекает остаток команды",
    ),
    "order": (
        "ORDER BY or GROUP BY a position: the number of columns is probed",
        "ORDER BY или GROUP BY по номеру: выясняют число столбцов",
    ),
    "counting": (
        "numbers that go up by one stand for columns: their count is probed",
        "вместо столбцов числа по порядку: выясняют число столбцов",
    ),
    "having": (
        "HAVING is put behind the query",
        "к запросу добавлен HAVING",
    ),
    "case": (
        "CASE stands where a value belongs",
        "на месте значения стоит CASE",
    ),
    "calls": (
        "functions within functions stand where a value belongs",
        "на месте значения стоят вложенные вызовы функций",
    ),
}

#: By place of a template: the Russian name.
CONTEXTS_RU = {
    "single quotes": "одинарные кавычки",
    "double quotes": "двойные кавычки",
    "backticks": "обратные кавычки",
    "a bare value": "значение без кавычек",
    "a statement": "вся команда",
}

#: By way of decoding: the Russian name.
DECODINGS_RU = {
    "URL encoding": "URL-кодирование",
    "double URL encoding": "двойное URL-кодирование",
    "unusual quotes or letters": "необычные кавычки или буквы",
    "HTML entities": "HTML-сущности",
    "escaped characters": "экранированные символы",
}
