#!/usr/bin/env bash
# What GRPO adds to SmolLM2-135M-Instruct on GSM8K's word problems: warm-up, 300 GRPO steps, both evaluated, two seeds.
#
#   runs/gsm8k_cpu.sh
#   MODEL=/path/to/SmolLM2-135M-Instruct TRAIN=train.jsonl TEST=test.jsonl runs/gsm8k_cpu.sh    without a network
#
# TRAIN and TEST hold one object a line with question and final_answer; by default they are the hub's splits.
# Expect (not measured yet): see runs/svamp_cpu.sh for the same on shorter problems.
# Costs: about 7 hours of one core a seed with --vllm, and as much for the whole test set. The same command continues: a
# stage whose output is there is not run again.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv} OUT=${OUT:-runs/gsm8k_gain}

make setup VENV="$VENV"
source "$VENV/bin/activate"
mkdir -p "$OUT"
if [ -z "${MODEL:-}" ]; then
  MODEL=$OUT/SmolLM2-135M-Instruct
  hf download HuggingFaceTB/SmolLM2-135M-Instruct --local-dir "$MODEL"
fi
if [ -z "${TRAIN:-}" ]; then
  TRAIN=$OUT/gsm8k_train.jsonl TEST=$OUT/gsm8k_test.jsonl
  python - "$OUT" <<'PY'
import json, sys
from datasets import load_dataset

for split, rows in load_dataset("openai/gsm8k", "main").items():
    with open(f"{sys.argv[1]}/gsm8k_{split}.jsonl", "w") as file:
        for row in rows:
            steps, _, answer = row["answer"].partition("####")
            difficulty = 1 + 0.5 * max(steps.count("<<") - 1, 0)  # steps of the worked solution, on a scale from 1
            row = {"question": row["question"], "final_answer": answer.strip().replace(",", "")}
            file.write(json.dumps({**row, "difficulty": difficulty}) + "\n")
PY
fi
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
python benchmarks/gain.py --problems gsm8k --model "$MODEL" --train "$TRAIN" --test "$TEST" --output_dir "$OUT" "$@"
cat "$OUT/gain.md"
