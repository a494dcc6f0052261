"""The base model of a training: its shape before a weight is read, and its weights.

The shape comes from config.json alone, or for the bases of the shipped configs from their published
figures where neither a folder nor the hub is at hand: what cannot be trained is refused before
gigabytes are loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlwright.config import Config
from sqlwright.errors import ConfigError, MissingExtra, ModelError, first_line
from sqlwright.model import find_folder

_NAMED = {
    "attention": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "mlp": ("gate_proj", "up_proj", "down_proj"),
}
_TRACKERS = {"tensorboard": ("tensorboard", "tensorboardX")}
_MULTIPLE = 64  # 4-bit weights are stored in blocks of so many
# published figures: config.json of each, for where neither a folder nor the hub is at hand
_PUBLISHED: dict[str, dict[str, Any]] = {
    "sqlcoder-7b": {
        "model_type": "mistral", "vocab_size": 32000, "hidden_size": 4096,
        "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
        "num_key_value_heads": 8, "max_position_embeddings": 32768, "sliding_window": 4096,
        "rms_norm_eps": 1e-5,
    },
    "sqlcoder-7b-2": {
        "model_type": "llama", "vocab_size": 32016, "hidden_size": 4096,
        "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
        "num_key_value_heads": 32, "max_position_embeddings": 16384, "rope_theta": 1_000_000,
        "rms_norm_eps": 1e-5,
    },
    "Qwen2.5-Coder-1.5B-Instruct": {
        "model_type": "qwen2", "vocab_size": 151936, "hidden_size": 1536,
        "intermediate_size": 8960, "num_hidden_layers": 28, "num_attention_heads": 12,
        "num_key_value_heads": 2, "max_position_embeddings": 32768, "rope_theta": 1_000_000,
        "rms_norm_eps": 1e-6, "tie_word_embeddings": True,
    },
    "Qwen2.5-Coder-14B-Instruct": {
        "model_type": "qwen2", "vocab_size": 152064, "hidden_size": 5120,
        "intermediate_size": 13824, "num_hidden_layers": 48, "num_attention_heads": 40,
        "num_key_value_heads": 8, "max_position_embeddings": 32768, "rope_theta": 1_000_000,
        "rms_norm_eps": 1e-6,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What a base model is made of.

    Attributes:
        linear: for each linear layer its name and (inputs, outputs), lm_head left out.
        parameters: all of them, those shared between input and output once.
        layers: blocks one after the other.
        hidden: width between two blocks.
        words: in the vocabulary.
        context: tokens that it reads at most.
        assumed: the figures are those published, not those of a config.json.
    """

    linear: tuple[tuple[str, int, int], ...]
    parameters: int
    layers: int
    hidden: int
    words: int
    context: int
    assumed: bool = False

    def kinds(self) -> list[str]:
        """The last parts of the layers' names: what `lora.target_modules` may name."""
        return sorted({name.rpartition(".")[2] for name, _, _ in self.linear})


def published(name: str) -> dict[str, Any]:
    """The published figures of a base that a shipped config names, as its config.json has them."""
    return dict(_PUBLISHED[name])


def read_shape(config: Config) -> Shape:
    """The shape of the base that the config names.

    Raises:
        ModelError: there is no config.json, and it is none of the bases whose figures are known.
        ConfigError: settings that this base cannot take.
        MissingExtra: without torch and transformers.
    """
    try:
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM
    except ImportError:
        raise MissingExtra("torch with transformers, which training needs,", "train") from None
    found, assumed = _architecture(config, AutoConfig)
    if getattr(found, "quantization_config", None) and config.model.quantization != "none":
        raise ConfigError(
            f"{config.model.path} is quantized already: set model.quantization to none"
        )
    if getattr(found, "quantization_config", None) and config.lora.init == "loftq":
        raise ConfigError(
            f"{config.model.path} is quantized already, and LoftQ starts from whole weights:"
            " set lora.init to zero, or name the base as it was before"
        )
    with torch.device("meta"):  # no memory is taken
        skeleton = AutoModelForCausalLM.from_config(found)
    linear = tuple(
        (name, module.in_features, module.out_features)
        for name, module in skeleton.named_modules()
        if isinstance(module, torch.nn.Linear) and not name.endswith("lm_head")
    )
    shape = Shape(
        linear,
        sum(p.numel() for p in skeleton.parameters()),
        int(found.num_hidden_layers),
        int(found.hidden_size),
        int(found.vocab_size),
        int(found.max_position_embeddings),
        assumed,
    )
    _check(config, shape)
    return shape


def _architecture(config: Config, auto: Any) -> tuple[Any, bool]:
    """(the base's config, whether it is the published one because none is at hand)."""
    where = config.model.path
    revision = {"revision": config.model.revision} if config.model.revision else {}
    known = None if Path(where).exists() else _PUBLISHED.get(Path(where).name)
    try:
        # the hub is not asked where the answer is known
        return auto.from_pretrained(
            source_of(where), local_files_only=bool(known), **revision
        ), False
    except (OSError, ValueError) as error:
        if known is None:
            raise ModelError(
                f"the base model {where} cannot be read: {first_line(error)}"
            ) from None
    return auto.for_model(**known), True


