"""One command a verb; each reads its arguments, calls one function, prints what came of it.

Exit codes: 0 nothing to say, 1 something found (findings, a difference, faults), 3 undecided, 2 an
error, which is one sentence on stderr that begins with `sqlwright:`.
"""

from __future__ import annotations

import sys
from typing import Any

import typer

from sqlwright.cli import (
    asking,
    checking,
    fixing,
    indexing,
    knowing,
    questions,
    records,
    refactoring,
    training,
    tuning,
)
from sqlwright.errors import SqlwrightError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Findings, rewrites that survived checking, and a model that learns your database.",
)
app.command()(checking.check)
app.command()(checking.verify)
app.command()(asking.optimize)
app.command()(questions.ask)
app.command()(questions.explain)
app.command()(fixing.fix)
app.command()(refactoring.refactor)
app.command()(indexing.indexes)
app.command()(knowing.learn)
app.command()(knowing.search)
app.add_typer(records.data, name="data")
app.command()(training.train)
app.add_typer(tuning.app, name="tune")
app.command()(training.evaluate)
app.command()(training.export)

# typer carries a click of its own, older ones use the installed one: the base error of either
_ClickError: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")


def main() -> None:
    """Run the command line; an error meant for users becomes one sentence and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except SqlwrightError as error:
        _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        print("sqlwright: stopped", file=sys.stderr)
        sys.exit(130)
    except _ClickError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
            sys.exit(2)
        _fail(f"{error.format_message().rstrip('.')}: see sqlwright --help")
    except RecursionError:
        _fail("the query is nested too deeply: simplify it")
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone: nobody is left to tell
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(sentence: str) -> None:
    print(f"sqlwright: {sentence}", file=sys.stderr)
    sys.exit(2)
