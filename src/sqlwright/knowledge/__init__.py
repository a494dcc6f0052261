"""What is known about one database: learn it from schema, documents and past queries; search it."""

from __future__ import annotations

from sqlwright.knowledge.index import Learned, learn
from sqlwright.knowledge.passages import KINDS, Hit, Kind, Passage
from sqlwright.knowledge.search import Index, open_index

__all__ = ["KINDS", "Hit", "Index", "Kind", "Learned", "Passage", "learn", "open_index"]
