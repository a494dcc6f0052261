"""The whole way of an adapter at the full sizes of the shipped configs, random weights, one GPU.

    python benchmarks/full_size.py [--folder /tmp/full] [--out FILE.json] [--steps 30]
                                   [--base sqlcoder-7b ...] [--kind 16 ...] [section.key=value ...]

For each base and each kind of training: the shipped YAML with records made here, stopped after two
thirds of the steps and gone on from its checkpoint; then its adapter merged, read again and asked.
Kinds: 16 and 4 bits, each also with LoftQ, and DoRA. Prints a table: tokens a second, peak memory
beside the estimate of `train --dry-run`, losses, what merging changed, and how far the model with
its adapter's start is from the whole base (relative error of the logits). The weights mean nothing;
the shapes, the kernels and the files are the real ones. Takes some 60 GB of disk for 14B.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlwright.bases import published
from sqlwright.config import Config, load_config
from sqlwright.curve import Progress, read_metrics
from sqlwright.data.records import Record, write_records
from sqlwright.export import export
from sqlwright.model import find_folder, load_model, load_tokenizer
from sqlwright.plan import plan
from sqlwright.train import train

ROOT = Path(__file__).parents[1]
BASES = {
    "sqlcoder-7b": "sqlcoder-7b",
    "sqlcoder-7b-2": "sqlcoder-7b-2",
    "qwen2.5-coder-1.5b": "Qwen2.5-Coder-1.5B-Instruct",
    "qwen2.5-coder-14b": "Qwen2.5-Coder-14B-Instruct",
}
KINDS = {
    "16": ["model.quantization=none"],
    "4": ["model.quantization=nf4"],
    "16-loftq": ["model.quantization=none", "lora.init=loftq", "lora.alpha=16"],
    "4-loftq": ["model.quantization=nf4", "lora.init=loftq", "lora.alpha=16"],
    "16-dora": ["model.quantization=none", "lora.use_dora=true"],
}


class Stopped(Exception):
    """As if the process had been killed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("/tmp/full"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--base", choices=BASES, action="append")
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--no-merge", action="store_true", help="where the disk holds one model")
    parser.add_argument(
        "--validate", action="store_true", help="and answer, every third of the steps"
    )
    parser.add_argument("overrides", nargs="*")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    records = options.folder / "train.jsonl"
    write_records(made(400), records)
    held_out = options.folder / "validation.jsonl"
    write_records(made(16, " AND column_0 = 7"), held_out)
    checking = [f"data.validation={held_out}", f"train.eval_steps={options.steps // 3}",
                "train.eval_answers=4", "train.early_stopping_patience=9"]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for name in options.base or ("sqlcoder-7b", "sqlcoder-7b-2"):
        base = options.folder / name
        start = time.perf_counter()
        make_base(BASES[name], base)
        print(f"{name}: weights made in {time.perf_counter() - start:.0f} s", flush=True)
        whole = answers(str(base))
        for kind in options.kind or ("16", "4"):
            adapter = options.folder / "adapter"
            settings = [f"model.path={base}", *KINDS[kind], f"data.train={records}",
                        "data.validation=", f"train.output_dir={adapter}",
                        f"train.max_steps={options.steps}", "train.max_seq_length=2048",
                        f"train.save_steps={options.steps // 2}",
                        *(checking if options.validate else ()), *options.overrides]  # fmt: skip
            config = load_config(ROOT / "configs" / f"{name}.yaml", settings)
            row = {"base": name, "kind": kind, **trained(config)}
            if "loftq" in kind or kind == "4":
                row["start_error"] = start_error(config, whole)
            if not options.no_merge:
                row |= merged(adapter, options.folder / "merged")
            shutil.rmtree(adapter)
            rows.append(row)
            print(json.dumps(row), flush=True)
            if options.out:
                options.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
        shutil.rmtree(base)
    report(rows)


def made(count: int, more: str = "") -> list[Record]:
    """Records of some hundred tokens each; with `more`, of other templates."""
    columns = [f"column_{n} INTEGER" for n in range(24)]
    ddl = "".join(
        f"CREATE TABLE table_{t} (id INTEGER PRIMARY KEY, {', '.join(columns)});\n"
        for t in range(3)
    )
    return [
        Record(
            instruction="Make this query faster" if n % 2 else "Сделай запрос быстрее",
            input=f"SELECT * FROM table_{n % 3} WHERE column_{n % 24} + {n} > {n * 7}{more}",
            output=f"SELECT * FROM table_{n % 3} WHERE column_{n % 24} > {n * 6}{more}",
            dialect="sqlite",
            schema=ddl,
        )
        for n in range(count)
    ]


def make_base(name: str, folder: Path) -> None:
    """Random weights of the published shape as 16-bit safetensors, with mini's tokenizer."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    figures = published(name)
    torch.manual_seed(0)
    with torch.device("cuda"):
        weights = AutoModelForCausalLM.from_config(
            AutoConfig.for_model(**figures), dtype=torch.bfloat16
        )
    weights.save_pretrained(folder, max_shard_size="4GB")
    load_tokenizer(find_folder("mini")).save_pretrained(folder)
    del weights
    free()


def answers(folder: str) -> Any:
    """Logits of the whole base in 16 bits."""
    model = load_model(folder)
    found = logits(model.weights)  # type: ignore[attr-defined]
    del model
    free()
    return found


def logits(model: Any) -> Any:
    import torch

    ids = torch.tensor([[20 + (place * 37) % 3900 for place in range(256)]], device=model.device)
    with torch.no_grad():
        return model.eval()(input_ids=ids).logits.float().cpu()


def start_error(config: Config, whole: Any) -> float:
    """How far base and adapter are from the whole base before the first step."""
    from peft import get_peft_model

    from sqlwright.arguments import lora_config
    from sqlwright.bases import load_base
    from sqlwright.loftq import start_from_loftq

    model = get_peft_model(load_base(config)[1], lora_config(config))
    if config.lora.init == "loftq" and config.model.quantization != "none":
        start_from_loftq(model, config)
    found = logits(model)
    del model
    free()
    return float((found - whole).norm() / whole.norm())


def free() -> None:
    import torch

    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()


def trained(config: Config) -> dict[str, Any]:
    """Train, stop, go on; tokens a second are the median of the steps after the first five."""
    import torch

    expected = plan(config)
    free()
    last = (config.train.max_steps or 30) * 2 // 3

    def stop(progress: Progress) -> None:
        if progress.step == last:
            raise Stopped

    with suppress(Stopped):
        train(config, progress=stop)
    peak = torch.cuda.max_memory_allocated()
    free()
    done = train(config, say=lambda text: print(f"  {text}", flush=True))
    free()
    every = read_metrics(Path(done.folder) / "metrics.jsonl")
    lines = [line for line in every if "loss" in line]
    speeds = sorted(line["tokens_per_second"] for line in lines[5:])
    return {
        "precision": done.precision,
        "steps": done.steps,
        "resumed_from": done.resumed_from,
        "first_loss": lines[0]["loss"],
        "last_loss": done.loss,
        "tokens_per_second": round(speeds[len(speeds) // 2]),
        "eval_losses": [line["eval_loss"] for line in every if "eval_loss" in line],
        "peak_gib": round(peak / 2**30, 2),
        "estimate_gib": round((expected.memory.total - expected.memory.overhead) / 2**30, 2),
        "trainable": done.trainable,
    }


def merged(adapter: Path, folder: Path) -> dict[str, Any]:
    """Merge, read again, and let the merged model and the adapter beside its base answer."""
    start = time.perf_counter()
    done = export(adapter, folder, say=lambda text: print(f"  {text}", flush=True))
    seconds = time.perf_counter() - start
    free()
    prompts = [f"SELECT {n} FROM table_{n}" for n in range(4)]
    answers = load_model(str(folder)).complete(prompts, 16)
    free()
    shutil.rmtree(folder)
    return {
        "merge_divergence": done.divergence,
        "merge_same": done.same,
        "merge_seconds": round(seconds),
        "answers": len(answers),
    }


def report(rows: list[dict[str, Any]]) -> None:
    names = ("base", "kind", "steps", "resumed_from", "first_loss", "last_loss",
             "tokens_per_second", "peak_gib", "estimate_gib", "start_error", "merge_divergence",
             "merge_same", "merge_seconds", "answers")  # fmt: skip
    print(" | ".join(names))
    for row in rows:
        cells = (row.get(name, "") for name in names)
        print(" | ".join(f"{c:.4g}" if isinstance(c, float) else str(c) for c in cells))


if __name__ == "__main__":
    main()
