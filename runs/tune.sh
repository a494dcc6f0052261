#!/usr/bin/env bash
# A search for mini's settings on the demo's records, after `make demo`: the figures of docs/tune.md.
#
#   bash runs/tune.sh            about 45 minutes on two cores; killed, the same command goes on
set -euo pipefail
cd "$(dirname "$0")/.."
DEMO=${DEMO:-build/demo} WORK=${WORK:-build/tune} TRIALS=${TRIALS:-40} ANSWERS=${ANSWERS:-48}
SQLWRIGHT=${SQLWRIGHT:-.venv/bin/sqlwright}
export OMP_WAIT_POLICY=PASSIVE # or else waiting threads take the cores from those that work

mkdir -p "$WORK"
# few records and one pass: forty trials should not take longer than a lunch
head -n 160 "$DEMO/train.jsonl" > "$WORK/train.jsonl"
# what the search is judged by at its end, it must not see: the held-out records are split once more
[ -f "$WORK/held/train.jsonl" ] || "$SQLWRIGHT" data split "$DEMO/validation.jsonl" --share 0.5 --out "$WORK/held"
"$SQLWRIGHT" tune configs/mini.yaml data.train="$WORK/train.jsonl" data.validation="$WORK/held/train.jsonl" \
    data.validation_records=32 train.output_dir="$WORK/adapter" train.num_train_epochs=1 train.max_minutes=null \
    --trials "$TRIALS" --workers 2 --study "$WORK/study" $([ -d "$WORK/study" ] && echo --resume)
"$SQLWRIGHT" tune report "$WORK/study"
"$SQLWRIGHT" tune confirm "$WORK/study" --seeds 3 --records "$WORK/held/validation.jsonl" --answers "$ANSWERS"