def source_of(where: str) -> str:
    """What transformers loads that base from: a local folder, or its name on the hub."""
    return str(find_folder(where)) if where == "mini" or Path(where).exists() else where


def _check(config: Config, shape: Shape) -> None:
    targets = targets_of(config)
    kinds = shape.kinds()
    if not isinstance(targets, str) and (unknown := sorted(set(targets) - set(kinds))):
        raise ConfigError(
            f"lora.target_modules: the model has no layer {unknown[0]}; it has {', '.join(kinds)}"
        )
    if config.train.max_seq_length > shape.context:
        raise ConfigError(
            f"train.max_seq_length {config.train.max_seq_length} is more than the"
            f" {shape.context} tokens that {config.model.path} reads"
        )
    odd = [n for n, inputs, outputs in shape.linear if inputs % _MULTIPLE or outputs % _MULTIPLE]
    if config.model.quantization != "none" and odd:
        raise ConfigError(
            f"model.quantization {config.model.quantization} needs layers of a multiple of"
            f" {_MULTIPLE}, and {odd[0]} is not: set it to none"
        )


def targets_of(config: Config) -> str | tuple[str, ...]:
    """The kinds of layers that get an adapter, or "all-linear"."""
    wanted = config.lora.target_modules
    return _NAMED.get(wanted, wanted) if isinstance(wanted, str) else wanted


def adapted(config: Config, shape: Shape) -> list[tuple[str, int, int]]:
    """(kind, inputs, outputs) of each layer that gets an adapter."""
    targets = targets_of(config)
    every = [(name.rpartition(".")[2], inputs, outputs) for name, inputs, outputs in shape.linear]
    return [found for found in every if isinstance(targets, str) or found[0] in targets]


def adapter_parameters(config: Config, shape: Shape) -> int:
    """How many parameters the adapter has: r · (inputs + outputs) a layer."""
    return sum(config.lora.r * (inputs + outputs) for _, inputs, outputs in adapted(config, shape))


def load_base(config: Config) -> tuple[Any, Any]:
    """(tokenizer, weights) of the base model, from safetensors alone."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = config.model.path
    source = source_of(where)
    # a CPU keeps float32 and multiplies in bf16 by autocast; a GPU has no room for both
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    options: dict[str, Any] = {"dtype": dtype, "use_safetensors": True}
    if config.model.quantization == "nf4":
        options["quantization_config"] = _four_bits(dtype)
    revision = {"revision": config.model.revision} if config.model.revision else {}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **revision)
        weights = AutoModelForCausalLM.from_pretrained(source, **options, **revision)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"the base model {where} cannot be loaded: {first_line(error)}") from None
    for module in weights.modules():
        # or else a validation on a CPU packs the weights for good, and what comes back through
        # packed ones is no gradient: 60 % off, with a warning that nobody reads
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return tokenizer, weights


def _four_bits(dtype: Any) -> Any:
    """NF4 with double quantization (QLoRA: Dettmers et al. 2023, section 3)."""
    from transformers import BitsAndBytesConfig

    try:
        import bitsandbytes  # noqa: F401
    except ImportError:
        raise MissingExtra(
            "bitsandbytes, which model.quantization nf4 needs,", "quantize"
        ) from None
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def check_settings(config: Config) -> None:
    """Refuse settings that contradict each other, and what the device or the machine cannot do.

    Raises:
        ConfigError: names the setting, and what to set it to.
    """
    import torch

    precision_of(config)
    ours = config.train
    if ours.early_stopping_patience and not (ours.eval_steps and config.data.validation):
        raise ConfigError(
            "train.early_stopping_patience counts validations: set train.eval_steps and"
            " data.validation too"
        )
    if ours.optim != "adamw_torch" and find_spec("bitsandbytes") is None:
        raise MissingExtra(f"bitsandbytes, which train.optim {ours.optim} needs,", "quantize")
    for name in ours.report_to:
        if not any(find_spec(package) for package in _TRACKERS.get(name, (name,))):
            raise ConfigError(f"train.report_to: {name} is not installed: run pip install {name}")
    if torch.cuda.is_available():
        return
    if config.lora.init == "loftq":
        raise ConfigError("lora.init loftq needs CUDA: set it to zero on a CPU")


def precision_of(config: Config) -> str:
    """What `auto` means on this device, and an error for what the device cannot do."""
    import torch

    wanted = config.train.precision
    if torch.cuda.is_available():
        return "bf16" if wanted == "auto" else wanted
    if wanted == "fp16":
        raise ConfigError("train.precision fp16 does nothing on a CPU: use bf16, fp32 or auto")
    if wanted != "auto":
        return wanted
    # measured: with bf16 instructions a step takes half of its time in fp32, without them longer
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "bf16" if fast else "fp32"
