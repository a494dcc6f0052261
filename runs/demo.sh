#!/usr/bin/env bash
# The whole story on a laptop, no GPU and no download of weights: a database, what its team knows
# about it, records that were checked, a small model adapted to them, and SQL made faster.
#
#   bash runs/demo.sh                     on SQLite, about five minutes
#   DB=postgres bash runs/demo.sh         on a PostgreSQL server of our own
#   EVALUATE=240 TIMED=40 bash runs/demo.sh     every record held out, which takes ten minutes more
#   SCALE=0.01 RECORDS=60 MINUTES=0.2 EVALUATE=4 TIMED=0 bash runs/demo.sh      in short
set -euo pipefail
cd "$(dirname "$0")/.."
DB=${DB:-sqlite} WORK=${WORK:-build/demo} SCALE=${SCALE:-0.05}
RECORDS=${RECORDS:-1200} MINUTES=${MINUTES:-2} EVALUATE=${EVALUATE:-24} TIMED=${TIMED:-0} LONG=${LONG:-5}
MODEL=${MODEL:-mini} # the small model that ships with sqlwright
SQLWRIGHT=${SQLWRIGHT:-.venv/bin/sqlwright}
# not the caller's PYTHON: `make demo PYTHON=python3.11` names one that has none of the packages
PYTHON=$(dirname "$SQLWRIGHT")/python
TPCH=examples/tpch
export OMP_WAIT_POLICY=PASSIVE # or else waiting threads take the cores from those that work

say() { printf '\n=== %s (%d s)\n' "$1" $SECONDS; }
run() {
    local word shown=
    for word in "$@"; do case $word in *" "*) shown+=" \"$word\"" ;; *) shown+=" $word" ;; esac; done
    printf '\n$ sqlwright%s\n' "$shown"
    "$SQLWRIGHT" "$@"
}
mkdir -p "$WORK"

say "1. A database: TPC-H at scale $SCALE on $DB"
if [ "$DB" = postgres ]; then
    trap '"$PYTHON" $TPCH/serve_postgres.py "$WORK/postgres" --stop' EXIT
    URL=$("$PYTHON" $TPCH/serve_postgres.py "$WORK/postgres")
    "$PYTHON" $TPCH/make_database.py --postgres "$URL" --scale "$SCALE"
else
    URL=$WORK/tpch.sqlite
    "$PYTHON" $TPCH/make_database.py "$URL" --scale "$SCALE"
fi

say "2. What is known about it: schema, descriptions, documents, standards, past queries"
run learn --db "$URL" $TPCH/tables.md $TPCH/docs $TPCH/standards.md $TPCH/queries --knowledge "$WORK/knowledge"
run search "Какой запас называется лишним?" --knowledge "$WORK/knowledge" --limit 3

say "3. Records: past and invented queries made worse, kept where checking finds no difference"
run data build --db "$URL" --knowledge "$WORK/knowledge" --count "$RECORDS" --out "$WORK/records.jsonl"
run data split "$WORK/records.jsonl" --out "$WORK"
run data preview "$WORK/train.jsonl" --model "$MODEL" --first 1

say "4. A LoRA adapter for the small model"
rm -rf "$WORK/adapter" # or else it would go on with the adapter of the last demo
run train configs/mini.yaml model.path="$MODEL" data.train="$WORK/train.jsonl" data.validation="$WORK/validation.jsonl" \
    train.output_dir="$WORK/adapter" train.max_minutes="$MINUTES"

say "5. Base and adapted model on queries held out"
run evaluate "$WORK/validation.jsonl" --model "$MODEL" --model "$WORK/adapter" --db "$URL" \
    --limit "$EVALUATE" --timed "$TIMED" --out "$WORK"

say "6. Three slow queries"
common=(--db "$URL" --knowledge "$WORK/knowledge" --model "$WORK/adapter")
run optimize $TPCH/slow/active_suppliers.sql "${common[@]}" --seconds "$LONG"
run optimize $TPCH/slow/small_orders.sql "${common[@]}" --seconds "$LONG"
run optimize $TPCH/slow/excess_stock.sql "${common[@]}" --seconds "$LONG" --language ru \
    --instruction "Перепиши запрос так, чтобы он работал быстрее и возвращал те же строки."

say "7. A tempting rewrite that is wrong: exit code 1 and the smallest counterexample"
code=0
run verify $TPCH/slow/active_suppliers.sql $TPCH/wrong/active_suppliers.sql --db "$URL" || code=$?
[ "$code" = 1 ] || { echo "demo: verify should have refuted it, exit code $code" >&2; exit 1; }
say "Done. Everything is in $WORK"
