"""What the command line prints for people."""

from __future__ import annotations

from sqlwright.show.advice import (
    hit_as_dict,
    show_advice,
    show_counterexample,
    show_findings,
    show_hits,
    show_on_data,
    show_verdict,
)
from sqlwright.show.repair import show_repair

__all__ = [
    "hit_as_dict",
    "show_advice",
    "show_counterexample",
    "show_findings",
    "show_hits",
    "show_on_data",
    "show_repair",
    "show_verdict",
]
