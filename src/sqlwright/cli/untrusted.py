"""`check --untrusted`: text that came from outside, judged by what it would do in a template."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sqlwright.cli.shared import bar, console, print_json
from sqlwright.errors import UsageError

_EVERY = 500  # texts between two steps of the bar


def check_untrusted(
    files: Sequence[str],
    mixed: bool,
    url_encoded: bool,
    whole: bool,
    *,
    as_json: bool,
    language: str,
) -> int:
    """Judge the texts of the files and print what was found; the exit code: 1 if any is flagged.

    A .sql file is one text, and a line of a .jsonl file is JSON that holds one.

    Raises:
        UsageError: a file that cannot be read, or options `mixed` with those of other checks.
    """
    if mixed:
        raise UsageError(
            "--untrusted, with --url-encoded and --whole, judges texts: it takes no --schema, --db,"
            " --standards or --sarif, and the two go with it alone"
        )
    from sqlwright.analyze.untrusted import classify
    from sqlwright.analyze.untrusted.payloads import payloads
    from sqlwright.show import untrusted as show

    texts = [
        (name, line, text)
        for name in files
        for line, text in payloads(
            _bytes_of(name),
            whole=whole or name.lower().endswith(".sql"),
            jsonl=name.lower().endswith(".jsonl"),
        )
    ]
    judged = []
    with bar("texts", hidden=not as_json) as tell:
        for number, (name, line, text) in enumerate(texts, start=1):
            judged.append((name, line, classify(text, url_encoded=url_encoded)))
            if number % _EVERY == 0:
                tell(number, len(texts), f"{number} of {len(texts)}")
    if as_json:
        print_json(show.untrusted_as_json(judged))
    else:
        show.show_untrusted(console(), judged, language)
    return int(any(found.flagged for _, _, found in judged))


def _bytes_of(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror}): check the path") from None
