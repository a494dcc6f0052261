"""Our settings under the names of the installed TRL and PEFT: mapped here and nowhere else."""

from __future__ import annotations

from typing import Any

from sqlwright.bases import precision_of, targets_of
from sqlwright.config import Config


def sft_arguments(config: Config, saves: bool) -> Any:
    """The settings of the training under TRL's names.

    Args:
        saves: leave checkpoints in `train.output_dir`.
    """
    import torch
    from trl import SFTConfig

    ours = config.train
    on_cpu = not torch.cuda.is_available()
    precision = precision_of(config)
    return SFTConfig(
        output_dir=ours.output_dir,
        learning_rate=ours.learning_rate,
        weight_decay=ours.weight_decay,
        num_train_epochs=ours.num_train_epochs,
        max_steps=ours.max_steps or -1,
        optim=ours.optim,
        per_device_train_batch_size=ours.per_device_train_batch_size,
        gradient_accumulation_steps=ours.gradient_accumulation_steps,
        bf16=precision == "bf16",
        fp16=precision == "fp16",
        use_cpu=on_cpu,
        dataloader_pin_memory=not on_cpu,
        **_checkpointing(ours.gradient_checkpointing),
        max_grad_norm=ours.max_grad_norm,
        max_length=ours.max_seq_length,
        packing=ours.packing,
        packing_strategy="bfd",
        seed=ours.seed,
        dataloader_num_workers=ours.dataloader_num_workers,
        save_strategy="steps" if saves else "no",
        save_steps=ours.save_steps,
        save_total_limit=2,
        logging_steps=1,
        logging_nan_inf_filter=False,  # or else a lost training looks like a good one
        eval_strategy="no",  # `token_loss` validates
        report_to=list(ours.report_to),
        disable_tqdm=True,
    )


def _checkpointing(wanted: bool) -> dict[str, Any]:
    """Gradient checkpointing under the name that the installed transformers has for it."""
    from trl import SFTConfig

    if "activation_checkpointing" in SFTConfig.__dataclass_fields__:  # from 5.20 or so on
        return {"gradient_checkpointing": None, "activation_checkpointing": wanted}
    return {"gradient_checkpointing": wanted}


def lora_config(config: Config) -> Any:
    """The LoRA settings under PEFT's names."""
    from peft import LoftQConfig, LoraConfig

    targets = targets_of(config)
    # a quantized base gets its LoftQ start once the adapter is there (`start_from_loftq`)
    whole = config.lora.init == "loftq" and config.model.quantization == "none"
    start = {"init_lora_weights": "loftq", "loftq_config": LoftQConfig()} if whole else {}
    return LoraConfig(
        r=config.lora.r,
        lora_alpha=config.lora.alpha,
        lora_dropout=config.lora.dropout,
        use_rslora=config.lora.use_rslora,
        use_dora=config.lora.use_dora,
        target_modules=targets if isinstance(targets, str) else list(targets),
        task_type="CAUSAL_LM",
        **start,
    )
