"""Text from outside: attacks are flagged with a reason, values are not, and nothing makes it fail."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
from benign import KINDS
from hypothesis import given
from hypothesis import strategies as st

from conftest import shared
from sqlwright.analyze.untrusted import classify, classify_lines
from sqlwright.analyze.untrusted.contexts import _in_quotes
from sqlwright.analyze.untrusted.decode import decode_url
from sqlwright.analyze.untrusted.lexer import lex
from sqlwright.analyze.untrusted.payloads import payloads
from sqlwright.analyze.untrusted.reasons import CONTEXTS_RU, DECODINGS_RU, REASONS

# by the kind of evidence that must be among those found
ATTACKS = {
    "union": """7 UNION SELECT login, hash FROM staff
-7' union all select null,null,null -- x
x" UNION/**/SELECT 1,2,3#
7) union ((select 5))
(7) union select * from (select 1) a join (select 2) b
7 unIOn%0adistinctrow%0aselect 1,2
0x7 except select name from staff""",
    "constant-condition": """7 OR 2=2
red' or 'a'='a
red") or ("b"="b
7) OR (8=8
7 and 3>9
nobody' || 5 like 5 --
7 or not 1=2
if(1=1,id,name)
x' or '{"a":1}'::jsonb @> '{"a":1}'::jsonb --
red' having 4=4--
7&&1<2
1 or 5 between 1 and 9""",
    "stacked": """7; DROP TABLE staff
x'; UPDATE staff SET boss = 1 WHERE id = 7 --
7;DECLARE @q varchar(99);SET @q=0x53454c
a';shutdown --
7; insert into staff (name) values ('me')
7; exec master..xp_cmdshell 'dir'
x' exec sp_executesql @q
7;copy staff to program 'cat'
x'; copy (select '') to program 'ls' --
x'; prepare q from 0x73; execute q --
7; GRANT ALL ON staff TO PUBLIC""",
    "waiting": """7 and sleep(9)
7;waitfor delay '0:0:9'
x'||pg_sleep(9)--
7 - benchmark(9999999,sha1(7))
(select like('a',hex(randomblob(900000000))))
7 or dbms_pipe.receive_message('a',9)=1""",
    "outside": """7 union select load_file('/etc/hosts')
x' into outfile '/tmp/x' --
7 and utl_http.request('http://a.example/')=1
(select pg_read_file('/etc/hosts'))
x'+(select 1 from openrowset('a','b','c'))+'""",
    "catalog": """7 and exists(select 1 from information_schema.columns)
(select count(*) from pg_catalog.pg_tables)
7 union select name from sqlite_master
7 and 1=(select top 1 name from sysobjects)
7 union select banner from v$version""",
    "failing": """7 and extractvalue(7,concat(0x7e,(select user())))
x' or updatexml(1,2,3) --
7 procedure analyse(extractvalue(1,2),1)""",
    "subquery": """(select secret from staff limit 1)
7-(select count(*) from staff)
x'||(select name from staff where id=7)||'""",
    "probing": """7 and ascii(substr(secret,1,1))>99
x' and ord(mid((select 1),1,1))>9 --""",
    "spelled": """7 union select char(97)+char(98)
concat(chr(97),chr(98))""",
    "versioned": """7 /*!50000union*/ /*!50000select*/ 1
7/*!or*/1=1""",
    "escape": """' + '
red' * 'blue
x'-0-'
a'||current_user||'b
x'||case when 1 then 2 else 3 end||'
red'>'a""",
    "added-condition": """7 or id > 0
x' or data @> '{"a":"b"}' --
red' or name like '%
7 and user_id is not null""",
    "cut": """root'--
root' #
root'/*
x') --
(7 * 7) --
7--""",
    "order": """7 order by 12--
red' order by 3 #""",
    "union-cut": """-7 union""",
    "having": """7 group by id having x""",
    "case": """case when 7 then 8 end""",
    "telling": """version()
database()""",
    "calls": """hex(conv(7,10,36))""",
    "statement": """DROP TABLE staff
delete from staff where id = 7
insert into staff values (7)
EXEC xp_cmdshell 'dir'
alter user root identified by 'x'""",
    "piece": """select 7, (8), name from staff where""",
    "counting": """select 1,2,3,4 from staff""",
    "system-variable": """@@version
select @@hostname""",
}
PAIRS = [(kind, text) for kind, texts in ATTACKS.items() for text in texts.split("\n")]
FLAT = [text for _, text in PAIRS]

