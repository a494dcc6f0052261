"""Repair of one broken query: small edits of its text, each tried until the query runs.

`repair` is the way in. A query that runs is never changed, and nothing but one read-only query is
repaired.
"""

from sqlwright.repair.changes import Change
from sqlwright.repair.ground import Ground, open_ground
from sqlwright.repair.search import Repair, Repaired, repair

__all__ = ["Change", "Ground", "Repair", "Repaired", "open_ground", "repair"]
