#!/bin/sh
# How models/mini was made: a tokenizer, pairs invented by every core, and a training on one GPU beside it.
# Needs torch, transformers, sqlglot with python-dateutil, numpy. On an H200 with 16 cores: 21 minutes.
set -eu
folder=${1:-models/mini}    # the tokenizer is kept if it is there already
shards=${2:-/tmp/shards}
seconds=${3:-1020}         # of training, compiling not counted

[ -f "$folder/tokenizer.json" ] || python3 -m sqlwright.pretrain tokenizer "$folder" --number 9000
python3 -m sqlwright.pretrain shards "$folder" "$shards" --workers 15 --rows 64 --seconds $((seconds + 60)) &
python3 -m sqlwright.pretrain train "$folder" "$shards" --rows 64 --seconds "$seconds"
wait
python3 benchmarks/mini.py "$folder" --number 400 --out "$folder/answers.jsonl"