VALUES = (
    """O'Brien|O''Brien|D'Angelo & Sons|rock 'n' roll|it's 5 o'clock|7|-7.5|2024-05-06|a@b.example
12" x 9"|6'2"|AT&T|C#|C++|a/b|1-800-555-0100|(555) 010-0100|select a size|order by phone|union square
drop me a line; update me later|5 or 6 people|5 and 10 cents|"yes" or "no"|he said 'no' and left
where is table 5?|a -- b|# 5|/* x */|key=value&x=1|{"a": [1, "b"]}|<b>x</b>|100%|50% off|like new
credit union selects new members|not null and void|call me (after 5)|size (select one)|f(x) = x|E = mc2
выбор или заказ|«кавычки» и 'такие'|д'Артаньян|x = 5|1,2,3|(1)|[1]|...|?|'|"|`|;|--|/*|*|%|_|\\|''
European Union select committee|50% off -- today only!|sleep(8) hours is enough|benchmark (2024), v2
Why does "select * from users where id = 1" return nothing?|Ann wrote 'select * from t where a = 1' twice
""".strip()
    .replace("\n", "|")
    .split("|")
)

QUERIES = [
    "SELECT name FROM staff WHERE id = 7 AND city = 'Oslo'",
    "select a.id, count(*) from a join b on a.id = b.id group by a.id having count(*) > 1 order by 2",
    "WITH x AS (SELECT 1 AS a UNION ALL SELECT 2) SELECT a FROM x",
    "-- all of them\nSELECT id FROM t WHERE 1 = 1 AND id IN (SELECT id FROM u)",
    "SELECT TOP 5 name FROM staff",
]
BAD_QUERIES = [
    ("SELECT name FROM staff WHERE id = 7 OR 1 = 1", "constant-condition"),
    ("SELECT table_name FROM information_schema.tables", "catalog"),
    ("select sleep(9) from staff", "waiting"),
    ("WITH x AS (DELETE FROM t RETURNING id) SELECT id FROM x", "statement"),
    ("SELECT id FROM t FOR UPDATE", "statement"),
    ("SELECT id FROM t; DROP TABLE t", "stacked"),
    ("select version()", "telling"),
]


@pytest.mark.parametrize(("kind", "text"), PAIRS)
def test_attack_is_flagged_for_its_reason(kind: str, text: str) -> None:
    text = decode_url(text, plus=False)
    judged = classify(text)
    assert judged.flagged
    assert kind in judged.kinds()


@pytest.mark.parametrize("text", VALUES)
def test_value_is_not_flagged(text: str) -> None:
    assert not classify(text).kinds()


@pytest.mark.parametrize("text", QUERIES)
def test_plain_query_is_not_flagged(text: str) -> None:
    assert not classify(text).kinds()


@pytest.mark.parametrize(("text", "kind"), BAD_QUERIES)
def test_query_that_asks_for_too_much_is_flagged(text: str, kind: str) -> None:
    assert kind in classify(text).kinds()


@pytest.mark.parametrize("kind", KINDS)
def test_values_as_people_write_them(kind: str) -> None:
    rng = Random(kind)
    made = [KINDS[kind](rng) for _ in range(1500)]
    flagged = [text for text in made if classify(text).flagged]
    # sentences of such words are now and then a statement: "Drop table club 5, please"
    assert len(flagged) <= (0.006 if "prose" in kind or kind == "Markdown" else 0) * len(made)


