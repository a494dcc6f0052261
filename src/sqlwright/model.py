"""The only door to weights when a model answers: a local folder, or an OpenAI-compatible server.

It completes prompts and nothing else: what a prompt says, and where an answer ends in it, is
`prompt.py`'s business. Weights are read from safetensors alone; no code that comes with them runs.
"""

from __future__ import annotations

import json
import logging
import os
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlwright.adapters import why_not_fitting
from sqlwright.errors import MissingExtra, ModelError, first_line
from sqlwright.restricted import Names, restriction

MINI_FOLDERS = (
    Path(__file__).parent / "mini",
    Path(__file__).parents[2] / "models" / "mini",
)


class Model(Protocol):
    """What `load_model` returns, whichever way the weights are reached."""

    family: str
    context_tokens: int

    def complete(
        self,
        prompts: Sequence[str],
        max_new_tokens: int = 400,
        samples: int = 1,
        stop: tuple[str, ...] = (),
        names: Sequence[Names | None] | None = None,
    ) -> list[list[str]]:
        """For each prompt its completions: the greedy one first, then `samples` - 1 drawn ones.

        With `names`, one for each prompt, its answers name nothing else, where the weights are held
        here.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """The length of the text in this model's tokens."""
        ...


def load_model(where: str, device: str | None = None) -> Model:
    """The model in that folder (a base model or a LoRA adapter), named `mini`, or behind that URL.

    Args:
        where: a folder, "mini" for the shipped model, or http(s)://host:port of a server, with
            #name for one of several models there.
        device: "cpu", "cuda" …; the GPU where there is one if None. Ignored for a server.

    Raises:
        ModelError: if there are no weights there, they are no safetensors, or the server is silent.
    """
    if where.startswith(("http://", "https://")):
        return ServedModel(where)
    return LocalModel(find_folder(where), device)


def find_folder(where: str) -> Path:
    """The folder of that model; the name `mini` stands for the shipped one.

    Raises:
        ModelError: if it holds neither config.json nor adapter_config.json.
    """
    tried = MINI_FOLDERS if where == "mini" else (Path(where),)
    for folder in tried:
        if (folder / "config.json").exists() or (folder / "adapter_config.json").exists():
            return folder
    raise ModelError(
        f"{where} is no model: {tried[-1]} has neither config.json nor adapter_config.json"
    )


def base_folder(folder: Path) -> Path:
    """The folder of the base model: the one named in adapter_config.json, or `folder` itself.

    A base that stands beside its adapter, as after LoftQ, goes before the one that is named.
    """
    adapter = folder / "adapter_config.json"
    if not adapter.exists():
        return folder
    if (folder / "base" / "config.json").exists():
        return folder / "base"
    name = str(json.loads(adapter.read_text(encoding="utf-8")).get("base_model_name_or_path"))
    # An adapter trained on mini elsewhere names that machine's folder: the shipped one is the same.
    moved = not Path(name).exists() and Path(name).name == "mini"
    return find_folder("mini" if moved else name)


def family_of(folder: Path) -> str:
    """The prompt family that the weights were trained with, read from their config."""
    config = json.loads((base_folder(folder) / "config.json").read_text(encoding="utf-8"))
    if family := config.get("sqlwright_family"):
        return str(family)
    if config.get("model_type") == "mistral" and config.get("vocab_size") == 32000:
        return "sqlcoder-7b"
    if config.get("model_type") == "llama" and config.get("vocab_size") == 32016:
        return "sqlcoder-7b-2"
    return "chat"


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of the model in the folder, without its weights.

    Raises:
        MissingExtra: if transformers is not installed.
        ModelError: if the folder holds none.
    """
    try:
        from transformers import AutoTokenizer
    except ImportError:
        raise MissingExtra("torch with transformers", "model") from None
    try:
        return AutoTokenizer.from_pretrained(base_folder(folder))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder} has no tokenizer: {first_line(error)}") from None


def wrapped(prompt: str, tokenizer: Any, family: str) -> str:
    """The prompt in the tokenizer's chat template, where the family has one.

    What reads as a special token in it is none afterwards, whatever this tokenizer's are: `render`
    escapes those of mini, and only the best known of others.
    """
    if family == "mini":
        return prompt
    for token in map(str, tokenizer.added_tokens_decoder.values()):
        if len(token) > 1:
            prompt = prompt.replace(token, f"{token[0]}\\{token[1:]}")
    if family != "chat" or not tokenizer.chat_template:
        return prompt
    messages = [{"role": "user", "content": prompt}]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def adds_special(family: str) -> bool:
    """Do prompts of the family begin with <s>? SQLCoder's do."""
    return family.startswith("sqlcoder")


