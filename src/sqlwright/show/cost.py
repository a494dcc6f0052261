"""What a measured cost says, in a line: times, ratio, interval, and how the plan changes."""

from __future__ import annotations

from sqlwright.verify.cost import Cost

_MOST_STEPS = 3  # of a plan


def say_cost(cost: Cost, language: str = "en") -> str:
    """The cost in one phrase: times, ratio and its interval."""
    times = f"{say_seconds(cost.original_seconds)} → {say_seconds(cost.proposal_seconds)}"
    english, russian = _how(cost)
    return f"{times}: {russian if language == 'ru' else english}"


def _how(cost: Cost) -> tuple[str, str]:
    """How much faster or slower, in English and Russian."""
    ratio, low, high = map(_ratio, (cost.ratio, cost.low, cost.high))
    if cost.bound == "at least":
        return (
            f"at least {ratio} times as fast (the original was stopped)",
            f"быстрее по меньшей мере в {_times(ratio)} (исходный запрос остановлен)",
        )
    if cost.bound == "at most":
        return "stopped there, others were faster", "остановлен, другие быстрее"
    if cost.rounds < 2:
        return "timed once, others were faster", "один замер, другие быстрее"
    spread = f"95 % interval {low} to {high}, {cost.rounds} pairs"
    spread_ru = f"95 %-й интервал от {low} до {high}, пар замеров: {cost.rounds}"
    if cost.faster:
        how = f"{ratio} times as fast", f"быстрее в {_times(ratio)}"
    elif cost.high < 1:
        how = f"slower, {ratio} times as fast", f"медленнее, скорость {ratio} от исходной"
    else:
        how = "no difference beyond noise", "разницы, кроме шума, нет"
    return f"{how[0]} ({spread})", f"{how[1]} ({spread_ru})"


def say_plan(cost: Cost, language: str = "en") -> str:
    """How the engine's plan changes, in a line; "" where nothing is known of it, or nothing new."""
    is_russian = language == "ru"
    parts = []
    before, after = cost.original_plan_cost, cost.proposal_plan_cost
    if before is not None and after is not None and before != after:
        expects = "движок ожидает" if is_russian else "the engine expects"
        parts.append(f"{expects} {before:,.4g} → {after:,.4g}")
    for sign, english, russian in (("-", "no more", "больше нет"), ("+", "now", "теперь")):
        lines = [line[2:] for line in cost.plan_difference if line.startswith(sign)]
        if lines:
            left = len(lines) - _MOST_STEPS
            more = (f" и ещё {left}" if is_russian else f" and {left} more") if left > 0 else ""
            words = russian if is_russian else english
            parts.append(f"{words} {'; '.join(lines[:_MOST_STEPS])}{more}")
    return f"{'план' if is_russian else 'plan'}: {', '.join(parts)}" if parts else ""


def say_seconds(value: float) -> str:
    """A time with its unit: µs, ms or s."""
    if value < 0.001:
        return f"{value * 1e6:.3g} µs"
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _times(ratio: str) -> str:
    """The ratio with the Russian word for times, as its last digits ask for it."""
    few = ratio[-1] in "234" and ratio[-2:-1] != "1"
    return f"{ratio} {'раза' if '.' in ratio or few else 'раз'}"
