"""The verb that searches settings: tune, with its report and its confirmation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sqlwright.cli.shared import AsJson, bar, console, print_json

Storage = Annotated[
    str | None,
    typer.Option(
        help="a journal file, postgresql://user@host/name, or grpc://host:port of Optuna's proxy;"
        " a journal in the study's folder if it is left out"
    ),
]
StudyFolder = Annotated[Path, typer.Argument(metavar="STUDY", help="the folder of a study")]


class _Tune(TyperGroup):
    """`tune CONFIG` is `tune search CONFIG`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["search", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(
    cls=_Tune,
    no_args_is_help=True,
    help="Search the settings of a training with Optuna; tune CONFIG is tune search CONFIG.",
)


@app.command()
def search(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="a YAML file of settings")],
    overrides: Annotated[list[str] | None, typer.Argument(metavar="[section.key=value]...")] = None,
    trials: Annotated[
        int, typer.Option(min=1, help="stop when so many have ended, pruned ones counted")
    ] = 30,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="minutes after which no trial begins")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="processes; one a GPU if left out, or one")
    ] = None,
    study: Annotated[
        Path, typer.Option(help="the folder of the study; its last part is its name")
    ] = Path("study"),
    storage: Storage = None,
    space: Annotated[
        Path | None, typer.Option(help="a YAML file of what is searched; configs/tune.yaml")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with the study, or join others in it")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Search for the settings with the lowest loss on held-out records."""
    from dataclasses import asdict

    from sqlwright.config import load_config
    from sqlwright.tune.search import tune
    from sqlwright.tune.space import read_tuning
    from sqlwright.tune.table import watching

    settings = load_config(config, overrides or ())
    tuning = read_tuning(space)
    with watching(quiet=as_json) as (tell, say):
        found = tune(
            settings,
            tuning,
            study,
            trials=trials,
            minutes=timeout,
            workers=workers,
            storage=storage,
            resume=resume,
            tell=tell,
            say=say,
        )
    if as_json:
        print_json(asdict(found))
        return
    ended = f"{found.complete} trials complete, {found.pruned} pruned"
    ended += f", {found.lost} lost and tried again" if found.lost else ""
    print(f"{found.folder}: {ended}, in {found.seconds:.0f} s")
    first = f" (the config's own: {found.first:.4f})" if found.first is not None else ""
    print(f"  lowest held-out loss: {found.loss:.4f} nats a token in trial {found.best}{first}")
    for name, value in found.chosen.items():
        print(f"    {name}: {value:.4g}" if isinstance(value, float) else f"    {name}: {value}")
    print(f"  {found.config}: what sqlwright train takes; the plots: sqlwright tune report {study}")
    if found.adapter:
        print(f"  {found.adapter}: its adapter")


@app.command()
def report(
    study: StudyFolder,
    out: Annotated[
        Path | None, typer.Option(help="the folder to write; report in the study's if left out")
    ] = None,
    storage: Storage = None,
    as_json: AsJson = False,
) -> None:
    """Draw a study: history, importances, parallel coordinates, slices, prunings; one HTML page."""
    from sqlwright.tune.report import report as run

    done = run(study, out or study / "report", storage)
    if as_json:
        print_json(done)
        return
    print(f"{done['page']}: {done['trials']} trials")
    for picture in done["pictures"]:
        print(f"  {picture}")


@app.command()
def confirm(
    study: StudyFolder,
    seeds: Annotated[int, typer.Option(min=1, help="trainings of each, with seeds 0, 1 ...")] = 3,
    best: Annotated[int, typer.Option(min=1, help="so many of the best trials")] = 1,
    records: Annotated[
        Path | None,
        typer.Option(help="held-out records that the search did not see; or else its own"),
    ] = None,
    answers: Annotated[
        int, typer.Option(min=0, help="so many of them are answered and judged by execution too")
    ] = 0,
    storage: Storage = None,
    as_json: AsJson = False,
) -> None:
    """Train the best settings and the config's own anew with several seeds, and compare them."""
    from sqlwright.tune.confirm import confirm as run
    from sqlwright.tune.confirm import table

    with bar("trainings") as tell:
        done = run(
            study,
            seeds=seeds,
            best=best,
            records=records,
            answers=answers,
            storage=storage,
            tell=tell,
        )
    if as_json:
        print_json(done.as_dict())
        return
    console().print(table(done))
    print(f"{done.config}: the settings of {done.rows[0].name}")