class LocalModel:
    """Weights held in memory here."""

    def __init__(self, folder: Path, device: str | None = None) -> None:
        # Spinning threads cost five times the speed on a busy machine; read when torch is imported.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        try:
            import torch
            from safetensors import SafetensorError
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError:
            raise MissingExtra("torch with transformers", "train") from None
        hush()
        base = base_folder(folder)
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        # A CPU multiplies float32 faster than bfloat16 at these sizes, and greedily the same.
        dtype = torch.float32 if device == "cpu" else torch.bfloat16
        if folder != base and (reason := why_not_fitting(folder, base)):
            raise ModelError(f"{folder} does not fit {base}: {reason}")
        try:
            tokenizer = AutoTokenizer.from_pretrained(base)
            weights = AutoModelForCausalLM.from_pretrained(base, dtype=dtype, use_safetensors=True)
            if folder != base:
                weights = beside(weights, folder).merge_and_unload()  # costs nothing a token
        except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
            raise ModelError(f"{folder} cannot be loaded: {first_line(error)}") from None
        self._hold(weights.to(device).eval(), tokenizer, family_of(folder))

    @classmethod
    def around(cls, weights: Any, tokenizer: Any, family: str) -> LocalModel:
        """A model of weights that are held already; the tokenizer will pad on the left."""
        model = cls.__new__(cls)
        model._hold(weights, tokenizer, family)
        return model

    def _hold(self, weights: Any, tokenizer: Any, family: str) -> None:
        self.weights, self.tokenizer, self.family = weights, tokenizer, family
        self.device = str(weights.device)
        self.tokenizer.padding_side = "left"
        if self.tokenizer.pad_token_id is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.context_tokens = int(weights.config.max_position_embeddings)

    def complete(
        self,
        prompts: Sequence[str],
        max_new_tokens: int = 400,
        samples: int = 1,
        stop: tuple[str, ...] = (),
        names: Sequence[Names | None] | None = None,
    ) -> list[list[str]]:
        """For each prompt its completions: the greedy one first, then `samples` - 1 drawn ones.

        Prompts of like length go through together; the draws are the same each time. With `names`,
        one for each prompt, its answers name nothing else (`restricted`).

        Raises:
            ModelError: if a prompt leaves no room for an answer.
        """
        answers: list[list[str]] = [[] for _ in prompts]
        texts = [wrapped(prompt, self.tokenizer, self.family) for prompt in prompts]
        lengths = [self.count_tokens(text) for text in texts]
        for group in _by_length(lengths, at_most=16 if self.device == "cpu" else 128):
            room = self.context_tokens - lengths[group[-1]]
            if room < 1:
                raise ModelError(
                    f"a prompt has {lengths[group[-1]]} tokens, and this model reads "
                    f"{self.context_tokens}: give fewer tables or passages"
                )
            batch = [texts[index] for index in group]
            only = [names[index] for index in group] if names else None
            for found in self._generate(batch, min(room, max_new_tokens), samples, stop, only):
                for index, text in zip(group, found, strict=True):
                    answers[index].append(text)
        return answers

    def count_tokens(self, text: str) -> int:
        """The length of the text in this model's tokens."""
        special = adds_special(self.family)
        return len(self.tokenizer(text, add_special_tokens=special)["input_ids"])

    def _generate(
        self,
        texts: list[str],
        max_new_tokens: int,
        samples: int,
        stop: tuple[str, ...],
        names: Sequence[Names | None] | None,
    ) -> Iterator[list[str]]:
        """One list of completions a round: the greedy round, then the drawn ones."""
        import torch

        batch = self.tokenizer(
            texts, return_tensors="pt", padding=True, add_special_tokens=adds_special(self.family)
        ).to(self.device)
        batch.pop("token_type_ids", None)
        options: dict[str, Any] = {
            "max_new_tokens": max_new_tokens,
            "pad_token_id": self.tokenizer.pad_token_id,
            "use_cache": True,  # a training has it off
        }
        if stop and self.family != "mini":  # mini's stop is its end token
            options |= {"stop_strings": list(stop), "tokenizer": self.tokenizer}
        if names is not None:
            length = batch["input_ids"].shape[1]
            options["logits_processor"] = [restriction(names, self.tokenizer, length)]
        for number in range(samples):
            drawn = {"do_sample": True, "temperature": 0.7, "top_p": 0.95}
            with torch.inference_mode(), torch.random.fork_rng():
                torch.manual_seed(number)
                tokens = self.weights.generate(
                    **batch, **options, **(drawn if number else {"do_sample": False})
                )
            yield self.tokenizer.batch_decode(
                tokens[:, batch["input_ids"].shape[1] :], skip_special_tokens=True
            )


