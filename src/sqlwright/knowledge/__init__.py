"""What is known about one database: learn it from schema, documents and past queries; search it."""

from __future__ import annotations

from sqlwright.knowledge.index import Index, Learned, learn, open_index
from sqlwright.knowledge.passages import KINDS, Hit, Kind, Passage

__all__ = ["KINDS", "Hit", "Index", "Kind", "Learned", "Passage", "learn", "open_index"]
