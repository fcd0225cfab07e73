#!/usr/bin/env bash
# What GRPO adds to SmolLM2-135M-Instruct on GSM8K's word problems: warm-up, 300 GRPO steps, both evaluated, two seeds.
#
#   runs/gsm8k_cpu.sh
#   runs/gsm8k_cpu.sh --model /path/to/SmolLM2-135M-Instruct --train train.jsonl --test test.jsonl      without a network
#
# train.jsonl and test.jsonl hold one object a line with question and final_answer; by default they are the hub's splits.
# Expect (two seeds, 95 % intervals, first 400 test problems): no gain, +0.5 ± 0.8 points at the paper's temperature of 0.6
# (2.7 to 3.2), +0.2 ± 0.9 at the one it trains at (2.6 to 2.8). The model is too weak for these: see runs/svamp_cpu.sh.
# Costs: about 5 hours of one core a seed with --vllm on those 400; the whole test set takes another 2.
# The same command continues: a stage whose output is there is not run again.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv} OUT=${OUT:-runs/gsm8k_gain}

make setup VENV="$VENV"
source "$VENV/bin/activate"
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
python benchmarks/gain.py --problems gsm8k --output_dir "$OUT" "$@"
cat "$OUT/gain.md"
