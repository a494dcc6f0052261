"""What a bound query says of the columns it reads: instances, predicates, joins, constants.

It only has to be good at finding values worth trying: what it does not understand is passed over,
and the verdict never rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.optimizer.simplify import simplify

from sqlwright.schema import Schema
from sqlwright.verify import values
from sqlwright.verify.reading import Assembly, Clause, Clauses, Link, Place, Reading, Test
from sqlwright.verify.values import Value


def read_predicates(query: exp.Query, schema: Schema) -> Reading:
    """What the bound query says of its columns."""
    reading = Reading()
    scopes = traverse_scope(query)
    reader = _Reader(schema, scopes)
    for scope in scopes:
        instances, clauses = reader.assemble(scope)
        if instances:
            reading.assemblies.append(Assembly(tuple(instances), tuple(clauses)))
    for clause in reader.all_clauses():
        if isinstance(clause, Link):
            reading.links.append(clause)
        else:
            key = (clause.place.table, clause.place.column)
            reading.constants.setdefault(key, []).extend(clause.constants())
    for literal in query.find_all(exp.Literal):
        reading.loose.append(literal.name if literal.is_string else _number(literal.name))
    return reading


def _number(text: str) -> Value:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None


class _Reader:
    """Holds the scopes of one query while they are read."""

    def __init__(self, schema: Schema, scopes: list[Scope]) -> None:
        self.schema = schema
        self.numbers = {id(scope.expression): number for number, scope in enumerate(scopes)}
        self.own: dict[int, list[Clauses]] = {}
        for scope in scopes:
            self.own[self.number(scope)] = list(self._own_clauses(scope))

    def number(self, scope: Scope) -> int:
        return self.numbers[id(scope.expression)]

    def all_clauses(self) -> Iterator[Clause]:
        for clauses in self.own.values():
            for alternatives in clauses:
                for conjunction in alternatives:
                    yield from conjunction

    def assemble(self, scope: Scope) -> tuple[list[tuple[int, str, str]], list[Clauses]]:
        """The scope's tables, those of its derived tables, and those of the scopes around it."""
        instances: dict[tuple[int, str, str], None] = {}
        clauses: list[Clauses] = []
        seen: set[int] = set()

        def take(part: Scope) -> None:
            if self.number(part) in seen:
                return
            seen.add(self.number(part))
            clauses.extend(self.own[self.number(part)])
            for alias, source in part.sources.items():
                if isinstance(source, exp.Table) and self.schema.table(source.name):
                    instances[(self.number(part), alias, source.name.lower())] = None
                elif isinstance(source, Scope) and id(source.expression) in self.numbers:
                    take(source)

        around: Scope | None = scope
        while around is not None and id(around.expression) in self.numbers:
            take(around)
            around = around.parent if around.is_subquery or around.is_derived_table else None
        return list(instances), clauses

    def _own_clauses(self, scope: Scope) -> Iterator[Clauses]:
        tree = scope.expression
        if not isinstance(tree, exp.Select):
            return
        conditions = [join.args.get("on") for join in tree.args.get("joins") or ()]
        where, having = tree.args.get("where"), tree.args.get("having")
        conditions += [clause.this for clause in (where, having) if clause is not None]
        for condition in conditions:
            if condition is not None:
                for part in _conjuncts(condition):
                    if found := self._alternatives(part, scope):
                        yield found
        yield from self._membership(scope)

    def _membership(self, scope: Scope) -> Iterator[Clauses]:
        """x IN (SELECT y ...) and x = (SELECT min(y) ...) want x and y to meet."""
        tree = scope.expression
        holder = tree.parent.parent if isinstance(tree.parent, exp.Subquery) else tree.parent
        if scope.parent is None or not scope.is_subquery or not isinstance(tree, exp.Select):
            return
        outer = None
        if isinstance(holder, exp.In):
            outer = holder.this
        elif isinstance(holder, exp.Predicate) and isinstance(holder, exp.Binary):
            outer = holder.left if isinstance(holder.right, exp.Subquery) else holder.right
        inner = tree.selects[0].unalias() if tree.selects else None
        inner = inner.this if isinstance(inner, exp.AggFunc) else inner
        if isinstance(outer, exp.Column) and isinstance(inner, exp.Column):
            left, right = self.resolve(outer, scope.parent), self.resolve(inner, scope)
            if left and right:
                yield ((Link(left, "=", right),),)

    def _alternatives(self, node: exp.Expr, scope: Scope) -> Clauses:
        """The node as a disjunction of conjunctions, as far as it is understood."""
        node = node.unnest()
        if isinstance(node, exp.Or):
            return (
                *self._alternatives(node.left, scope),
                *self._alternatives(node.right, scope),
            )
        if isinstance(node, exp.And):
            parts = [self._alternatives(part, scope) for part in _conjuncts(node)]
            # one choice of each part: enough to find values
            return (tuple(clause for part in parts if part for clause in part[0]),)
        found = tuple(self._clauses(node, scope))
        return (found,) if found else ()

    def _clauses(self, node: exp.Expr, scope: Scope, negated: bool = False) -> Iterator[Clause]:
        if isinstance(node, exp.Not):
            yield from self._clauses(node.this.unnest(), scope, not negated)
        elif isinstance(node, exp.Between):
            for operator, bound in ((">=", node.args["low"]), ("<=", node.args["high"])):
                yield from self._comparison(operator, node.this, bound, scope, False)
        elif isinstance(node, exp.In) and node.expressions:
            found = [constant_of(item) for item in node.expressions]
            if (inverted := self._invert(node.this, found, scope)) is not None:
                yield Test(inverted[0], "in", tuple(inverted[1]), negated)
        elif isinstance(node, exp.Is):
            yield from self._is(node, scope, negated)
        elif isinstance(node, exp.Like | exp.ILike):
            pattern = constant_of(node.expression)
            place = self.resolve(node.this, scope) if isinstance(node.this, exp.Column) else None
            if place and isinstance(pattern, str):
                operator = "ilike" if isinstance(node, exp.ILike) else "like"
                yield Test(place, operator, pattern, negated)
        elif isinstance(node, exp.Column):
            if place := self.resolve(node, scope):
                yield Test(place, "=", True, negated)
        elif isinstance(node, exp.Binary) and type(node) in _OPERATORS:
            operator = _OPERATORS[type(node)]
            yield from self._comparison(operator, node.left, node.right, scope, negated)

    def _is(self, node: exp.Is, scope: Scope, negated: bool) -> Iterator[Clause]:
        if not isinstance(node.this, exp.Column) or not (place := self.resolve(node.this, scope)):
            return
        if isinstance(node.expression, exp.Null):
            yield Test(place, "null", None, negated)
        elif isinstance(node.expression, exp.Boolean):
            yield Test(place, "=", bool(node.expression.this), negated)

    def _comparison(
        self, operator: str, left: exp.Expr, right: exp.Expr, scope: Scope, negated: bool
    ) -> Iterator[Clause]:
        left, right = left.unnest(), right.unnest()
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            first, second = self.resolve(left, scope), self.resolve(right, scope)
            if first and second and not negated:
                yield Link(first, operator, second)
            return
        for side, other, sign in ((left, right, operator), (right, left, _MIRROR[operator])):
            constant = constant_of(other)
            if constant is not None:
                if (inverted := self._invert(side, [constant], scope)) is not None:
                    place, found = inverted
                    for value in found[:1]:
                        yield Test(place, sign, value, negated)
                    if len(found) > 1:
                        yield Test(place, "in", tuple(found))
                return

    def _invert(
        self, node: exp.Expr, constants: list[Value], scope: Scope
    ) -> tuple[Place, list[Value]] | None:
        """Solve `node = constant` for the column inside the node, where that is simple."""
        node = node.unnest()
        if isinstance(node, exp.Column):
            place = self.resolve(node, scope)
            return (place, constants) if place else None
        if isinstance(node, exp.Cast | exp.Abs | exp.Lower | exp.Upper | exp.Trim | exp.AggFunc):
            inner = node.this
            return self._invert(inner, constants, scope) if isinstance(inner, exp.Expr) else None
        if isinstance(node, exp.Coalesce):
            return self._invert(node.this, constants, scope)
        if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div):
            return self._solve(node, constants, scope)
        if isinstance(node, exp.Extract | exp.Year | exp.TimeToStr):
            inner = node.expression if isinstance(node, exp.Extract) else node.this
            while isinstance(
                inner, exp.Cast | exp.TsOrDsToDate | exp.TsOrDsToTimestamp | exp.Anonymous
            ):
                inner = inner.expressions[-1] if isinstance(inner, exp.Anonymous) else inner.this
            years = [v for c in constants if (y := _year(c)) for v in values.year_dates(y)]
            return self._invert(inner, list(years), scope) if years else None
        if isinstance(node, exp.Substring | exp.Left):
            starts = [f"{constant}x" for constant in constants if isinstance(constant, str)]
            return self._invert(node.this, list(starts), scope) if starts else None
        return None

    def _solve(
        self, node: exp.Binary, constants: list[Value], scope: Scope
    ) -> tuple[Place, list[Value]] | None:
        other = constant_of(node.right)
        side = node.left
        if other is None and isinstance(node, exp.Add | exp.Mul):
            other, side = constant_of(node.left), node.right
        numbers = [c for c in constants if isinstance(c, int | float)]
        if not isinstance(other, int | float) or not numbers or not other:
            return None
        solved: list[Value] = []
        for number in numbers:
            if isinstance(node, exp.Add):
                solved.append(number - other)
            elif isinstance(node, exp.Sub):
                solved.append(number + other)
            else:
                solved.append(number / other if isinstance(node, exp.Mul) else number * other)
        return self._invert(side, solved, scope)

    def resolve(self, column: exp.Column, scope: Scope | None) -> Place | None:
        """The table's column that the column stands for, through derived tables and CTEs."""
        while scope is not None:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                table = self.schema.table(source.name)
                if table is None or table.column(column.name) is None:
                    return None
                name = table.name.lower()
                return Place(self.number(scope), column.table, name, column.name.lower())
            if isinstance(source, Scope):
                return self._through(column.name, source)
            scope = scope.parent
        return None

    def _through(self, name: str, source: Scope) -> Place | None:
        tree = source.expression
        while isinstance(tree, exp.SetOperation):  # the left branch names the columns
            if not source.set_operation_scopes:
                return None
            source = source.set_operation_scopes[0]
            tree = source.expression
        if not isinstance(tree, exp.Select) or id(tree) not in self.numbers:
            return None
        for projection in tree.selects:
            inner = projection.unalias()
            if projection.alias_or_name == name:
                inner = inner.this if isinstance(inner, exp.Min | exp.Max) else inner
                return self.resolve(inner, source) if isinstance(inner, exp.Column) else None
        return None


