#!/usr/bin/env bash
# What to run first on a fresh machine with one GPU and no network, in under nine minutes: do the pieces hold there, and
# how far are the numbers of docs/scale.md off?
#
#   benchmarks/gpu.sh
#   WHEELS=wheels benchmarks/gpu.sh     PyTorch and transformers are there; the other packages come from a folder
#   DEVICE=cpu benchmarks/gpu.sh        the same pieces, small, on a CPU
#   PIECES="warmup grpo" benchmarks/gpu.sh   some of them: tests, warmup, grpo (after warmup, in its $OUT), memory, train_step
#
# The folder of wheels is made where there is a network, for the Python of the machine (here 3.12):
#   grep -vE '^(#|torch|transformers==|nvidia|triton)' requirements.lock > carried.txt
#   pip download --no-deps --only-binary=:all: --python-version 3.12 -d wheels -r carried.txt
#
# What it gave on one H100: docs/scale.md. Each piece has a time limit (500 s in all, six times that on a CPU), a failing
# one does not stop the others, and all of their output is in $OUT. Ends with 1 when a piece failed.
set -uo pipefail
cd "$(dirname "$0")/.."
DEVICE=${DEVICE:-cuda} OUT=${OUT:-runs/gpu-$(date +%Y%m%d-%H%M%S)} PYTHON=${PYTHON:-python}
export DEVICE HF_HUB_OFFLINE=1 PYTHONUNBUFFERED=1 TOKENIZERS_PARALLELISM=false
ALL="tests warmup grpo memory train_step"
PIECES=${PIECES:-$ALL}
for name in $PIECES; do
  [[ " $ALL " == *" $name "* ]] || { echo "PIECES: $name is none of $ALL" >&2; exit 2; }
done
wanted() { [[ " $PIECES " == *" $1 "* ]]; }
mkdir -p "$OUT" && OUT=$(cd "$OUT" && pwd)
if [ -n "${WHEELS:-}" ]; then
  "$PYTHON" -m pip install -q --no-index --no-deps --upgrade --target "$OUT/site" "$WHEELS"/*.whl || exit 1
  export PYTHONPATH="$OUT/site${PYTHONPATH:+:$PYTHONPATH}"
fi
if [ "$DEVICE" = cuda ]; then
  PRECISION=(--use_cpu false --bf16 true) WARMUP=600 STEP=(--hidden_size 1024 --max_length 2048) MEMORY=() SLOW=1
else
  PRECISION=(--use_cpu true --bf16 false) WARMUP=${WARMUP:-150} SLOW=6
  STEP=(--completions 32 --max_length 256 --rollouts 1)
  MEMORY=(--layers 4 --hidden_size 128 --vocab_size 4096 --max_length 512)
fi

failed=0 summary=()
piece() { # NAME SECONDS COMMAND...: runs it, keeps its output, prints the last lines
  local name=$1 limit=$(($2 * SLOW)) started=$SECONDS code=0
  shift 2
  wanted "$name" || return 0
  echo "=== $name"
  timeout "$limit" "$@" >"$OUT/$name.log" 2>&1 || code=$?
  tr '\r' '\n' <"$OUT/$name.log" | grep -v '^ *[0-9]*%|' | tail -n 12
  [ "$code" -eq 0 ] || failed=1
  summary+=("$name: exit $code after $((SECONDS - started)) s")
}

"$PYTHON" - >"$OUT/machine.txt" <<'PY'
import platform, torch
from importlib.metadata import version
print(platform.python_version(), *(f"{name} {version(name)}" for name in ("torch", "transformers", "trl", "accelerate")))
print(*(torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())), "CUDA", torch.version.cuda)
PY
cat "$OUT/machine.txt"

# 1. Tests on the device: bf16 steps, and a run killed with SIGKILL that ends as the uninterrupted one
piece tests 150 "$PYTHON" -m pytest -q -p no:cacheprovider tests/training/test_device.py

# 2. Twenty GRPO steps of the demo's model, sampled by transformers; the lines say what they cost
! wanted warmup || "$PYTHON" -c "import demo, sys; from pathlib import Path
folder = Path(sys.argv[1]); folder.mkdir(exist_ok=True); demo.make_model(folder / 'model', 0)
demo.make_data(folder, 0)" "$OUT/demo"
piece warmup 60 "$PYTHON" sft_warmup.py --config configs/demo_sft.yaml "${PRECISION[@]}" --max_steps $WARMUP \
  --model_name_or_path "$OUT/demo/model" --dataset "$OUT/demo/train_sft.jsonl" --output_dir "$OUT/demo/warmup"
piece grpo 90 "$PYTHON" train_grpo.py --config configs/demo_grpo.yaml "${PRECISION[@]}" --max_steps 20 \
  --model_name_or_path "$OUT/demo/warmup" --dataset "$OUT/demo/train_grpo.jsonl" --output_dir "$OUT/demo/grpo"
! wanted grpo || grep -E 'training time|tokens (sampled|trained)|accuracy, mean' "$OUT/demo/grpo/README.md"

# 3. Peak memory beside the estimate
piece memory 80 "$PYTHON" benchmarks/gpu_memory.py --device "$DEVICE" "${MEMORY[@]}"

# 4. An optimizer step beside stock TRL's
piece train_step 120 "$PYTHON" benchmarks/train_step.py --device "$DEVICE" "${STEP[@]}"

echo "=== $DEVICE, $SECONDS s in all; logs in $OUT"
printf '%s\n' "${summary[@]}" | tee "$OUT/summary.txt"
exit $failed
