"""A merged model as one GGUF file, for llama.cpp and Ollama, written by llama.cpp's own converter.

The converter follows each new model within days, and a copy of it here would not. Where
llama-cpp-python is installed, the file is asked what the merged model is asked.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlwright.data.encode import prompt_ids
from sqlwright.errors import ModelError, UsageError
from sqlwright.model import LocalModel, family_of, load_model
from sqlwright.prompt import stop

TYPES = ("f32", "f16", "bf16", "q8_0")
_TOKENS = 32  # of an answer that are compared


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written.

    Attributes:
        compared: prompts that both were asked, 0 where llama-cpp-python is not installed.
        same_tokens: of these, prompts that both turn into the same tokens.
        same_answers: and answer with the same tokens, greedily.
    """

    file: str
    modelfile: str
    compared: int
    same_tokens: int
    same_answers: int


def convert(
    merged: Path,
    converter: Path,
    *,
    outtype: str,
    prompts: Sequence[str],
    say: Callable[[str], None] = lambda _: None,
) -> Converted:
    """Write the GGUF file and a Modelfile beside the merged model.

    Args:
        merged: a folder that `export` wrote.
        converter: llama.cpp's convert_hf_to_gguf.py, in its checkout.
        outtype: f32, f16, bf16 or q8_0.
        prompts: rendered ones to compare on.

    Raises:
        UsageError: there is no converter, or no such type.
        ModelError: the converter failed, or the file answers otherwise.
    """
    refuse_wrong(converter, outtype)
    say(f"converting to {outtype}")
    file = merged / f"model-{outtype}.gguf"
    command = [sys.executable, str(converter), str(merged), "--outfile", str(file)]
    done = subprocess.run(
        [*command, "--outtype", outtype], capture_output=True, text=True, check=False
    )
    if done.returncode or not file.exists():
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1].strip() if lines else f"exit code {done.returncode}"
        raise ModelError(f"{converter.name} could not convert {merged}: {reason}")
    family = family_of(merged)
    modelfile = merged / "Modelfile"
    modelfile.write_text(ollama_file(file.name, family), encoding="utf-8")
    compared = (0, 0, 0)
    if find_spec("llama_cpp"):
        say("comparing")
        compared = _compared(merged, file, family, prompts)
        if compared[1] < compared[0]:
            file.unlink()
            raise ModelError(
                f"{file} turns {compared[0] - compared[1]} of {compared[0]} prompts into other"
                " tokens than the model was trained with; it was not kept"
            )
    return Converted(str(file), str(modelfile), *compared)


def refuse_wrong(converter: Path | None, outtype: str) -> None:
    """What `convert` refuses before it begins: a caller that merges first asks this before that.

    Raises:
        UsageError: the converter is no file, or there is no such type.
    """
    if outtype not in TYPES:
        raise UsageError(f"unknown GGUF type {outtype}: it is one of {', '.join(TYPES)}")
    if converter is not None and not converter.is_file():
        raise UsageError(
            f"{converter} is no file: give convert_hf_to_gguf.py of a checkout of llama.cpp"
        )


def ollama_file(file: str, family: str) -> str:
    """What `ollama create` reads: our prompts as they are, greedy answers, where they end."""
    lines = [f"FROM ./{file}", "PARAMETER temperature 0"]
    if family != "chat":  # a chat model's template is in the GGUF file
        lines.append('TEMPLATE """{{ .Prompt }}"""')
    lines += [f'PARAMETER stop "{text.strip()}"' for text in stop(family)]
    return "\n".join(lines) + "\n"


def _compared(
    merged: Path, file: Path, family: str, prompts: Sequence[str]
) -> tuple[int, int, int]:
    """(prompts, those with the same tokens, those with the same greedy answer)."""
    import llama_cpp
    import torch

    model = load_model(str(merged))
    assert isinstance(model, LocalModel)
    there: Any = llama_cpp.Llama(str(file), n_ctx=min(4096, model.context_tokens), verbose=False)
    tokens = answers = 0
    for prompt in prompts:
        ids = prompt_ids(prompt, model.tokenizer, family)
        text = model.tokenizer.decode(ids)
        tokens += there.tokenize(text.encode(), add_bos=False, special=True) == ids
        with torch.inference_mode():
            whole = model.weights.generate(
                torch.tensor([ids], device=model.weights.device),
                max_new_tokens=_TOKENS, do_sample=False, eos_token_id=[],
            )  # fmt: skip
        ours = whole[0, len(ids) :].tolist()
        theirs = []
        for token in there.generate(ids, temp=0.0, reset=True):
            theirs.append(token)
            if len(theirs) == _TOKENS:
                break
        answers += ours == theirs
    return len(prompts), tokens, answers
