"""Checks texts that hold SQL: files of statements, templates, DML and DDL; nothing is ever run."""

from __future__ import annotations

from sqlwright.check.ignores import Ignored
from sqlwright.check.text import Checked, Settings, check_text

__all__ = ["Checked", "Ignored", "Settings", "check_text"]
