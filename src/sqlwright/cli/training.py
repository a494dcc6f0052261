"""The verbs that make a model one's own: train, export, evaluate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sqlwright.cli.records import Columns, Records, columns_of
from sqlwright.cli.shared import AsJson, Db, bar, console, open_model, print_json
from sqlwright.errors import UsageError

if TYPE_CHECKING:
    from sqlwright.config import Config


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="a YAML file of settings")],
    overrides: Annotated[list[str] | None, typer.Argument(metavar="[section.key=value]...")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only say what it would do and take; exit 1: no room")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a LoRA adapter on records; a training that was killed goes on from its checkpoint."""
    from dataclasses import asdict

    from sqlwright.config import load_config
    from sqlwright.curve import Progress
    from sqlwright.train import train as run

    settings = load_config(config, overrides or ())
    if dry_run:
        _show_plan(settings, as_json)
        return
    with bar("steps") as tell:

        def step(progress: Progress) -> None:
            what = f"loss {progress.loss:.3f}, {progress.tokens_per_second:,.0f} tokens/s"
            what += f", {progress.memory:.1f} GiB"
            tell(round(progress.share * 1000), 1000, what)

        done = run(settings, progress=step, say=print)
    if as_json:
        print_json(asdict(done))
        return
    print(f"{done.folder}: adapter of {done.trainable:,} parameters beside {done.parameters:,},")
    print(f"  on {done.layers} layers: {', '.join(done.adapted)}")
    print(
        f"  {done.steps} steps, {done.tokens:,} tokens ({done.trained_tokens:,} trained on)", end=""
    )
    print(f" of {done.records} records in {done.seconds:g} s, {done.precision}")
    if done.eval_loss is not None and done.eval_loss_before is not None:
        print(f"  loss per token on {done.validation} held-out records:", end=" ")
        print(f"{done.eval_loss_before:.4f} before, {done.eval_loss:.4f} after")
    print(f"  curve: {done.folder}/loss.png; figures: {done.folder}/metrics.jsonl")


def export(
    adapter: Annotated[Path, typer.Argument(metavar="ADAPTER", help="a folder that train left")],
    out: Annotated[Path, typer.Option(help="the folder to write")],
    base: Annotated[
        str | None, typer.Option(help="another base of the same shape than the adapter's own")
    ] = None,
    dtype: Annotated[str, typer.Option(help="bfloat16, float16 or float32")] = "bfloat16",
    gguf: Annotated[
        Path | None,
        typer.Option(
            help="llama.cpp's convert_hf_to_gguf.py: write a GGUF file and a Modelfile too"
        ),
    ] = None,
    gguf_type: Annotated[str, typer.Option(help="f32, f16, bf16 or q8_0")] = "q8_0",
    as_json: AsJson = False,
) -> None:
    """Merge an adapter into its base as safetensors, for transformers and vLLM, and as GGUF."""
    from dataclasses import asdict

    from sqlwright.export import asked_prompts
    from sqlwright.export import export as run
    from sqlwright.gguf import convert, refuse_wrong
    from sqlwright.model import family_of

    refuse_wrong(gguf, gguf_type)
    if dtype not in (known := ("bfloat16", "float16", "float32")):
        raise UsageError(f"unknown dtype {dtype}: it is one of {', '.join(known)}")
    say: Callable[[str], None] = (lambda text: None) if as_json else print
    done = run(adapter, out, base=base, dtype=dtype, say=say)
    made = None
    if gguf is not None:
        asked = asked_prompts(family_of(out))
        made = convert(out, gguf, outtype=gguf_type, prompts=asked, say=say)
    if as_json:
        print_json(asdict(done) | ({"gguf": asdict(made)} if made else {}))
        return
    print(f"{done.folder}: {done.parameters:,} parameters, {done.dtype}")
    print(
        f"  it differs from adapter and base apart by {done.divergence:.2g} nats a token;"
        f" the likeliest next token is the same after {done.same:.1%} of {done.tokens} tokens"
    )
    if made is not None:
        print(f"{made.file}, with {made.modelfile} for ollama create")
        same = f"{made.same_answers} of {made.compared} answers are the same, token by token"
        print(f"  {same}" if made.compared else "  not compared: llama-cpp-python is not installed")


def _show_plan(settings: Config, as_json: bool) -> None:
    from sqlwright.plan import plan, table

    found = plan(settings)
    if as_json:
        print_json(found.as_dict())
    else:
        console().print(table(found))
    raise typer.Exit(0 if found.fits else 1)


def evaluate(
    records: Records,
    model: Annotated[
        list[str] | None, typer.Option(help="mini, a folder, a URL; repeat it to compare two")
    ] = None,
    db: Db = None,
    limit: Annotated[int | None, typer.Option(min=1, help="only the first so many records")] = None,
    timed: Annotated[int, typer.Option(min=0, help="so many rewrites are timed on --db")] = 40,
    out: Annotated[Path | None, typer.Option(help="folder for evaluation.json and .png")] = None,
    columns: Columns = None,
    as_json: AsJson = False,
) -> None:
    """Let models answer held-out records and judge each answer by execution."""
    from sqlwright import evaluate as evaluation
    from sqlwright.data.records import read_records
    from sqlwright.database import connect

    names = model or ["mini"]
    if len(names) > 2:
        raise UsageError("evaluate compares two models at most: name --model once or twice")
    found = read_records(records, columns_of(columns))[:limit]
    database = connect(db) if db else None
    done = []
    for name in names:
        loaded = open_model(name, lambda text: None)
        if loaded is None:
            raise UsageError("evaluate needs a model: name --model mini, a folder or a URL")
        with bar(Path(name).name) as tell:
            done.append(
                evaluation.evaluate(
                    found,
                    loaded,
                    name=Path(name).name,
                    database=database,
                    most_timed=timed,
                    progress=_worded(tell),
                )
            )
    if database:
        database.close()
    differences = evaluation.compare(*done) if len(done) == 2 else []
    if out:
        out.mkdir(parents=True, exist_ok=True)
        text = evaluation.as_json(done, differences)
        (out / "evaluation.json").write_text(text, encoding="utf-8")
        evaluation.draw_rates(done, out / "evaluation.png")
    if as_json:
        print(evaluation.as_json(done, differences))
        return
    console().print(evaluation.table(done))
    if differences:
        console().print(evaluation.difference_table(differences))


def _worded(tell: Callable[..., Any]) -> Callable[[str, int, int], None]:
    return lambda what, done, of: tell(done, of, f"{what} {done} of {of}")
