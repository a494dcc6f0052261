"""What speaks against a repair that runs: nobody would have written it so."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze.scope import sources
from sqlwright.repair.ground import Ground
from sqlwright.repair.lexicon import keywords_near
from sqlwright.repair.pieces import Piece, closing, pieces_of
from sqlwright.schema import Schema


def strangeness(text: str, ground: Ground) -> float:
    """A cost for aliases that look like keywords, needless parentheses, misplaced conditions."""
    found = sql.parsed(text, ground.dialect)
    if isinstance(found, sql.Stop) or len(found) != 1:
        return 0.0
    tree = found[0]
    cost = 0.7 * _slips(tree)
    cost += 1.5 * sum(not select.expressions for select in tree.find_all(exp.Select))
    cost += 0.35 * _doubled(pieces_of(text, ground.dialect))
    cost += 0.6 * sum(_says_nothing(node) for node in tree.walk())
    cost += 0.3 * sum(_foreign_parts(s, ground.schema) for s in tree.find_all(exp.Select))
    return cost


def _says_nothing(node: exp.Expr) -> bool:
    """A column compared with itself, or a text where a condition stands."""
    if isinstance(node, exp.EQ):
        return isinstance(node.this, exp.Column) and node.this == node.expression
    if isinstance(node, exp.Literal) and node.is_string:
        return isinstance(node.parent, exp.Connector | exp.Where | exp.Having)
    return False


def _doubled(pieces: Sequence[Piece]) -> int:
    """Parentheses right inside parentheses: ((x))."""
    opened = [
        n for n, one in enumerate(pieces[:-1]) if one.is_mark("(") and pieces[n + 1].is_mark("(")
    ]
    return sum(1 for n in opened if closing(pieces, n) == closing(pieces, n + 1) + 1)


def _slips(tree: exp.Expr) -> int:
    """Aliases that nobody uses and that are a keyword by a slip."""
    names = {node.alias for node in tree.find_all(exp.Alias, exp.Table, exp.Subquery)}
    used = {column.name for column in tree.find_all(exp.Column)}
    near = (keywords_near(name) for name in names - used if len(name) > 2)
    return sum(1 for found in near if found and found[0][0] <= 1.0)


def _foreign_parts(select: exp.Select, schema: Schema | None) -> int:
    """Conditions of a subquery that speak of the outer query's tables alone."""
    where = select.args.get("where")
    if where is None or select.parent is None or schema is None:
        return 0
    own = sources(select, schema)
    if any(source.columns is None for source in own):
        return 0
    names = {source.name for source in own}

    def is_own(column: exp.Column) -> bool:
        if column.table:
            return column.table.lower() in names
        return any(source.has(column.name) for source in own)

    count = 0
    for part in _parts(where.this):
        columns = [c for c in part.find_all(exp.Column) if c.find_ancestor(exp.Select) is select]
        count += bool(columns) and not any(map(is_own, columns))
    return count


def _parts(condition: exp.Expr) -> list[exp.Expr]:
    if isinstance(condition, exp.And | exp.Or):
        return [*_parts(condition.left), *_parts(condition.right)]
    return [condition]
