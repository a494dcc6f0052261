"""Index advice for the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from sqlwright.indexing.outcome import Advised, Effect, Outcome
from sqlwright.show.cost import say_seconds

_WORDS = {
    "en": {
        "none": "no index is advised: {tried} were tried in a copy, {unused} of them no plan used,"
        " and without the others the queries were not slower",
        "nothing": "no index is advised: the queries have no condition, join or order that one"
        " could serve and that the tables lack",
        "for": "for",
        "gain": "without it the queries take {gain} longer",
        "size": "{size:.1f} MiB, built in {built}",
        "row": "it adds about {cost} to each written row: it pays off while fewer than {rows:,.0f}"
        " rows are written for one run of these queries",
        "effect": "{name}: {before} → {after} with {indexes}",
        "at least": "at least ",
        "unclear": " (not clearly faster)",
        "cost": "without it the planner expects the queries to cost {gain:,.0f} more",
        "copy": "measured in a copy; statistics of use and load are not those of your server",
    },
    "ru": {
        "none": "индексы не нужны: {tried} опробовано на копии, {unused} из них не вошли ни в один"
        " план, а без остальных запросы не стали медленнее",
        "nothing": "индексы не нужны: в запросах нет условия, соединения или порядка, которым"
        " не хватало бы индекса",
        "for": "для",
        "gain": "без него запросы идут дольше на {gain}",
        "size": "{size:.1f} МиБ, построен за {built}",
        "row": "добавляет около {cost} к записи строки: окупается, пока на один прогон этих"
        " запросов пишется меньше {rows:,.0f} строк",
        "effect": "{name}: {before} → {after} с {indexes}",
        "at least": "не меньше ",
        "unclear": " (заметно быстрее не стало)",
        "cost": "без него планировщик ждёт стоимость запросов выше на {gain:,.0f}",
        "copy": "измерено на копии; нагрузка и кэш вашего сервера другие",
    },
}


def show_indexes(console: Console, outcome: Outcome, language: str = "en") -> None:
    """The statements that build the advised indexes, and what each gives and costs."""
    said = _WORDS[language]
    if not outcome.advised:
        key = "none" if outcome.tried else "nothing"
        print(said[key].format(tried=outcome.tried, unused=outcome.unused))
    for one in outcome.advised:
        _show_one(console, one, said, outcome.timed)
    for effect in outcome.effects:
        if outcome.advised:
            _show_effect(console, effect, said, outcome.timed)
    if outcome.advised and outcome.timed:
        console.print(f"[dim]{said['copy']}[/]")
    for line in (outcome.note, *outcome.failures):
        if line:
            console.print(f"  {escape(line)}")


def _show_one(console: Console, one: Advised, said: dict[str, str], timed: bool) -> None:
    console.print(f"[bold]{escape(one.sql)};[/]", soft_wrap=True)
    for why in one.why:
        console.print(f"    {said['for']} {escape(why)}", soft_wrap=True)
    if not timed:
        console.print(f"    {said['cost'].format(gain=one.gain)}")
        return
    console.print(f"    {said['gain'].format(gain=say_seconds(one.gain))}")
    built = say_seconds(one.build_seconds)
    console.print(f"    {said['size'].format(size=one.bytes / 2**20, built=built)}")
    cost = say_seconds(one.row_seconds)
    text = said["row"].format(cost=cost, rows=one.rows_paid)
    console.print(f"    {text}")


def _show_effect(console: Console, effect: Effect, said: dict[str, str], timed: bool) -> None:
    tell = say_seconds if timed else "{:,.0f}".format
    before = (said["at least"] if effect.stopped else "") + tell(effect.before)
    text = said["effect"].format(
        name=effect.name,
        before=before,
        after=tell(effect.after),
        indexes=", ".join(effect.used),
    )
    unclear = "" if effect.low > 1.0 else said["unclear"]
    console.print(escape(text) + unclear, soft_wrap=True)
    for line in effect.plan:
        console.print(f"    {escape(line)}", soft_wrap=True)
