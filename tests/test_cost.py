"""The speed gate: what is noise is never called faster, what is twice as fast nearly always is."""

import random
from collections.abc import Callable

import pytest
from sqlglot import exp

from sqlwright import sql
from sqlwright.advise import Candidate, choose
from sqlwright.database import connect
from sqlwright.verify import cost
from sqlwright.verify.cost import Cost, compare, compare_all, race
from sqlwright.verify.explain import plan_cost, plan_difference, plan_text
from sqlwright.verify.judge import Verdict

# every combination is looked at, on every engine
COUNT = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
    " SELECT COUNT(*) FROM n AS a, n AS b{} WHERE a.i + b.i > 5"
)
A, B, C = (sql.read(f"SELECT {n} AS n", "sqlite") for n in (1, 2, 3))
Times = dict[exp.Query, Callable[[], float | None]]


def scripted(times: Times, calls: list[exp.Query] | None = None) -> cost.Timer:
    """A timer that measures nothing: it answers what the script says, None where it is stopped."""

    def time_of(query: exp.Query, seconds: float) -> float | None:
        if calls is not None:
            calls.append(query)
        taken = times[query]()
        return None if taken is None or taken > seconds else taken

    return time_of


def noisy(seconds: float, spread: float, chance: random.Random) -> Callable[[], float]:
    return lambda: seconds * chance.lognormvariate(0, spread)


@pytest.mark.parametrize("spread", [0.02, 0.1, 0.4])
def test_equal_times_are_rarely_called_faster(spread: float) -> None:
    chance = random.Random(f"equal {spread}")
    times: Times = {A: noisy(0.1, spread, chance), B: noisy(0.1, spread, chance)}
    runs = 2000
    faster = sum(race(scripted(times), A, [B], seconds=60)[0].faster for _ in range(runs))
    assert faster / runs < 0.025 + 3 * (0.025 * 0.975 / runs) ** 0.5


def test_going_first_is_no_disadvantage() -> None:
    """Whoever goes first in a round finds the cache cold: both do, as often as each other."""
    chance = random.Random(3)
    state = {"calls": 0}

    def taken() -> float:
        state["calls"] += 1
        return (0.13 if state["calls"] % 2 else 0.1) * chance.lognormvariate(0, 0.03)

    runs = 1000
    faster = sum(
        race(scripted({A: taken, B: taken}), A, [B], seconds=60)[0].faster for _ in range(runs)
    )
    assert faster / runs < 0.04


def test_twice_as_fast_is_nearly_always_seen() -> None:
    chance = random.Random(1)
    times: Times = {A: noisy(0.1, 0.2, chance), B: noisy(0.05, 0.2, chance)}
    found = [race(scripted(times), A, [B], seconds=60)[0] for _ in range(500)]
    assert sum(c.faster for c in found) >= 495
    inside = sum(c.low <= 2.0 <= c.high for c in found)
    assert 0.92 <= inside / len(found) <= 0.98


def test_sides_go_first_in_turn() -> None:
    calls: list[exp.Query] = []
    times: Times = {q: (lambda: 0.1) for q in (A, B, C)}
    race(scripted(times, calls), A, [B, C], seconds=60)
    assert calls == [A, B, C] + [A, B, C, C, B, A] * 4


def test_slow_queries_get_three_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(cost.time, "monotonic", lambda: now[0])

    def taking(seconds: float) -> Callable[[], float]:
        def take() -> float:
            now[0] += seconds
            return seconds

        return take

    found = race(scripted({A: taking(15.0), B: taking(14.0)}), A, [B], seconds=20)[0]
    assert found.rounds == 3
    found = race(scripted({A: taking(1.0), B: taking(0.9)}), A, [B], seconds=11)[0]
    assert found.rounds == 5
    stopped = race(scripted({A: taking(15.0), B: lambda: None}), A, [B], seconds=20)[0]
    assert (stopped.bound, stopped.faster) == ("at most", False)


def candidate(source: str, found: Cost | None) -> Candidate:
    return Candidate("SELECT 1", source, Verdict("no difference found", ""), None, (), found)


