"""What the terminal shows of a measured cost, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sqlwright.show.cost import say_cost, say_plan
from sqlwright.verify.cost import Cost

MEASURED = Cost(1.0, 0.05, 20.0, 18.0, 22.0, 3, plan_difference=("- SCAN l", "+ SEARCH l"))
CASES = [
    MEASURED,
    replace(MEASURED, bound="at least"),
    replace(MEASURED, bound="at most"),
    replace(MEASURED, rounds=1),
    replace(MEASURED, ratio=0.5, low=0.4, high=0.6),
    replace(MEASURED, ratio=1.0, low=0.9, high=1.1),
]


@pytest.mark.parametrize("cost", CASES)
def test_a_cost_is_said_in_either_language(cost: Cost) -> None:
    english, russian = say_cost(cost), say_cost(cost, "ru")
    assert not re.search("[а-я]", english)
    assert not re.search("[a-z]{3}", russian)
    assert re.findall(r"[\d.]+ m?s", english) == re.findall(r"[\d.]+ m?s", russian)


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(21.0, "21 раз "), (343.0, "343 раза "), (12.0, "12 раз "), (6.16, "6.16 раза ")],
)
def test_russian_counts_times_as_it_should(ratio: float, said: str) -> None:
    cost = replace(MEASURED, ratio=ratio, low=ratio - 1, high=ratio + 1)
    assert f"быстрее в {said}" in say_cost(cost, "ru")


def test_a_plan_is_said_in_either_language() -> None:
    assert say_plan(MEASURED) == "plan: no more SCAN l, now SEARCH l"
    assert say_plan(MEASURED, "ru") == "план: больше нет SCAN l, теперь SEARCH l"
