"""Numerics: what a training computes is what the papers say, to the last digits of float32."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from numerics import rows


@pytest.mark.slow
def test_every_computation_is_its_reference() -> None:
    pytest.importorskip("bitsandbytes")
    found = list(rows())
    assert len(found) == 27
    allowed = {"the same, and rounding to bf16": 6e-3}
    wrong = [(what, e) for what, reference, e in found if not e < allowed.get(reference, 2e-6)]
    assert wrong == []