def half_of(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % 2


@pytest.mark.parametrize("half", [0, 1], ids=["developed on", "held out"])
def test_public_attacks_and_what_looks_like_them(half: int) -> None:
    def lines(name: str) -> list[str]:
        records = shared("injection", name).read_text(encoding="utf-8").splitlines()
        texts = [json.loads(record)["line"] for record in records]
        return [text for text in texts if half_of(text) == half]

    attacks = lines("attacks-urlencoded.jsonl")
    flagged = sum(classify(text, url_encoded=True).flagged for text in attacks)
    assert flagged >= 0.97 * len(attacks)
    harmless = lines("false-positives.jsonl")
    for url_encoded in (False, True):
        wrong = [t for t in harmless if classify(t, url_encoded=url_encoded).flagged]
        assert len(wrong) <= max(1, 0.01 * len(harmless))


def test_public_queries_are_not_flagged() -> None:
    paths = sorted(shared("queries").rglob("*.sql"))
    assert len(paths) > 70
    for path in paths:
        assert not classify(path.read_text(encoding="utf-8")).kinds(), path.name
    for line in shared("rewrites", "wetune-issues.jsonl").read_text(encoding="utf-8").splitlines():
        for key, text in json.loads(line).items():
            if isinstance(text, str) and re.match(r"(?i)\s*select\b", text):
                assert not classify(text).kinds(), key


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    judged = classify(text)
    assert judged.flagged == bool(judged.reasons()) == bool(judged.reasons("ru"))
    for kind, (offset, context) in judged.kinds().items():
        assert kind in REASONS
        assert context in CONTEXTS_RU
        assert offset >= 0
    assert judged.decoded in {"", *DECODINGS_RU}
    assert json.loads(json.dumps(judged.as_dict()))["flagged"] == judged.flagged


PIECES = st.lists(
    st.sampled_from(
        """' " ` ( ) , ; -- # /* */ /*! \\ or and union all select from where 1 0x41 x = < || && @@a
        @ null not in like case when then end having order by group limit into outfile exec drop
        table sleep( char( version() % * - + . { } %27 &#39; \\u0027 delete update set declare if
        information_schema.tables $$ waitfor delay is between a.b [x] 'a' "b" ’ ＇""".split()
    ),
    max_size=16,
)


@given(PIECES, st.sampled_from(["", " "]), st.booleans())
def test_any_pieces_are_judged(pieces: list[str], between: str, url_encoded: bool) -> None:
    judged = classify(between.join(pieces), url_encoded=url_encoded)
    assert judged.kinds().keys() <= REASONS.keys()


@given(st.text(), st.booleans())
def test_every_character_is_in_a_token_a_comment_or_a_gap(text: str, mysql: bool) -> None:
    tokens = lex(text, mysql=mysql).tokens
    offsets = [offset for _, _, offset in tokens]
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@given(st.text(alphabet="ab '\n;-/*=()1#"))
def test_what_is_escaped_does_not_leave_its_quotes(text: str) -> None:
    assert _in_quotes(text.replace("'", "''"), "'", False) is None


@given(st.sampled_from(FLAT), st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_case_does_not_matter(text: str, change: object) -> None:
    text = decode_url(text, plus=False)
    assert classify(change(text)).flagged  # type: ignore[operator]


@given(st.sampled_from(FLAT), st.sampled_from(["\t", "\n", "\r\n", "\x0b", "\x0c", "  ", "\xa0"]))
def test_any_space_is_a_space(text: str, space: str) -> None:
    text = decode_url(text, plus=False).replace(" ", space)
    # a line's end ends its comment as well
    assert classify(text).flagged or "--" in text


@given(st.sampled_from(FLAT), st.integers(0, 2))
def test_encoding_does_not_hide(text: str, layers: int) -> None:
    encoded = decode_url(text, plus=False)
    for _ in range(layers + 1):
        encoded = quote(encoded)
    judged = classify(encoded, url_encoded=True)
    assert judged.flagged


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("x&#39; or &#39;a&#39;=&#39;a", "HTML entities"),
        ("x\\u0027 or \\u0027a\\u0027=\\u0027a", "escaped characters"),
        ("x\u02bc or 1=1 and \u02bca\u02bc=\u02bca", ""),
        ("x＇ ｏｒ ＇a＇=＇a", "unusual quotes or letters"),
        ("x%2527%2520or%25201%253D1", "double URL encoding"),
        ("x%u0027 or %u0027a%u0027=%u0027a", "URL encoding"),
    ],
)
def test_what_is_hidden_is_said(text: str, how: str) -> None:
    judged = classify(text)
    assert judged.flagged
    assert judged.decoded == how
    if how:
        assert f"hidden by {how}" in judged.reasons()


@pytest.mark.parametrize(
    "text", ["(" * 30_000, "'\"`" * 9_000, "/**/" * 20_000, "or 1 " * 9_000, "/*!" * 20_000]
)
def test_long_text_is_judged(text: str) -> None:
    classify(text)


def test_lines_are_texts_and_only_a_line_feed_ends_one() -> None:
    content = b"a\r\n\n7\x0bor\x0b1=1\n\xff' or 'a'='a\n"
    assert [line for line, _ in payloads(content)] == [1, 3, 4]
    flags = [judged.flagged for judged in classify_lines(t for _, t in payloads(content))]
    assert flags == [False, True, True]
    assert len(list(payloads(content, whole=True))) == 1
    found = payloads(b'{"line": "7 or 1=1"}\n"x"\nno json\n{"n": 1}', jsonl=True)
    assert [text for _, text in found] == ["7 or 1=1", "x", "no json", '{"n": 1}']


def check(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "sqlwright", "check", "--untrusted", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=120)


def test_command(tmp_path: Path) -> None:
    file = tmp_path / "values.txt"
    file.write_bytes(b"O'Brien\nroot'--\n7 or 1=1\n")
    found = check(file, "--json")
    assert found.returncode == 1
    said = json.loads(found.stdout)
    assert (said["flagged"], said["of"]) == (2, 3)
    assert [text["flagged"] for text in said["texts"]] == [False, True, True]
    assert said["texts"][1]["reasons"][0]["kind"] == "cut"
    assert said["texts"][1]["line"] == 2
    nothing = check("-", stdin=b"O'Brien\n")
    assert nothing.returncode == 0
    assert b"no promise" in nothing.stdout
    assert b"safe" not in nothing.stdout
    encoded = check("-", "--url-encoded", "--language", "ru", stdin=b"x%27+or+%27a%27%3D%27a")
    assert encoded.returncode == 1
    assert "добавлено условие" in encoded.stdout.decode()
    assert check(tmp_path / "nowhere").returncode == 2