def test_nothing_slower_or_the_same_is_ever_best() -> None:
    """Whatever the noise: best is faster with its whole interval, or nobody is."""
    chance = random.Random(5)
    for _ in range(300):
        times: Times = {
            A: noisy(0.1, 0.3, chance),
            B: noisy(chance.choice((0.08, 0.1, 0.3)), 0.3, chance),
            C: noisy(chance.choice((0.09, 0.1, 0.12)), 0.05, chance),
        }
        costs = race(scripted(times), A, [B, C], seconds=60)
        best = choose([candidate(str(n), found) for n, found in enumerate(costs)])
        if best is None:
            assert not any(found.low > 1 for found in costs)
        else:
            assert best.cost is not None
            assert best.cost.low > 1 < best.cost.ratio
    around_one = Cost(1.0, 0.9, 1.1, 0.99, 1.25, 8)
    assert choose([candidate("a", around_one), candidate("b", None)]) is None


def test_faster_only_beyond_noise(shop: str) -> None:
    with connect(shop) as database:
        # on DuckDB 400 take two milliseconds, which is what noise takes
        count = 2000 if database.dialect == "duckdb" else 400
        slow = sql.read(COUNT.format(count, ""), database.dialect)
        fast = sql.read("SELECT 60000", database.dialect)
        better = compare(database, slow, fast, seconds=5)
        assert better.faster
        assert better.low > 1
        assert better.rounds >= 5
        worse, same = compare_all(database, fast, [slow, fast.copy()], seconds=5)
        assert not worse.faster
        assert not same.faster or same.low < 1.5  # noise may look like a little, never like much


def test_an_endless_original_still_has_a_ratio(shop: str) -> None:
    with connect(shop) as database:
        endless = sql.read(COUNT.format(900, ", n AS c, n AS d") + " + c.i * d.i", database.dialect)
        found = compare(database, endless, sql.read("SELECT 1", database.dialect), seconds=0.5)
    assert found.bound == "at least"
    assert found.faster


def test_plans_are_compared(shop: str) -> None:
    with connect(shop) as database:

        def read(text: str) -> exp.Query:
            return sql.read(text, database.dialect)

        by_key = read("SELECT total FROM orders WHERE id = 11")
        joined = read("SELECT o.total FROM orders o JOIN order_lines l ON l.order_id = o.id")
        found = compare(database, joined, by_key, seconds=1)
        assert any("order_lines" in line or " l" in line for line in found.plan_difference)
        assert found.as_dict()["plan_difference"] == list(found.plan_difference)
        other = read("SELECT total FROM orders WHERE id = 12")
        assert not plan_difference(plan_text(database, by_key), plan_text(database, other))
        known = plan_cost(database, by_key)
        if database.dialect != "mysql":  # not before MariaDB 11
            assert (known is not None) == (database.dialect == "postgres")
        if known is not None:
            assert 0 < known < (plan_cost(database, joined) or 0)
            assert found.original_plan_cost != found.proposal_plan_cost


POSTGRES = """Hash Join  (cost=1.07..2.16 rows=3 width=36)
  Hash Cond: (o.customer_id = c.id)
  ->  Seq Scan on orders o  (cost=0.00..1.03 rows=3 width=20)
        Filter: (total > 100)
  ->  Hash  (cost=1.03..1.03 rows=3 width=4)
        ->  Seq Scan on customers c  (cost=0.00..1.03 rows=3 width=4)"""


def test_only_steps_make_plans_differ() -> None:
    cheaper = POSTGRES.replace("2.16", "1.16").replace("rows=3", "rows=5").replace("100", "200")
    assert plan_difference(POSTGRES, cheaper) == ()
    other = POSTGRES.replace("->  Seq Scan on customers c", "->  Index Scan on customers c")
    assert plan_difference(POSTGRES, other) == (
        "- Seq Scan on customers c",
        "+ Index Scan on customers c",
    )
    assert plan_difference(POSTGRES, "") == ()
