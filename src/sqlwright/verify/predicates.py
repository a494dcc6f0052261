"""What a bound query says of the columns it reads: instances, predicates, joins, constants.

It only has to be good at finding values worth trying: what it does not understand is passed over,
and the verdict never rests on it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright import sql
from sqlwright.schema import Schema
from sqlwright.verify import values
from sqlwright.verify.folding import constant_of, number_of
from sqlwright.verify.reading import (
    Assembly,
    Clause,
    Clauses,
    Link,
    Place,
    Reading,
    Test,
    conjuncts,
)
from sqlwright.verify.uses import Fixed, Use, Uses
from sqlwright.verify.values import Value

_VARIANTS = 6  # choices of branches that are kept for each scope
_TRIES = 20  # choices that are tried: some contradict a condition on a constant
_MOST_ASSEMBLIES = 40


def read_predicates(query: exp.Query, schema: Schema) -> Reading:
    """What the bound query says of its columns."""
    reading = Reading()
    every: dict[Clause, None] = {}
    for assembly, mentioned in _assemblies(query, schema).items():
        reading.assemblies.append(assembly)
        every.update(dict.fromkeys(mentioned))
        for alternatives in assembly.clauses:
            for conjunction in alternatives:
                every.update(dict.fromkeys(conjunction))
    seen: set[tuple[tuple[str, str], Value | tuple[Value, ...]]] = set()
    for clause in every:
        if isinstance(clause, Link):
            reading.links.append(clause)
        elif (key := (clause.place.table, clause.place.column), clause.value) not in seen:
            seen.add((key, clause.value))
            named = clause.value if isinstance(clause.value, tuple) else clause.constants()
            reading.constants.setdefault(key, []).extend(named)
    reading.as_numbers.update(_read_as_numbers(query, schema))
    reading.trims = query.find(exp.Trim) is not None
    reading.folds = query.find(exp.Lower, exp.Upper, exp.ILike, exp.Initcap) is not None
    for literal in query.find_all(exp.Literal):
        reading.loose.append(literal.name if literal.is_string else number_of(literal.name))
    return reading


def _read_as_numbers(query: exp.Query, schema: Schema) -> Iterator[tuple[str, str]]:
    """Columns of texts, by table, that the query takes for numbers: many an engine fails on 'a'."""
    casts = (cast for cast in query.find_all(exp.Cast) if cast.is_type(*exp.DataType.NUMERIC_TYPES))
    taken = [cast.this for cast in casts]
    for node in query.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        sides = (node.left, node.right)
        if any(isinstance(side.unnest(), exp.Add | exp.Sub | exp.Mul | exp.Div) for side in sides):
            taken += sides
    named = {node.name.lower() for node in taken if isinstance(node, exp.Column)}
    for table in sql.tables_of(query, schema) if named else ():
        for column in table.columns:
            if column.name.lower() in named and values.form_of(column.type) == "text":
                yield table.name.lower(), column.name.lower()


def _assemblies(query: exp.Query, schema: Schema) -> dict[Assembly, list[Clause]]:
    """What has to meet for each scope to see a row, in several variants of set operations.

    With each goes what it mentions besides.
    """
    choices = random.Random(0)
    found: dict[Assembly, list[Clause]] = {}
    for scope in reversed(traverse_scope(query)):
        branches = scope.expression.find(exp.SetOperation) is not None or any(
            isinstance(source, Scope) for source in scope.sources.values()
        )
        good = 0
        for variant in range(_TRIES if branches else 2):
            if len(found) >= _MOST_ASSEMBLIES:
                return found
            reader = _Reader(schema, choices, variant % 2 == 0)
            assembly = reader.assemble(scope)
            if assembly is not None and assembly.instances:
                found[assembly] = reader.mentioned
                good += 1
            if good >= _VARIANTS:
                break
    return found


class _Reader:
    """Reads one scope, with one choice of branches."""

    def __init__(self, schema: Schema, choices: random.Random, subqueries: bool) -> None:
        self._uses = Uses(schema, choices, subqueries)
        self._schema = schema
        self._impossible = False
        self.mentioned: list[Clause] = []  # in CASE and the like: their constants matter

    def assemble(self, scope: Scope) -> Assembly | None:
        """The scope's tables and those inside it; of a subquery also those around it."""
        chain = [scope]
        while chain[0].is_subquery and chain[0].parent is not None:
            chain.insert(0, chain[0].parent)
        use: Use | None = None
        every: list[Use] = []
        for part in chain:
            found = self._uses.build(part, use)
            if found is None:
                return None
            use = found
            every += found.every()
        instances: dict[tuple[int, str, str], None] = {}
        clauses: dict[Clauses, None] = {}
        for found in every:
            self._mention(found)
            for alias, (_, source) in found.scope.selected_sources.items():
                if isinstance(source, exp.Table) and self._schema.table(source.name):
                    instances[(found.number, alias, source.name.lower())] = None
            clauses.update(dict.fromkeys(self._own_clauses(found)))
        if self._impossible:
            return None
        return Assembly(tuple(instances), tuple(clauses))

    def _mention(self, use: Use) -> None:
        tree = use.scope.expression
        places = [*tree.args["expressions"], tree.args.get("order"), tree.args.get("group")]
        for place in places:
            for node in place.find_all(exp.Predicate) if place is not None else ():
                self.mentioned += self._clauses(node, use)

    def place(self, column: exp.Column, use: Use | None) -> Place | None:
        """The table's column that the column stands for."""
        found = self._uses.place(column, use)
        return found if isinstance(found, Place) else None

    def _own_clauses(self, use: Use) -> Iterator[Clauses]:
        tree = use.scope.expression
        conditions = [join.args.get("on") for join in tree.args.get("joins") or ()]
        where, having = tree.args.get("where"), tree.args.get("having")
        conditions += [clause.this for clause in (where, having) if clause is not None]
        for condition in conditions:
            if condition is not None:
                for part in conjuncts(condition):
                    self._weigh(part, use)
                    if found := self._alternatives(part, use):
                        yield found
        yield from self._membership(use)

    def _weigh(self, part: exp.Expr, use: Use) -> None:
        """A branch whose constant fails a condition is the wrong branch."""
        node = part.unnest()
        if not isinstance(node, exp.EQ):
            return
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, exp.Column):
                found, constant = self._uses.place(side, use), constant_of(other)
                if isinstance(found, Fixed) and constant is not None:
                    self._impossible |= str(found.value) != str(constant)

    def _membership(self, use: Use) -> Iterator[Clauses]:
        """x IN (SELECT y ...) and x = (SELECT min(y) ...) want x and y to meet."""
        tree = use.scope.expression
        assert isinstance(tree, exp.Select)
        holder = tree.parent
        while isinstance(holder, exp.Subquery | exp.SetOperation | exp.Paren):
            holder = holder.parent
        if use.parent is None:
            return
        outer = None
        if isinstance(holder, exp.In):
            outer = holder.this
        elif isinstance(holder, exp.Predicate) and isinstance(holder, exp.Binary):
            is_right = isinstance(holder.right.unnest(), exp.Query)
            outer = holder.left if is_right else holder.right
        inner = tree.selects[0].unalias() if tree.selects else None
        inner = inner.this if isinstance(inner, exp.AggFunc) else inner
        if isinstance(outer, exp.Column) and isinstance(inner, exp.Column):
            left, right = self.place(outer, use.parent), self.place(inner, use)
            if left and right:
                yield ((Link(left, "=", right),),)

    def _alternatives(self, node: exp.Expr, use: Use) -> Clauses:
        """The node as a disjunction of conjunctions, as far as it is understood."""
        node = node.unnest()
        if isinstance(node, exp.Or):
            return (
                *self._alternatives(node.left, use),
                *self._alternatives(node.right, use),
            )
        if isinstance(node, exp.And):
            parts = [self._alternatives(part, use) for part in conjuncts(node)]
            # one choice of each part: enough to find values
            return (tuple(clause for part in parts if part for clause in part[0]),)
        found = tuple(self._clauses(node, use))
        return (found,) if found else ()

    def _clauses(self, node: exp.Expr, use: Use, negated: bool = False) -> Iterator[Clause]:
        negated ^= bool(node.args.get("negate"))
        if isinstance(node, exp.Not):
            yield from self._clauses(node.this.unnest(), use, not negated)
        elif isinstance(node, exp.Between):
            for operator, bound in ((">=", node.args["low"]), ("<=", node.args["high"])):
                yield from self._comparison(operator, node.this, bound, use, False)
        elif isinstance(node, exp.In) and node.expressions:
            found = [constant_of(item) for item in node.expressions]
            if (inverted := self._invert(node.this, found, use)) is not None:
                yield Test(inverted[0], "in", tuple(inverted[1]), negated)
        elif isinstance(node, exp.Is):
            yield from self._is(node, use, negated)
        elif isinstance(node, exp.Like | exp.ILike):
            pattern = constant_of(node.expression)
            place = self.place(node.this, use) if isinstance(node.this, exp.Column) else None
            if place and isinstance(pattern, str):
                operator = "ilike" if isinstance(node, exp.ILike) else "like"
                yield Test(place, operator, pattern, negated)
        elif isinstance(node, exp.Column):
            if place := self.place(node, use):
                yield Test(place, "=", True, negated)
        elif isinstance(node, exp.Binary) and type(node) in _OPERATORS:
            operator = _OPERATORS[type(node)]
            yield from self._comparison(operator, node.left, node.right, use, negated)

    def _is(self, node: exp.Is, use: Use, negated: bool) -> Iterator[Clause]:
        if not isinstance(node.this, exp.Column) or not (place := self.place(node.this, use)):
            return
        if isinstance(node.expression, exp.Null):
            yield Test(place, "null", None, negated)
        elif isinstance(node.expression, exp.Boolean):
            yield Test(place, "=", bool(node.expression.this), negated)

    def _comparison(
        self, operator: str, left: exp.Expr, right: exp.Expr, use: Use, negated: bool
    ) -> Iterator[Clause]:
        left, right = left.unnest(), right.unnest()
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            first, second = self.place(left, use), self.place(right, use)
            if first and second and not negated:
                yield Link(first, operator, second)
            return
        if not negated and (shifted := self._shifted(operator, left, right, use)) is not None:
            yield shifted
            return
        for side, other, sign in ((left, right, operator), (right, left, _MIRROR[operator])):
            constant = constant_of(other)
            if constant is not None:
                if (inverted := self._invert(side, [constant], use)) is not None:
                    place, found = inverted
                    for value in found[:1]:
                        yield Test(place, sign, value, negated)
                    if len(found) > 1:
                        yield Test(place, "in", tuple(found))
                return

    def _shifted(self, operator: str, left: exp.Expr, right: exp.Expr, use: Use) -> Link | None:
        """A column compared with another one plus, minus or times a constant."""
        if not isinstance(left, exp.Column):
            left, right, operator = right, left, _MIRROR[operator]
        if not isinstance(left, exp.Column) or not isinstance(right, exp.Add | exp.Sub | exp.Mul):
            return None
        column, constant = right.left.unnest(), constant_of(right.right)
        if constant is None and not isinstance(right, exp.Sub):
            column, constant = right.right.unnest(), constant_of(right.left)
        if not isinstance(column, exp.Column) or not isinstance(constant, int | float):
            return None
        first, second = self.place(left, use), self.place(column, use)
        if first is None or second is None:
            return None
        if isinstance(right, exp.Mul):  # a factor: values that meet without it are near enough
            return Link(first, operator, second)
        return Link(first, operator, second, -constant if isinstance(right, exp.Sub) else constant)

    def _invert(
        self, node: exp.Expr, constants: list[Value], use: Use
    ) -> tuple[Place, list[Value]] | None:
        """Solve `node = constant` for the column inside the node, where that is simple."""
        node = node.unnest()
        if isinstance(node, exp.Column):
            place = self.place(node, use)
            return (place, constants) if place else None
        if isinstance(node, exp.Cast | exp.Abs | exp.Lower | exp.Upper | exp.Trim | exp.AggFunc):
            inner = node.this
            return self._invert(inner, constants, use) if isinstance(inner, exp.Expr) else None
        if isinstance(node, exp.Coalesce):
            return self._invert(node.this, constants, use)
        if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div):
            return self._solve(node, constants, use)
        if isinstance(node, exp.Extract | exp.Year | exp.TimeToStr):
            inner = node.expression if isinstance(node, exp.Extract) else node.this
            while isinstance(
                inner, exp.Cast | exp.TsOrDsToDate | exp.TsOrDsToTimestamp | exp.Anonymous
            ):
                inner = inner.expressions[-1] if isinstance(inner, exp.Anonymous) else inner.this
            years = [v for c in constants if (y := _year(c)) for v in values.year_dates(y)]
            return self._invert(inner, list(years), use) if years else None
        if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
            unit = str(node.args["unit"].name).lower()
            ends = [day for c in constants for day in values.period_ends(str(c), unit)]
            return self._invert(node.this, list(ends), use) if ends else None
        if isinstance(node, exp.Substring | exp.Left):
            starts = [f"{constant}x" for constant in constants if isinstance(constant, str)]
            return self._invert(node.this, list(starts), use) if starts else None
        return None

    def _solve(
        self, node: exp.Binary, constants: list[Value], use: Use
    ) -> tuple[Place, list[Value]] | None:
        other = constant_of(node.right)
        side = node.left
        if other is None and isinstance(node, exp.Add | exp.Mul):
            other, side = constant_of(node.left), node.right
        numbers = [c for c in constants if isinstance(c, int | float)]
        if other is None and numbers:  # both sides vary: one of them alone may reach the constant
            return self._invert(node.left, constants, use) or self._invert(
                node.right, constants, use
            )
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
        return self._invert(side, solved, use)


_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "=",
}  # fmt: skip
_MIRROR = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _year(constant: Value) -> int | None:
    text = str(constant)[:4]
    return int(text) if text.isdigit() and len(text) == 4 else None
