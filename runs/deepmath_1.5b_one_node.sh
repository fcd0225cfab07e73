#!/usr/bin/env bash
# A 1.5B model on DeepMath-103K for a fraction of the cost, on one node of 8 GPUs: three stages of GRPO with completions
# of up to 8, 16 and 24 thousand tokens, each from the last one's weights and history, then the six benchmarks
# and the model card.
#
#   runs/deepmath_1.5b_one_node.sh
#   LAUNCH="torchrun --nproc_per_node 8" runs/deepmath_1.5b_one_node.sh    in an environment of your own: nothing is installed
#
# Expect (published for these stages on another data set, pass@1 of 16 samples; not run by us): DeepScaleR-1.5B in the
# paper's table, an average of 57.5 over the six benchmarks beside 57.4 for DeepMath-1.5B and 50.1 before.
# Costs (estimate): docs/scale.md, `python benchmarks/budget.py`.
# The same command continues after a stop: between stages, within one at its newest whole checkpoint, or among the stored
# samples. Flags go to all three stages.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv} OUT=${OUT:-runs/deepmath_1.5b_one_node}

if [ -z "${LAUNCH:-}" ]; then
  make setup VENV="$VENV"
  source "$VENV/bin/activate"
  pip install --quiet -r requirements-gpu.txt
  LAUNCH="python -m training.launch --config_file configs/accelerate/ddp_8gpu.yaml"
fi

stage() { # its folder, then the command
  local run=$1 resume=false
  if [ -f "$run/trainer_state.json" ]; then return; fi # what training writes last
  if compgen -G "$run/*checkpoint-*/trainer_state.json" >/dev/null; then
    resume=true
  elif [ -e "$run" ]; then # stopped before its first checkpoint: begin anew, and keep what is there
    mv "$run" "$run-stopped-$(date +%Y%m%d-%H%M%S)"
  fi
  $LAUNCH "${@:2}" --output_dir "$run" --resume_from_checkpoint $resume
}

stage "$OUT/8k" train_grpo.py --config configs/grpo_one_node_8k.yaml "$@"
stage "$OUT/16k" train_grpo.py --config configs/grpo_one_node_16k.yaml \
  --model_name_or_path "$OUT/8k" --pass_rates "$OUT/8k/prompt_history.parquet" "$@"
stage "$OUT/24k" train_grpo.py --config configs/grpo_one_node_24k.yaml \
  --model_name_or_path "$OUT/16k" --pass_rates "$OUT/16k/prompt_history.parquet" "$@"
$LAUNCH evaluate.py --config configs/eval_deepmath_1.5b.yaml --model_name_or_path "$OUT/24k" \
  --output_dir "results/$(basename "$OUT")"
python evaluate.py report --results_dir results
python evaluate.py card "results/$(basename "$OUT")" --run "$OUT/24k" --license mit # R1-Distill-Qwen-1.5B's