class ServedModel:
    """Weights behind an OpenAI-compatible HTTP server such as vLLM, llama.cpp's or Ollama's.

    Of several models that it serves, such as a base and its adapters, `#name` after the URL names
    one; the first otherwise. Whose prompts it reads is told by its name, its base's, or its path's.
    """

    def __init__(self, url: str, seconds: float = 120.0) -> None:
        url, _, wanted = url.partition("#")
        self.url = url.rstrip("/").removesuffix("/v1")
        self.seconds = seconds
        listed = [entry for entry in self._ask("models").get("data") or [] if entry.get("id")]
        if not listed:
            raise ModelError(f"the model server at {self.url} serves no model")
        named = {str(entry["id"]): entry for entry in listed}
        if wanted and wanted not in named:
            raise ModelError(
                f"the model server at {self.url} serves no {wanted}; it has {', '.join(named)}"
            )
        self.name = wanted or str(listed[0]["id"])
        chosen = named[self.name]
        base = named.get(str(chosen.get("parent")), {})
        length = chosen.get("max_model_len") or base.get("max_model_len") or 4096
        self.context_tokens = int(length)
        told = f"{self.name} {chosen.get('parent')} {chosen.get('root')} {base.get('root')}".lower()
        known = ("sqlcoder-7b-2", "sqlcoder-7b", "mini")
        self.family = next((family for family in known if family in told), "chat")

    def complete(
        self,
        prompts: Sequence[str],
        max_new_tokens: int = 400,
        samples: int = 1,
        stop: tuple[str, ...] = (),
        names: Sequence[Names | None] | None = None,
    ) -> list[list[str]]:
        """For each prompt its completions: the greedy one first, then `samples` - 1 drawn ones.

        `names` has no effect: a server is not told what its next token may be.
        """
        return [
            [self._one(prompt, max_new_tokens, number, stop) for number in range(samples)]
            for prompt in prompts
        ]

    def count_tokens(self, text: str) -> int:
        """An upper guess: servers agree on no way to ask, and SQL has over 3 letters a token."""
        return len(text.encode()) // 3 + 1

    def _one(self, prompt: str, max_new_tokens: int, seed: int, stop: tuple[str, ...]) -> str:
        body: dict[str, Any] = {
            "model": self.name,
            "max_tokens": max_new_tokens,
            "temperature": 0.7 if seed else 0.0,
            "seed": seed,
        }
        if stop:
            body["stop"] = list(stop)
        if self.family == "chat":
            body["messages"] = [{"role": "user", "content": prompt}]
            choice = self._choice(self._ask("chat/completions", body))
            return str((choice.get("message") or {}).get("content") or "")
        body["prompt"] = prompt
        return str(self._choice(self._ask("completions", body)).get("text") or "")

    def _choice(self, reply: dict[str, Any]) -> dict[str, Any]:
        choices = reply.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise ModelError(
                f"the model server at {self.url} sent no choices: is it OpenAI-compatible?"
            )
        return choices[0]

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get("OPENAI_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/v1/{path}", data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as reply:
                found = json.load(reply)
        except (OSError, urllib.error.HTTPError, json.JSONDecodeError) as error:
            raise ModelError(
                f"the model server at {self.url} does not answer: {first_line(error)}"
            ) from None
        if not isinstance(found, dict):
            raise ModelError(f"the model server at {self.url} sent no JSON object for {path}")
        return found


def hush() -> None:
    """Keep packages from telling a user what only their developers can mend."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    # PEFT imports bitsandbytes where it is installed, which misses a faster kernel on every CPU
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def beside(weights: Any, adapter: Path) -> Any:
    """The weights with the adapter of that folder beside them, as PEFT holds both."""
    from peft import PeftModel

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # by PEFT
        return PeftModel.from_pretrained(weights, str(adapter))


def _by_length(lengths: Sequence[int], at_most: int) -> Iterator[list[int]]:
    """Groups of indices, shortest first: little padding in each."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for start in range(0, len(order), at_most):
        yield order[start : start + at_most]