_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "=",
}  # fmt: skip
_MIRROR = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _conjuncts(node: exp.Expr) -> Iterable[exp.Expr]:
    node = node.unnest()
    return node.flatten() if isinstance(node, exp.And) else (node,)


def _year(constant: Value) -> int | None:
    text = str(constant)[:4]
    return int(text) if text.isdigit() and len(text) == 4 else None


def constant_of(node: exp.Expr) -> Value:
    """The value of a constant expression, dates as ISO text; None where it is none."""
    node = node.unnest()
    if isinstance(node, exp.Literal):
        return node.name if node.is_string else _number(node.name)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Cast | exp.Date | exp.Timestamp | exp.TsOrDsToDate):
        inner = node.this
        return constant_of(inner) if isinstance(inner, exp.Expr) else None
    if isinstance(node, exp.Neg):
        inner_value = constant_of(node.this)
        return -inner_value if isinstance(inner_value, int | float) else None
    if node.find(exp.Column, exp.Subquery, exp.AggFunc) is None and isinstance(
        node, exp.Binary | exp.DateAdd | exp.DateSub | exp.Func
    ):
        return _folded(node)
    return None


def _folded(node: exp.Expr) -> Value:
    """What the optimizer folds the expression to: 1 + 2, DATE '1995-01-01' + INTERVAL '1' YEAR."""
    try:
        folded = simplify(node.copy())
    except (SqlglotError, ValueError, TypeError, AttributeError, ArithmeticError):
        return None
    if isinstance(folded, exp.Literal | exp.Boolean | exp.Neg | exp.Cast) and folded != node:
        return constant_of(folded)
    return None
