"""An adapter and its base as one model that any server loads: merged, compared, read again.

The base is read in 16 or 32 bits, also after a training in 4: merging into 4-bit weights would
round the adapter away. What is written answers as the two did apart, or nothing is kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlwright.adapters import why_not_fitting
from sqlwright.data.encode import prompt_ids
from sqlwright.errors import MissingExtra, ModelError, UsageError, first_line
from sqlwright.model import base_folder, beside, family_of, find_folder, hush, load_tokenizer
from sqlwright.prompt import Request, render

_SCHEMA = (
    "customers(id int key, name text, city text?)\norders(id int key, customer_id int, total num)"
)
_WORDS = {
    "optimize": "Make this query faster",
    "refactor": "Сделай запрос понятнее",
    "fix": "Correct this query",
    "check": "Проверь запрос",
}
_QUERIES = (
    "SELECT DISTINCT id FROM customers WHERE id IN (1, 2)",
    "SELECT * FROM orders o WHERE NOT o.total <= 10",
    "SELECT nmae FROM customers GROUP BY city",
    "SELECT 1 WHERE 2 NOT IN (SELECT customer_id FROM orders)",
    "SELECT c.name, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c",
)
_ALLOWED = {"float32": 1e-5, "bfloat16": 0.05, "float16": 0.01}  # nats a token


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export made, as `export.json` in its folder keeps it.

    Attributes:
        divergence: of the merged model, written and read again, from adapter and base apart: the
            mean Kullback-Leibler divergence of the next token in nats, over `tokens` tokens of
            `prompts` prompts.
        difference: the largest one between log-probabilities of the hundred likeliest next tokens.
        same: share of these tokens after which the likeliest one is the same.
    """

    folder: str
    base: str
    adapter: str
    dtype: str
    parameters: int
    prompts: int
    tokens: int
    divergence: float
    difference: float
    same: float


def export(
    adapter: Path,
    out: Path,
    *,
    base: str | None = None,
    dtype: str = "bfloat16",
    prompts: Sequence[str] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Merge the adapter into its base, write safetensors, read them again and compare.

    Args:
        base: another base of the same shape, such as a later revision; its own where None.
        dtype: of what is written: bfloat16, float16 or float32.
        prompts: rendered ones to compare on; twenty of our own where there are none.

    Raises:
        UsageError: the folder holds something already, or the first one holds no adapter.
        ModelError: the adapter does not fit the base, or the merged model answers otherwise.
    """
    _refuse_wrong_folders(adapter, out)
    try:
        hush()
        import peft  # noqa: F401
    except ImportError:
        raise MissingExtra("torch with transformers and peft", "train") from None
    below = find_folder(base) if base else base_folder(adapter)
    if reason := why_not_fitting(adapter, below):
        raise ModelError(f"{adapter} does not fit {below}: {reason}")
    family = family_of(below)
    tokenizer = load_tokenizer(below)
    asked = [prompt_ids(prompt, tokenizer, family) for prompt in prompts or asked_prompts(family)]

    say(f"reading {below}")
    apart = beside(_read(below, dtype), adapter).eval()
    before = [_chances(apart, ids) for ids in asked]
    merged = apart.merge_and_unload(safe_merge=True)
    say(f"writing {out}")
    try:
        merged.save_pretrained(out, safe_serialization=True)
        tokenizer.save_pretrained(out)
    except OSError as error:
        raise ModelError(f"{out} cannot be written: {error.strerror or error}") from error
    parameters = sum(p.numel() for p in merged.parameters())
    del apart, merged  # or else two models would be held at once

    say("comparing")
    again = _read(out, dtype)
    after = [_chances(again, ids) for ids in asked]
    divergence, difference, same = _compared(before, after)
    done = Exported(
        str(out), str(below), str(adapter), dtype, parameters, len(asked), sum(map(len, asked)),
        round(divergence, 8), round(difference, 6), round(same, 4),
    )  # fmt: skip
    if not divergence <= _ALLOWED[dtype]:  # nor where it is no number
        shutil.rmtree(out)
        raise ModelError(
            "the merged model answers otherwise than the adapter beside its base, by"
            f" {divergence:.3g} nats a token; nothing was kept. Try --dtype float32"
        )
    text = json.dumps(asdict(done), ensure_ascii=False, indent=2)
    (out / "export.json").write_text(text + "\n", encoding="utf-8")
    return done


def _read(folder: Path, dtype: str) -> Any:
    """The weights in the folder, on the GPU where there is one."""
    import torch
    from transformers import AutoModelForCausalLM

    try:
        weights = AutoModelForCausalLM.from_pretrained(
            folder, dtype=getattr(torch, dtype), use_safetensors=True
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"{folder} cannot be loaded: {first_line(error)}") from None
    return weights.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _refuse_wrong_folders(adapter: Path, out: Path) -> None:
    if not (adapter / "adapter_config.json").exists():
        raise UsageError(f"{adapter} holds no adapter: it has no adapter_config.json")
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} holds files already: give another folder")


def asked_prompts(family: str) -> list[str]:
    """Twenty prompts to compare two models on: five of each task, some in Russian."""
    return [
        render(Request(task, words, query, _SCHEMA), family)
        for task, words in _WORDS.items()
        for query in _QUERIES
    ]


def _chances(model: Any, ids: Sequence[int]) -> Any:
    """Log-probabilities of the next token after each one: [length, words] in float32."""
    import torch

    with torch.inference_mode():
        found = model(input_ids=torch.tensor([ids], device=model.device), use_cache=False)
    return found.logits[0].float().log_softmax(-1)


def _compared(before: Sequence[Any], after: Sequence[Any]) -> tuple[float, float, float]:
    """(mean divergence, largest difference, share of equal likeliest tokens)."""
    divergence, largest, equal, count = 0.0, 0.0, 0, 0
    for one, other in zip(before, after, strict=True):
        divergence += float((one.exp() * (one - other)).sum())
        likeliest = one.topk(min(100, one.shape[-1])).indices
        gap = one.gather(-1, likeliest) - other.gather(-1, likeliest)
        largest = max(largest, float(gap.abs().max()))
        equal += int((one.argmax(-1) == other.argmax(-1)).sum())
        count += one.shape[0]
    # rounding may leave it a hair below nothing; abs() and not max(), which would hide a NaN
    return abs(divergence) / max(count, 1), largest, equal / max(count, 1)
