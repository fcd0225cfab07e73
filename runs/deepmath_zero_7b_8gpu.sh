#!/usr/bin/env bash
# DeepMath-Zero-7B: GRPO from the Qwen2.5-7B base model on one node of 8 GPUs, then the six benchmarks.
#
#   runs/deepmath_zero_7b_8gpu.sh
#
# Expect (the paper's numbers, pass@1 of 16 samples; not run by us):
#   MATH500 85.5, AMC23 64.7, OlympiadBench 51.0, Minerva 45.3, AIME24 20.4, AIME25 17.5
#   (before: 54.8, 35.3, 27.8, 16.2, 7.7, 5.4)
# Costs: not estimated for this model; the original's script asks for 8 nodes of 8 GPUs, and docs/scale.md starts them.
# The same command continues after a stop, at the newest whole checkpoint or among the stored samples.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv} OUT=${OUT:-runs/grpo_deepmath_zero_7b}

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
  python -m training.launch --config_file configs/accelerate/fsdp2_8gpu.yaml train_grpo.py \
    --config configs/grpo_deepmath_zero_7b.yaml --output_dir "$OUT" --resume_from_checkpoint $RESUME "$@"
fi
accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml evaluate.py \
  --config configs/eval_deepmath_zero_7b.yaml --model_name_or_path "$OUT" --output_dir "results/$(basename "$OUT")"
python evaluate.py report --results_dir results
python evaluate.py card "results/$(basename "$OUT")" --run "$OUT" --license apache-2.0 # the base model's
