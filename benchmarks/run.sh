#!/usr/bin/env bash
# All benchmarks, one after the other; each also runs by itself. Quiet machines give better figures.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
export OMP_WAIT_POLICY=PASSIVE
echo "commit $(git rev-parse --short HEAD), $(nproc) cores"
echo "== verdicts on the demo's past queries"
.venv/bin/python benchmarks/verdicts.py
echo "== mini: 24 questions of the generator over new schemas, 24 over TPC-H"
.venv/bin/python benchmarks/mini.py models/mini --number 24 --device cpu
if [ -d ../shared/data ]; then
    echo "== mutations: 60 wrong rewrites of public queries"
    .venv/bin/python benchmarks/mutations.py --count 60 --out build/mutations.jsonl
fi
