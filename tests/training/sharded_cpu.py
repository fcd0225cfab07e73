"""Makes accelerate shard a model over CPU processes (FSDP2), which its launcher and its state do for GPUs alone.

accelerate 1.15 takes several CPU processes for MULTI_CPU and then passes over its FSDP plugin, although PyTorch's FSDP2
runs on a CPU mesh. `shard_on_cpu` calls them MULTI_GPU while accelerate decides: from there on everything is its own
code, and parameters, gradients and optimizer state are DTensors of half a matrix on each process.
"""

import os

from accelerate.state import AcceleratorState, PartialState
from accelerate.utils import DistributedType

FSDP2 = {  # what `accelerate launch` sets from configs/accelerate/fsdp2_8gpu.yaml
    "ACCELERATE_USE_CPU": "true",
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
    "FSDP_STATE_DICT_TYPE": "FULL_STATE_DICT",
    "FSDP_CPU_RAM_EFFICIENT_LOADING": "false",  # true in the file: there rank 0 loads, and broadcasts to GPUs
    "FSDP_OFFLOAD_PARAMS": "false",
    "FSDP_ACTIVATION_CHECKPOINTING": "false",
}


def shard_on_cpu() -> None:
    """For this process, before its first `Accelerator`."""
    os.environ.update(FSDP2)
    decide = AcceleratorState.__init__

    def decide_as_for_gpus(self, *args, **kwargs):
        if PartialState(cpu=True).distributed_type == DistributedType.MULTI_CPU:
            PartialState._shared_state["distributed_type"] = DistributedType.MULTI_GPU
        decide(self, *args, **kwargs)

    AcceleratorState.__init__ = decide_as_for_gpus
