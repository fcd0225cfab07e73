#!/usr/bin/env bash
# What GRPO adds to SmolLM2-135M-Instruct on GSM8K's word problems: warm-up, 300 GRPO steps, both evaluated, two seeds.
#
#   runs/gsm8k_cpu.sh
#   runs/gsm8k_cpu.sh --model /path/to/SmolLM2-135M-Instruct --train train.jsonl --test test.jsonl      without a network
#
# train.jsonl and test.jsonl hold one object a line with question and final_answer; by default they are the hub's splits.
# Expect (not measured yet): see runs/svamp_cpu.sh for the same on shorter problems.
# Costs: not measured either, by SVAMP's about 7 hours of one core a seed with --vllm, and as much for the whole test set.
# The same command continues: a stage whose output is there is not run again.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv} OUT=${OUT:-runs/gsm8k_gain}

make setup VENV="$VENV"
source "$VENV/bin/activate"
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
python benchmarks/gain.py --problems gsm8k --output_dir "$OUT" "$@"
cat "$OUT/gain.md"
