"""Records read from whatever a team has: the same records from each format, every fault named."""

import csv
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from sqlwright.data.records import Record, read_records, scan_records
from sqlwright.errors import DataError
from tiny import DDL, tiny_records

WIDE = [
    Record("Ускорь запрос", 'SELECT "a;b"\nFROM t -- x', "SELECT 1", context=("[1] p", "q")),
    Record(
        "Explain", "SELECT 'ё, \"'", "It says\n\nё.", task="check", schema="CREATE TABLE t (a INT)"
    ),
    *tiny_records(4),
]


def write_table(path: Path, records: list[Record], delimiter: str, mark: str = "") -> None:
    names = [*asdict(records[0])]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(mark)
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(names)
        for record in records:
            values = asdict(record) | {
                "context": json.dumps(record.context) if record.context else ""
            }
            writer.writerow(values[name] for name in names)


def write_as(kind: str, folder: Path, records: list[Record]) -> Path:
    path = folder / f"records.{kind}"
    values = [asdict(record) for record in records]
    if kind == "jsonl":
        path.write_text("\n".join(map(json.dumps, values)))
    elif kind == "json":
        path.write_text("\ufeff" + json.dumps(values, indent=1), encoding="utf-8")
    elif kind in ("csv", "tsv"):
        write_table(path, records, "\t" if kind == "tsv" else ";", "\ufeff")
    else:
        from datasets import Dataset

        dataset = Dataset.from_list(values)
        if kind == "parquet":
            dataset.to_parquet(str(path))
        else:
            dataset.save_to_disk(str(path))
    return path


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "tsv", "parquet", "dataset"])
def test_every_format_holds_the_same_records(kind: str, tmp_path: Path) -> None:
    assert read_records(write_as(kind, tmp_path, WIDE)) == WIDE


def test_a_folder_of_parquet_files_is_read_in_order(tmp_path: Path) -> None:
    for number, part in enumerate((WIDE[:2], WIDE[2:])):
        write_as("parquet", tmp_path, part).rename(tmp_path / f"train-{number}.parquet")
    assert read_records(tmp_path) == WIDE


@pytest.mark.parametrize("text", [True, False])
def test_alpaca_files_load_as_they_are(text: bool, tmp_path: Path) -> None:
    rows = [
        {"instruction": "Say", "input": "", "output": "x"},
        {"instruction": "Do", "input": "a", "output": "b"},
    ]
    path = tmp_path / "alpaca.json"
    path.write_text(
        json.dumps([row | ({"text": "### Instruction:"} if text else {}) for row in rows])
    )
    assert read_records(path) == [Record("Say", "", "x"), Record("Do", "a", "b")]


