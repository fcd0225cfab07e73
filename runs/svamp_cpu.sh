#!/usr/bin/env bash
# What GRPO adds to SmolLM2-135M-Instruct on SVAMP's word problems: warm-up, 30 GRPO steps, evaluation of both, two seeds.
#
#   runs/svamp_cpu.sh
#   MODEL=/path/to/SmolLM2-135M-Instruct TRAIN=train.jsonl TEST=test.jsonl runs/svamp_cpu.sh    without a network
#
# TRAIN and TEST are SVAMP's two splits, one object a line with question and final_answer.
# Expect (measured, 131 held-out problems, mean of two seeds, 95 % intervals): +5.3 ± 4.2 points at the temperature it
# trains at (8.8 to 14.1), no gain that shows at the paper's 0.6 (+0.8 ± 4.1).
# Costs: about 100 minutes of one core a seed. The same command continues: a stage whose output is there is not run again.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv} OUT=${OUT:-runs/svamp_gain}

make setup VENV="$VENV"
source "$VENV/bin/activate"
mkdir -p "$OUT"
if [ -z "${MODEL:-}" ]; then
  MODEL=$OUT/SmolLM2-135M-Instruct
  hf download HuggingFaceTB/SmolLM2-135M-Instruct --local-dir "$MODEL"
fi
if [ -z "${TRAIN:-}" ]; then
  TRAIN=$OUT/svamp_train.jsonl TEST=$OUT/svamp_test.jsonl
  python - "$OUT" <<'PY'
import json, sys
from datasets import load_dataset

for split, rows in load_dataset("ChilleD/SVAMP").items():
    with open(f"{sys.argv[1]}/svamp_{split}.jsonl", "w") as file:
        for row in rows:
            question = f"{row['Body'].strip()} {row['Question'].strip()}"
            file.write(json.dumps({"question": question, "final_answer": str(row["Answer"])}) + "\n")
PY
fi
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
python benchmarks/svamp_gain.py --model "$MODEL" --train "$TRAIN" --test "$TEST" --seeds 1 2 --output_dir "$OUT"
cat "$OUT/gain.md"
