"""Makes a query easier to read without changing what it returns, and checks that it did not."""

from __future__ import annotations

from sqlwright.refactor.page import Refactored, refactor
from sqlwright.refactor.steps import Change

__all__ = ["Change", "Refactored", "refactor"]
