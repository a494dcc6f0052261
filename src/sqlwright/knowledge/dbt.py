"""Reads dbt's manifest: models and sources with their columns and tests, and the models' SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlwright import sql
from sqlwright.errors import DataError
from sqlwright.knowledge.excluding import NOTHING, Excluding
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.queries import PastQuery, from_query
from sqlwright.knowledge.reading import lines
from sqlwright.knowledge.sections import parts

NAME = "manifest.json"
_TABLES = ("model", "seed", "snapshot", "source")

# what is tested of a column, by (id of the model or source, column in lower case)
Tests = Mapping[tuple[str, str], list[str]]


def find(folder: Path) -> Path | None:
    """The manifest of a dbt project or of its target folder, or None."""
    places = (folder / "target" / NAME, folder / NAME)
    return next((place for place in places if place.is_file() and is_manifest(place)), None)


def is_manifest(path: Path) -> bool:
    """Does the file look like dbt's manifest? It names its format near the beginning."""
    try:
        with path.open("rb") as file:
            return b"dbt_schema_version" in file.read(4096)
    except OSError:
        return False


def from_manifest(
    path: Path, dialect: str | None = None, excluding: Excluding = NOTHING
) -> list[Passage]:
    """One document a model, seed, snapshot and source, and one query a compiled model.

    The SQL of a model goes as a whole where it names a column that is kept out.

    Raises:
        DataError: if the file is no manifest, with what is wrong in it.
    """
    manifest = _read(path)
    nodes = _objects(path, manifest, "nodes")
    tables = {
        name: node
        for name, node in (nodes | _objects(path, manifest, "sources")).items()
        if node.get("resource_type") in _TABLES
    }
    if not tables:
        raise DataError(f"{path} has no models and no sources: run dbt compile in the project")
    for node in tables.values():
        for column in list(node.get("columns") or {}):
            if excluding.takes(_table_name(node), str(column)):
                del node["columns"][column]
    tests = _tests(nodes, tables, excluding)
    spoken = dialect or _dialect(manifest)
    found = list[Passage]()
    for name, node in tables.items():
        found += _described(path, name, node, tests)
        code = str(node.get("compiled_code") or node.get("compiled_sql") or "")
        if not excluding.is_named_in(code, (_table_name(node),)):
            found += _compiled(path, node, spoken)
    return found


def _read(path: Path) -> dict[str, Any]:
    text = "\n".join(line for _, line in lines(path))
    try:
        manifest = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}, line {error.lineno}: broken JSON ({error.msg}): run dbt compile again"
        ) from None
    except RecursionError:
        raise DataError(f"{path} is nested too deeply: run dbt compile again") from None
    if not isinstance(manifest, dict) or "nodes" not in manifest:
        raise DataError(f"{path} is no manifest of dbt, it has no nodes: give target/{NAME}")
    return manifest


def _objects(path: Path, manifest: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    found = manifest.get(key) or {}
    if not isinstance(found, dict):
        raise DataError(f"{path}: {key} is no object: run dbt compile again")
    for name, node in found.items():
        wrong = not isinstance(node, dict) or not isinstance(node.get("name"), str)
        if wrong or not isinstance(node.get("columns") or {}, dict):
            raise DataError(
                f"{path}: {key}.{name} is no object with a name and columns: run dbt compile again"
            )
    return found


def _dialect(manifest: Mapping[str, Any]) -> str | None:
    return sql.DIALECTS.get(str(_object(manifest.get("metadata")).get("adapter_type")))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _table_name(node: Mapping[str, Any]) -> str:
    return str(node.get("identifier") or node.get("alias") or node["name"])


def _described(path: Path, name: str, node: Mapping[str, Any], tests: Tests) -> Iterator[Passage]:
    kind, table = node["resource_type"], _table_name(node)
    said = str(node.get("description") or "").strip()
    text = [f"{kind} {table}" + (f": {said}" if said else "")]
    columns = {str(column).lower(): about for column, about in (node.get("columns") or {}).items()}
    tested = [column for owner, column in tests if owner == name and column not in columns]
    for column in (*columns, *filter(None, tested)):
        text.append(_column(column, columns.get(column), tests.get((name, column), [])))
    text += [f"rows: {fact}" for fact in tests.get((name, ""), [])]
    if tags := node.get("tags"):
        text.append("tags: " + ", ".join(map(str, tags if isinstance(tags, list) else [tags])))
    owner = f"{node.get('source_name')}." if kind == "source" else ""
    for _, part in parts("\n".join(text)):
        yield Passage("document", table, part, f"{path}, {kind} {owner}{node['name']}")


def _column(name: str, about: Any, facts: list[str]) -> str:
    about = _object(about)
    kind = f" {about['data_type']}" if about.get("data_type") else ""
    said = " ".join(str(about.get("description") or "").split())
    told = "; ".join(filter(None, (said, *facts)))
    return f"- {about.get('name') or name}{kind}" + (f": {told}" if told else "")


def _compiled(path: Path, node: Mapping[str, Any], dialect: str | None) -> Iterator[Passage]:
    code = node.get("compiled_code") or node.get("compiled_sql")
    if node["resource_type"] == "model" and isinstance(code, str) and code.strip():
        said = " ".join(str(node.get("description") or "").split())
        query = PastQuery(1, said or f"dbt model {node['name']}", code.strip())
        yield from_query(query, f"{path}, SQL of model {node['name']}", dialect)


def _tests(nodes: Mapping[str, Any], tables: Mapping[str, Any], excluding: Excluding) -> Tests:
    found: dict[tuple[str, str], list[str]] = {}
    for node in nodes.values():
        about = _object(node.get("test_metadata"))
        if node.get("resource_type") != "test" or not about:
            continue
        given = _object(about.get("kwargs"))
        given = given | _object(given.get("arguments"))  # since dbt 1.10
        owner = str(node.get("attached_node") or _named_by(str(given.get("model")), tables) or "")
        column = str(node.get("column_name") or given.get("column_name") or "").lower()
        if owner in tables and excluding.takes(_table_name(tables[owner]), column):
            continue
        field = str(given.get("field") or "")
        if field and excluding.takes(_last_name(str(given.get("to"))), field):
            continue
        if owner:
            fact = _in_words(str(about.get("name")), given)
            found.setdefault((owner, column), []).append(fact)
    return found


def _named_by(reference: str, tables: Mapping[str, Any]) -> str | None:
    """The id of what ref('orders') or source('shop', 'orders') names."""
    name = _last_name(reference)
    return next((key for key, node in tables.items() if node["name"] == name), None)


def _last_name(reference: str) -> str:
    found: list[str] = re.findall(r"['\"]([^'\"]+)['\"]", reference)
    return found[-1] if found else reference


def _in_words(test: str, given: Mapping[str, Any]) -> str:
    if test == "unique":
        return "unique"
    if test == "not_null":
        return "never null"
    if test == "accepted_values" and isinstance(given.get("values"), list):
        return "one of " + ", ".join(map(str, given["values"]))
    if test == "relationships":
        return f"refers to `{_last_name(str(given.get('to')))}` ({given.get('field')})"
    return "tested: " + test.replace("_", " ")
