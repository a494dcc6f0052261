"""A team's own standards: read from YAML or Markdown, checked, and quoted where they are broken."""

from __future__ import annotations

from sqlwright.analyze.house.entry import Checks, Standard
from sqlwright.analyze.house.tree import check_tree
from sqlwright.analyze.house.words import Around, check_layout, check_words

__all__ = ["Around", "Checks", "Standard", "check_layout", "check_tree", "check_words"]
