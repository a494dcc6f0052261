"""Words that say what is asked: how many, the highest, for each, never, more than.

They are patterns over the question in lower case, of both languages side by side. A soft cue leaves
its words to the schema: `total` may be a sum, and may be a column's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlwright.ask.compose.tokens import Token, covered


@dataclass(frozen=True, slots=True)
class Cue:
    """What some words ask for; `word` tells apart those of a kind."""

    kind: str
    word: str
    first: int
    end: int
    soft: bool = False


CUES = Path(__file__).parent / "cues.txt"


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, str, bool, re.Pattern[str]], ...]:
    """Of cues.txt: kind, word, is it soft, and its pattern, in the order of the file."""
    found = []
    for section in re.split(r"\n\[", CUES.read_text(encoding="utf-8"))[1:]:
        head, _, body = section.partition("]\n")
        kind, word, *soft = head.split("; ")
        text = "|".join(line for line in body.splitlines() if line)
        found.append((kind, word, bool(soft), re.compile(rf"(?<![\w#-])(?:{text})(?![\w#])")))
    return tuple(found)


def find_cues(plain: str, tokens: tuple[Token, ...], taken: frozenset[int]) -> Iterator[Cue]:
    """The cues of the question; none over the tokens that times or values took.

    Args:
        plain: the question as `tokens.lowered` writes it.
    """
    used = set(taken)
    for kind, word, soft, pattern in _patterns():
        for match in pattern.finditer(plain):
            if not match[0].strip():
                continue
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            end = match.start() + len(match[0].rstrip())
            first, last = covered(tokens, start, end)
            if first == last or used & {*range(first, last)}:
                continue
            if any(t.kind == "quoted" for t in tokens[first:last]):
                continue
            used |= {*range(first, last)}
            yield Cue(kind, word, first, last, soft)


# Words that ask, join or decorate: a reading need not find a place for them.
_LIGHT = frozenset(
    """
    compare сравни
    i.e e.g etc т.е т.д одном одним также a an the of in on at to for from by with and or as is
    are was were be been being am do does did done has have had having it its it's they them
    their theirs he his her she we us our ours you your i me my this that these those there here
    who whom whose which what when where why how if so than then also only just all any some
    every each both such not no please kindly can could would should shall will may might must
    want need like know see tell show give get list name display print return find select fetch
    output retrieve provide present compute calculate determine count many much let into about
    per out up over under off within among amongst between through during along via according
    based overall total altogether together exist exists existing found find stored recorded
    contained database data table tables record records rows row entries entry values value
    currently now ever yet still even again ones one thing things place placed places put make
    makes made making take took taken takes came come comes coming belong belongs belonging
    belonged go going went goes used use uses using live lives living located situated based
    come's sit sits stand stands fall falls hold holds held keep kept call called calls named
    titled concern concerning related respective respectively corresponding itself themselves
    own owns carry carries carried offer offers offered offering given along alongside beside
    besides plus including result results answer number going first names amount figure figures
    full complete do happen happened equal equals exactly don't doesn't didn't hasn't haven't
    isn't aren't wasn't weren't i'd i'm we've what's who's other others than whether each's
    involve involves involved whole entire hi hello order's get gets got buy cost costs costing
    worth priced marked assigned set sorted какому какими которому чей чьи чья чье каковым делал
    делали делала делало самим проходит прошло пройдет уходит занимает приходят оказалось самым
    самыми разу ничего каталоге handle handled handles pass passes passed we've sells sell
    содержит содержат лежит лежат времени насколько велика велик велико начни big money деньги
    денег выпускает выпускают оформляли оформляет оформил оформила бы хотя кое либо делают
    сейчас предлагает предлагают предложили каков вывести показать назвать перечислить
    определить объединяет включает охватывает насчитывает сделанные сделанных сделанный
    оформленные размещенные стоит much does номер номера numbers work works working worked
    участвует участвуют работает работают sold buy buys bought ever total hold whichever
    themself а без бы в во вам вас весь вся все всех всем всеми вы где да для до его ее если
    есть еще же за и из или им их к ко как какая какие какой каких какого каким какими какую
    каком какова каково каковы когда которая которые который которых которым которыми которую
    которого которое которой кто кого кому кем ли либо мне много многие мы на над надо нам нас
    не него нет ни них нее но о об обо он они оно она от ото по под при про с со сколько
    скольких так такие также там те тем то того тоже той только том тот ту у уже чего чем чему
    что чтобы эта эти этот это этих этого эту я свой свои своих своего найди найдите дай дайте
    список перечень запрос покажи покажите выведи выведите назови назовите перечисли перечислите
    укажи укажите скажи скажите посчитай подсчитай вычисли определи узнай отобрази выдай выбери
    нужен нужна нужно нужны хочу можно интересует интересуют требуется пожалуйста быть был была
    было были будет является являются бывает бывают существует существуют имеется имеются имеет
    имеют имел имели находится находятся находящихся находящиеся расположен расположены живет
    живут зовут называется называются относится относятся относящихся принадлежит принадлежат
    принадлежащих входит входят входящих стоит стоят стоило числится числятся поступило поступил
    поступили поступившие пришло пришли приходится сделал сделали сделала сделано оформили
    оформил оформлено оформлены оформленных размещено разместили размещенных произошло
    получилось составляет составляют равен равна равно равны всего общее общая итого данные
    данных таблица таблицы таблице базе база база значение значения другой других другие
    остальные имени именем ровно каждый каждого каждой каждом среди между более менее больше
    меньше указанный указанных пока сейчас вообще хоть вместе
    """.split()
)


# Of the light words those that do say something: a query has to read what they are about.
_TELLING = frozenset(
    """
    where откуда куда buy buys bought sell sells sold cost costs costing worth priced money big
    carry carries carried offer offers offered offering handle handled handles make makes made
    making live lives living work works working worked hold holds held keep kept стоит стоят
    стоило деньги денег выпускает выпускают предлагает предлагают предложили оформляли оформляет
    оформил оформила оформили оформлено оформлены оформленных оформленные содержит содержат
    живет живут работает работают лежит лежат велик велика велико
    """.split()
)


def is_telling(token: Token) -> bool:
    """Does the word say something, though it joins in other questions?"""
    return token.kind == "word" and token.plain in _TELLING


def is_light(token: Token) -> bool:
    """Need the word have no place in a query?"""
    return token.kind == "mark" or (token.kind == "word" and token.plain in _LIGHT)


def light_words() -> frozenset[str]:
    """The words that need no place."""
    return _LIGHT