def test_a_question_needs_no_column_for_a_query(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text("question,sql,task\nСколько?,SELECT 1,write\n", encoding="utf-8")
    names = {"instruction": "question", "output": "sql"}
    wanted = [Record("Сколько?", "", "SELECT 1", task="write")]
    assert read_records(path, names) == wanted
    path.write_text("question,sql\nСколько?,SELECT 1\n", encoding="utf-8")
    assert scan_records(path, names, {"task": "write"}) == (wanted, [])
    with pytest.raises(DataError, match="column input is missing"):
        read_records(path, names)


def test_other_names_are_mapped(tmp_path: Path) -> None:
    path = tmp_path / "team.csv"
    path.write_text(
        "id,question,slow,fast,author\n7,Быстрее,SELECT 1,SELECT 2,me\n", encoding="utf-8"
    )
    names = {"instruction": "question", "input": "slow", "output": "fast"}
    assert read_records(path, names) == [Record("Быстрее", "SELECT 1", "SELECT 2")]
    with pytest.raises(
        DataError, match=r"line 2: column quick is missing\. The columns are id, question, slow"
    ):
        read_records(path, names | {"output": "quick"})
    with pytest.raises(DataError, match=r"no column outputt .* Did you mean output\?"):
        read_records(path, {"outputt": "fast"})


def test_one_column_cannot_be_two(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text(json.dumps({"instruction": "i", "input": "a", "output": "b", "better": "c"}))
    with pytest.raises(
        DataError, match="column output is there, and another one is to be read as output"
    ):
        read_records(path, {"output": "better"})


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"instruction,input,output\ni,a\n", "line 2: has 2 cells, and the first line names 3"),
        ("a.csv", b'instruction,input,output\ni,"a,b\n', "line 2: is not CSV: "),
        ("a.csv", "instruction,input,output\nё,a,b\n".encode("cp1251"), "is not UTF-8 text: save it as CSV UTF-8"),
        ("a.csv", b"instruction,input,ouput\ni,a,b\n", r"unknown column ouput\. Did you mean output\?"),
        ("a.json", b'[{"instruction": "i"}, 3]', "row 1: column input is missing .and 1 more rows."),
        ("a.json", b"[{]", "a.json: is not JSON: "),
        ("a.json", b"[" * 200_000, "a.json: is n"),
        ("a.parquet", b"PAR0", "is not a Parquet file: "),
        ("a.csv", b"", "holds no records"),
        ("a.parquet/x", b"", "is no dataset: it holds neither state.json nor Parquet files"),
        ("a.d/dataset_dict.json", b'{"splits": ["train", "test"]}', "a.d: holds the sets train, test: name one, like .*a.d/train"),
        ("a.d/state.json", b"{}", "a.d: is no dataset that can be read: "),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(
    name: str, content: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=reason):
        read_records(tmp_path / name.partition("/")[0])


def test_a_bad_row_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text('instruction,input,output\ni,"a\n\nb",c\ni,a\ni,d,e\n')
    records, malformed = scan_records(path)
    assert [record.input for record in records] == ["a\n\nb", "d"]
    assert [item.line for item in malformed] == [5]


def test_the_commands_take_other_names(tmp_path: Path) -> None:
    path = tmp_path / "team.csv"
    lines = [
        f"Faster,SELECT a FROM t WHERE b = {n} AND 1 = 1,SELECT a FROM t WHERE b = {n}"
        for n in range(4)
    ]
    path.write_text("instruction,slow,fast\n" + "\n".join(lines))
    named = ["--column", "input=slow", "--column", "output=fast"]
    assert run("check", path, *named).returncode == 0
    done = run("split", path, "--out", tmp_path, *named)
    assert (done.returncode, "nothing can be held out" in done.stderr) == (2, True)
    done = run("check", path, "--column", "slow")
    assert done.returncode == 2
    assert done.stderr == "sqlwright: --column slow: is written input=NAME or output=NAME\n"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sqlwright", "data", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_teams_table_becomes_whole_records(tmp_path: Path) -> None:
    team = Path(__file__).parents[1] / "examples" / "team"
    lines = (team / "queries.csv").read_text(encoding="utf-8").splitlines()
    short = tmp_path / "queries.csv"  # with each of the four faults, and a few that have none
    marked = [n for n, line in enumerate(lines) if line[:7] in ("DWH-901", "DWH-902", "DWH-903")]
    chosen = [*range(1, 9), *marked, lines.index(lines[1], 2)]
    short.write_text("\n".join([lines[0], *(lines[n] for n in chosen)]), encoding="utf-8")
    named = (
        "--column",
        "instruction=request",
        "--column",
        "input=before",
        "--column",
        "output=after",
    )
    out = tmp_path / "records.jsonl"
    done = run(
        "import",
        short,
        "--schema",
        team / "schema.sql",
        "--dialect",
        "sqlite",
        *named,
        "--out",
        out,
    )
    assert done.returncode == 1, done.stderr
    assert "record 9: output is refuted: the queries return" in done.stdout
    assert "record 10: output does not bind" in done.stdout
    assert "near 'AND' (AND lacks a part): correct it" in " ".join(done.stdout.split("│"))
    assert "8 records, 4 left out" in done.stdout
    records = read_records(out)
    assert len(records) == 8
    assert all(record.dialect == "sqlite" for record in records)
    assert all(record.schema.startswith("CREATE TABLE") for record in records)
    assert all(record.checked.startswith("no difference found") for record in records)
    assert {record.source for record in records} == {"queries.csv"}
    assert run("check", out).returncode == 0


def test_a_table_of_questions_becomes_records(tmp_path: Path) -> None:
    table, ddl, out = (tmp_path / name for name in ("asked.csv", "schema.sql", "records.jsonl"))
    table.write_text(
        "question,sql\nHow many orders?,SELECT COUNT(*) FROM orders\n"
        "Сколько?,SELECT COUNT(*) FROM ordres\n,SELECT total FROM orders\n",
        encoding="utf-8",
    )
    ddl.write_text(DDL)
    named = ("--column", "instruction=question", "--column", "output=sql", "--task", "write")
    done = run("import", table, "--schema", ddl, "--dialect", "sqlite", *named, "--out", out)
    assert done.returncode == 1, done.stderr
    assert "record 2: output does not bind" in done.stdout
    assert "record 3: instruction is empty" in done.stdout
    record = read_records(out)[0]
    assert (record.task, record.input, record.context) == ("write", "", ())
    assert "CREATE TABLE orders" in record.schema
    assert "CREATE TABLE customers" not in record.schema
    assert "1 records, 2 left out" in done.stdout


def test_what_a_table_does_not_say_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"input": "SELECT a FROM t WHERE 1 = 1", "output": "SELECT a FROM t"}\n')
    records, malformed = scan_records(path, None, {"instruction": "Shorter", "task": "refactor"})
    assert malformed == []
    assert (records[0].instruction, records[0].task) == ("Shorter", "refactor")
    with pytest.raises(DataError, match="column instruction is missing"):
        read_records(path)
