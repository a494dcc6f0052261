"""Names and literals for invented schemas: many ways to name things, so that none becomes a rule.

A small model that has seen only one naming style learns the style instead of copying the name
(docs/log.md). The words and names of TPC-H are left out on purpose: it is the test.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

NOUNS = tuple(
    """account activity actor address agent album alert animal answer apartment article artist asset
    athlete auction author badge bank batch battery bill bird block board boat book booking border
    bottle box branch brand budget bug building bus cabin cable call camera campaign campus card cargo
    carrier cart case category cell center channel chapter charge chat check cheque city claim class
    client clinic club coach code color comment company component concert condition contact contract
    copy corner cost country coupon course court crew crop currency cycle dealer delivery department
    deposit depot desk device diagnosis dish doctor document domain donor driver drug edge editor
    element email employee engine entry episode equipment error event exam expense export factory
    farm fee feed field file film filter flag fleet flight floor folder food form forum freight friend
    fuel fund game garden gate goal grade grant group guest guide harbor hall hotel house image import
    incident income index inspection insurance interest interval invoice island item job journal
    journey key kind kitchen lab label lake land language lead league leaf lecture ledger lesson letter
    level library license line link list loan lock log machine mail manager manufacturer map mark
    market match material meal measure medal meeting member menu merchant message meter method mission
    model module month movie museum network news note number offer office operator option organization
    owner package page panel parcel park partner party passenger path patient pattern payment
    permission person phase phone photo picture piece pilot place plan planet plant plate platform
    player point police policy pool port position post prescription price process product profile
    program project property protocol provider pupil purchase question queue quota quote race rate
    rating reader reading receipt recipe record refund rental repair reply report request reservation
    resource result review reward ride river road robot role room round route rule salary sale sample
    school score screen season seat section segment sensor sequence server service session setting
    share shelf shift ship shipment shop show signal site size skill slot song source space species
    sport staff stage station status stay stock stop store story stream street student studio subject
    subscription survey switch symbol system table tag target task tax teacher team term test theater
    thread ticket tier time title token tool topic tour town track trade train transaction transfer
    transport treatment tree trial trip truck type unit user vacancy value vehicle vendor venue version
    vessel video view village visit voice volume vote voucher wallet ward warehouse water week weight
    wheel window winner work worker zone""".split()
)
ADJECTIVES = tuple(
    """active actual annual archived average base basic billed cached cheap clean closed cold current
    daily dark deep default direct double dry early empty external extra fast final first fixed foreign
    free fresh full global gross hidden high home hot initial inner internal large last late legal light
    live local long low main major manual max medium min minor mobile monthly native net new next normal
    old online open outer paid pending planned previous primary prior private public quick raw real
    recent regular remote safe sent short single slow small soft special spare standard static strong
    temporary top total unit upper urgent usual valid visible warm weekly wide yearly young""".split()
)
BY_KIND = {
    "int": """count quantity qty age year level rank score points size position number capacity amount
        visits views likes stock priority version duration minutes floors seats weight days hits
        attempts rating num pages width height sequence step""".split(),
    "num": """price amount total cost fee salary balance tax discount rate budget revenue margin
        deposit value sum payment income credit debit commission bonus limit_value price_net""".split(),
    "real": """score weight height length ratio speed distance latitude longitude temperature factor
        share percentage area depth angle density power voltage pressure""".split(),
    "text": """name title status type kind code city country email phone address description comment
        notes category color brand state label url first_name last_name gender segment mode priority
        language currency sku tag reason method source grade remark zip street container""".split(),
    "date": """date created birthday hired start_date end_date due_date shipped paid_on opened closed
        valid_from valid_to delivered received posted registered expires day month_start""".split(),
    "time": """created_at updated_at deleted_at logged_at started_at ended_at seen_at timestamp moment
        sent_at login_time event_time changed arrival departure""".split(),
    "bool": """active enabled deleted paid verified visible is_active is_default archived locked public
        premium blocked available has_children is_open shipped_flag""".split(),
}
TYPES = {
    "int": ("INT", "INTEGER", "BIGINT", "SMALLINT"),
    "num": ("DECIMAL(12, 2)", "DECIMAL(15, 2)", "NUMERIC(10, 2)", "DECIMAL"),
    "real": ("REAL", "DOUBLE", "FLOAT"),
    "text": ("TEXT", "VARCHAR(25)", "VARCHAR(80)", "CHAR(1)", "CHAR(10)", "VARCHAR"),
    "date": ("DATE",),
    "time": ("TIMESTAMP",),
    "bool": ("BOOLEAN",),
}
VALUES = tuple(
    """red blue green open closed pending new done draft sent paid failed active gold silver bronze
    basic premium north south east west Berlin Paris London Moscow Madrid Tokyo Oslo Lima A B C D F N O
    P R X M S L XL EUR USD GBP RUB JPY high low medium urgent normal web mail phone store air rail
    truck ship Smith Lee Ivanova Garcia Kim admin guest editor yes no on off RU DE FR US CN
    Москва Казань новый оплачен закрыт Иванов срочно""".split()
)
RESERVED = frozenset(
    """all and any as asc between by case cast check column constraint create cross current date default
    delete desc distinct drop else end except exists false fetch filter for foreign from full grant
    group having in index inner insert intersect interval into is join key language lead left like limit
    match natural not null number of offset on or order outer over partition primary range rank
    references replace right row rows select session_user set show some sum table then time timestamp
    to true type union unique update user using value values view when where window with year month day
    hour minute second position count avg min max abs round upper lower length substring coalesce
    transaction commit rollback trigger add alter if nothing autoincrement escape database
    system_user current_date current_time analyze array both cluster collate do format freeze
    ilike initially isnull lateral leading limit_ localtime notnull only overlaps placing qualify
    returning similar symmetric tablesample trailing variadic verbose describe map struct kill
    sequence xor div mod rlike regexp glob escape only pivot unpivot sample final settings lock
    format return anti semi asof apply global straight_join hash at to of no none""".split()
)

_SYLLABLES = (
    "ba be bi bo bu ca ce co cu da de di do du fa fe fi fo ga ge go gu ha he hi ho ja jo ka ke ki ko ku "
    "la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti to "
    "tu va ve vi vo wa we xa xo ya yo za ze zi zo al an ar as ax bel bor cor dan del dro ef el en er "
    "fal gor gra hun im in ish jax kel kra lan lor mar mon nar nor ob ol om or os pex pla qua rak rol "
    "san sel ska sten tal tor tra ul um un ur van vel vor wex wyn yor zan zel"
).split()


@dataclass(frozen=True, slots=True)
class Naming:
    """How one schema names its things."""

    case: str  # snake, camel, pascal, upper, flat
    words: str  # plain, syllables, short, mixed
    prefix: str  # "", "initial" (l_), "short" (ord_), "table"
    plural: bool
    table_prefix: str
    key: str  # see `key_name`
    digits: float  # share of the names that end in a number


def invent_naming(rng: Random) -> Naming:
    """A naming style; every axis is drawn on its own."""
    return Naming(
        case=rng.choices(("snake", "camel", "pascal", "upper", "flat"), weights=(55, 14, 8, 5, 18))[
            0
        ],
        words=rng.choices(("plain", "syllables", "short", "mixed"), weights=(30, 30, 15, 25))[0],
        prefix=rng.choices(("", "initial", "short", "table"), weights=(50, 32, 13, 5))[0],
        plural=rng.random() < 0.5,
        table_prefix=rng.choice(["", "", "", "", "", "tbl_", "t_", "dim_", "app_", "x"]),
        key=rng.choice(
            ["id", "id", "table_id", "table_id", "stemkey", "stemkey", "no", "code", "pk", "word"]
        ),
        digits=rng.choice([0.0, 0.0, 0.0, 0.1, 0.3]),
    )


def invent_word(rng: Random, words: str) -> str:
    """One word in lower case: an English noun, a made-up one, or an abbreviation."""
    if words == "mixed":
        words = rng.choice(["plain", "syllables", "short"])
    if words == "syllables":
        return "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice([1, 2, 2, 2, 3, 3, 4])))
    noun = rng.choice(NOUNS if rng.random() < 0.8 else ADJECTIVES)
    if words == "plain" or len(noun) < 5:
        return noun
    return shorten(noun, rng)


def shorten(word: str, rng: Random) -> str:
    """An abbreviation: cut, or without its vowels."""
    if rng.random() < 0.5:
        return word[: rng.choice([2, 3, 4])]
    return word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")


def join_words(words: list[str], case: str) -> str:
    """The words as one identifier in that case."""
    flat = [part for word in words for part in word.split("_")]
    match case:
        case "camel":
            return flat[0] + "".join(word.capitalize() for word in flat[1:])
        case "pascal":
            return "".join(word.capitalize() for word in flat)
        case "upper":
            return "_".join(flat).upper()
        case "flat":
            return "".join(flat)
    return "_".join(flat)


def pluralize(word: str) -> str:
    """The regular English plural."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def invent_number(rng: Random, kind: str) -> str:
    """A literal of a numeric column: small and large ones, negative ones, fractions."""
    scale = rng.choice([3, 10, 10, 50, 100, 100, 500, 1000, 10000, 1000000])
    whole = rng.randint(0, scale)
    if rng.random() < 0.03:
        whole = -whole
    if kind == "int" or rng.random() < 0.5:
        return str(whole)
    return (
        f"{whole}.{rng.randint(1, 99):02d}" if rng.random() < 0.7 else f"0.{rng.randint(1, 99):02d}"
    )


def invent_text(rng: Random) -> str:
    """The text of a literal, without its quotes; a quote inside is doubled."""
    draw = rng.random()
    if draw < 0.55:
        return rng.choice(VALUES)
    if draw < 0.7:
        return f"{rng.choice(VALUES)} {rng.choice(NOUNS)}"
    if draw < 0.8:
        return f"{rng.choice(NOUNS).title()}#{rng.randint(1, 60)}"
    if draw < 0.9:
        return " ".join(rng.choice(NOUNS).upper() for _ in range(rng.choice([1, 2, 3])))
    if draw < 0.93:
        return f"O''{rng.choice(VALUES)}"
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice([1, 2, 3])))


def invent_date(rng: Random) -> date:
    """A day between 1988 and 2027; often the first of a month."""
    day = date(rng.randint(1988, 2026), 1, 1) + timedelta(days=rng.randrange(365))
    return day.replace(day=1) if rng.random() < 0.4 else day
