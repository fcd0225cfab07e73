#!/usr/bin/env bash
# DeepMath-1.5B: GRPO from R1-Distill-Qwen-1.5B on one node of 8 GPUs, then the six benchmarks.
#
#   runs/deepmath_1.5b_8gpu.sh
#
# Expect (the paper's numbers, pass@1 of 16 samples; not run by us):
#   MATH500 89.9, AMC23 82.3, OlympiadBench 61.8, Minerva 42.5, AIME24 37.3, AIME25 30.8
#   (before: 84.7, 72.0, 53.1, 36.6, 29.4, 24.8)
# Costs (estimate, docs/scale.md): 20 to 69 days on 8 H100s, by how long the completions get; there for 8 nodes as well.
# The same command continues after a stop, at the newest whole checkpoint or among the stored samples.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv} OUT=${OUT:-runs/grpo_deepmath_1.5b}

make setup VENV="$VENV"
source "$VENV/bin/activate"
pip install --quiet -r requirements-gpu.txt

if [ ! -f "$OUT/trainer_state.json" ]; then # what training writes last
  RESUME=false
  if compgen -G "$OUT/*checkpoint-*/trainer_state.json" >/dev/null; then
    RESUME=true
  elif [ -e "$OUT" ]; then # stopped before its first checkpoint: begin anew, and keep what is there
    mv "$OUT" "$OUT-stopped-$(date +%Y%m%d-%H%M%S)"
  fi
  python -m training.launch --config_file configs/accelerate/ddp_8gpu.yaml train_grpo.py \
    --config configs/grpo_deepmath_1.5b.yaml --output_dir "$OUT" --resume_from_checkpoint $RESUME "$@"
fi
accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml evaluate.py \
  --config configs/eval_deepmath_1.5b.yaml --model_name_or_path "$OUT" --output_dir "results/$(basename "$OUT")"
python evaluate.py report --results_dir results
python evaluate.py card "results/$(basename "$OUT")" --run "$OUT" --license mit # the base model's
