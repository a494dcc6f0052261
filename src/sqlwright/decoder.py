"""The decoder that is trained from scratch: a Llama of transformers' layout, and its optimizer.

Names of weights are those of transformers' LlamaForCausalLM, so that what is saved loads there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a decoder; those of mini by default: 19.9 million parameters."""

    vocab: int = 6144
    hidden: int = 448
    layers: int = 8
    heads: int = 8
    kv_heads: int = 4
    head_size: int = 64
    inner: int = 1088
    context: int = 2048
    rope_base: float = 10000.0

    def config(self) -> dict[str, Any]:
        """What transformers reads from config.json."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "sqlwright_family": "mini",
            "vocab_size": self.vocab,
            "hidden_size": self.hidden,
            "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.head_size,
            "intermediate_size": self.inner,
            "max_position_embeddings": self.context,
            "rope_theta": self.rope_base,
            "rope_parameters": {"rope_type": "default", "rope_theta": self.rope_base},
            "rms_norm_eps": 1e-6,
            "hidden_act": "silu",
            "tie_word_embeddings": True,
            "attention_bias": False,
            "mlp_bias": False,
            "pad_token_id": 0,
            "bos_token_id": None,
            "eos_token_id": 1,
            "dtype": "bfloat16",
        }


class Norm(nn.Module):
    """RMSNorm (Zhang and Sennrich 2019), in float32."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        y = x.float()
        y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6)
        return (y * self.weight.float()).to(x.dtype)


class Attention(nn.Module):
    """Grouped-query attention with rotary positions; `mask` is flex attention's block mask."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        wide, narrow = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
        self.q_proj = nn.Linear(shape.hidden, wide, bias=False)
        self.k_proj = nn.Linear(shape.hidden, narrow, bias=False)
        self.v_proj = nn.Linear(shape.hidden, narrow, bias=False)
        self.o_proj = nn.Linear(wide, shape.hidden, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Any) -> Tensor:
        batch, length, _ = x.shape
        size = self.shape.head_size

        def heads(y: Tensor) -> Tensor:  # [batch, heads, length, size]
            return y.view(batch, length, -1, size).transpose(1, 2)

        q, k = rotate(heads(self.q_proj(x)), cos, sin), rotate(heads(self.k_proj(x)), cos, sin)
        v = heads(self.v_proj(x))
        if mask is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        else:
            from torch.nn.attention.flex_attention import flex_attention

            y = flex_attention(q, k, v, block_mask=mask, enable_gqa=True)  # type: ignore[assignment]
        return self.o_proj(y.transpose(1, 2).reshape(batch, length, -1))  # type: ignore[no-any-return]


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions as transformers' Llama has them: halves, not pairs (Su et al. 2021)."""
    first, second = x.chunk(2, dim=-1)
    turned = torch.cat((-second, first), dim=-1)
    return (x * cos + turned * sin).to(x.dtype)


class Gate(nn.Module):
    """The SwiGLU feed-forward (Shazeer 2020)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden, shape.inner, bias=False)
        self.up_proj = nn.Linear(shape.hidden, shape.inner, bias=False)
        self.down_proj = nn.Linear(shape.inner, shape.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))  # type: ignore[no-any-return]


class Layer(nn.Module):
    """Attention and feed-forward, each behind its norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = Norm(shape.hidden)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = Norm(shape.hidden)
        self.mlp = Gate(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Any) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        return x + self.mlp(self.post_attention_layernorm(x))  # type: ignore[no-any-return]


class Body(nn.Module):
    """Embedding, layers, last norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden)


class Decoder(nn.Module):
    """The language model; the output layer is the embedding's transpose."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Body(shape)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                deep = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(weight, std=0.02 / ((2 * shape.layers) ** 0.5 if deep else 1))

    def forward(self, tokens: Tensor, mask: Any = None) -> Tensor:
        """Logits [batch, length, vocab]."""
        cos, sin = positions(tokens.shape[1], self.shape, tokens.device)
        x = self.model.embed_tokens(tokens)
        for layer in self.model.layers:
            x = layer(x, cos, sin, mask)
        return F.linear(self.model.norm(x), self.model.embed_tokens.weight)


def positions(length: int, shape: Shape, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each [length, head size]."""
    steps = torch.arange(0, shape.head_size, 2, device=device).float() / shape.head_size
    angles = torch.outer(torch.arange(length, device=device).float(), shape.rope_base**-steps)
    both = torch.cat((angles, angles), dim=-1)
    return both.cos(), both.sin()


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalized (Jordan 2024), for the matrices inside the layers.

    Matrices of one shape are stacked and orthogonalized together: one by one their many small
    products would cost more than the rest of the step.
    """

    def __init__(
        self, matrices: list[nn.Parameter], rate: float = 0.02, momentum: float = 0.95
    ) -> None:
        super().__init__(matrices, {"lr": rate, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[nn.Parameter]] = {}
            for matrix in group["params"]:
                by_shape.setdefault(matrix.shape, []).append(matrix)
            for size, matrices in by_shape.items():
                self._step_stack(size, matrices, group["lr"], group["momentum"])

    def _step_stack(
        self, size: torch.Size, matrices: list[nn.Parameter], rate: float, momentum: float
    ) -> None:
        gradients = torch.stack([m.grad for m in matrices if m.grad is not None])
        state = self.state[matrices[0]]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(gradients)
        moving = state["momentum"]
        moving.lerp_(gradients, 1 - momentum)
        update = orthogonal(gradients.lerp(moving, momentum))
        scale = rate * max(1.0, size[0] / size[1]) ** 0.5
        for matrix, change in zip(matrices, update, strict=True):
            matrix.mul_(1 - 0.05 * rate).add_(change.to(matrix.dtype), alpha=-scale)


def orthogonal(stack: Tensor) -> Tensor:
    """Each matrix with singular values near 1, by five Newton-Schulz steps in bfloat16."""
    x = stack.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        a = x @ x.mT
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.mT if tall else x
