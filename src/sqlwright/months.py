"""Arithmetic of months, which days alone do not make."""

from __future__ import annotations

from datetime import date, timedelta


def next_month(first: date) -> date:
    """The first day of the month after that of the date."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)
