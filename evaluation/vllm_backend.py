"""Generation through vLLM, as in the paper: the default of evaluate.py where vLLM is installed.

One engine a process: `--tensor_parallel` spreads a model over GPUs, `accelerate launch` spreads the problems over
processes, each with its own GPUs. vLLM takes a sample's seed as it is, so that sample i of every problem draws from the
same random numbers, as in the paper. In low precision a completion may still change with the batch it ran in; on a GPU
VLLM_BATCH_INVARIANT=1 prevents it, at a cost.
"""

import os

from cli import InputError
from evaluation.backend import Emit, LocalBackend, Processes, Request

# What `accelerate launch` tells its processes about each other; vLLM would build its own groups from it.
LAUNCHER_VARIABLES = {
    "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "ROLE_RANK", "MASTER_ADDR", "MASTER_PORT",
    "TORCHELASTIC_USE_AGENT_STORE",
}  # fmt: skip


class VLLMBackend(LocalBackend):
    """vLLM, as in the paper. One engine a process; with several processes each takes its own GPUs.

    Args:
        args, problem_sets: see `LocalBackend`.
        processes: this process takes GPUs by its local index.

    Raises:
        InputError: as LocalBackend; too few GPUs, or a model that vLLM cannot load.
    """

    def __init__(self, args, problem_sets: dict[str, list[dict]], processes: Processes):
        super().__init__(args, problem_sets)
        # The engine in this process schedules the same way every time; beside it, in a process of its own, it may not.
        os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
        import torch

        if processes.count > 1 and torch.cuda.device_count() > 0:
            gpus = os.environ.get("CUDA_VISIBLE_DEVICES") or ",".join(map(str, range(torch.cuda.device_count())))
            first = processes.local_index * args.tensor_parallel
            mine = gpus.split(",")[first : first + args.tensor_parallel]
            if len(mine) < args.tensor_parallel:
                raise InputError(
                    f"process {processes.local_index} finds no {args.tensor_parallel} GPUs left of {gpus}: start "
                    "fewer processes, or lower --tensor_parallel"
                )
            os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(mine)
        launcher = {name: os.environ.pop(name) for name in list(os.environ) if name in LAUNCHER_VARIABLES}
        # On a CPU compiling takes longer than it saves, and vLLM 0.31 cannot take back a random number of a seeded
        # request whose prompt was read in parts ("CPU Generator does not use offset").
        on_cpu = {} if torch.cuda.is_available() else {"enforce_eager": True, "enable_chunked_prefill": False}
        from safetensors import SafetensorError
        from vllm import LLM

        try:
            self.llm = LLM(
                model=args.model_name_or_path,
                revision=args.model_revision,
                tokenizer_revision=args.model_revision,
                trust_remote_code=args.trust_remote_code,
                dtype=args.dtype,
                seed=args.seed,
                max_model_len=self.longest,
                tensor_parallel_size=args.tensor_parallel,
                gpu_memory_utilization=args.gpu_memory,
                **on_cpu | (args.vllm_args or {}),
            )
        except (OSError, ValueError, RuntimeError, TypeError, SafetensorError) as error:
            raise InputError(
                f"{args.model_name_or_path}: vLLM cannot load it: {error} [--gpu_memory, --dtype, --vllm_args]"
            ) from error
        os.environ.update(launcher)

    def complete(self, requests: list[Request], emit: Emit) -> None:
        """Complete all requests; vLLM batches them as memory allows."""
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind

        engine = self.llm.llm_engine
        greedy = self.args.temperature == 0
        for i, request in enumerate(requests):
            sampling = SamplingParams(
                temperature=self.args.temperature,
                top_p=1.0 if greedy else self.args.top_p,
                top_k=0 if greedy else self.args.top_k,
                min_p=0.0 if greedy else self.args.min_p,
                stop=self.stop_texts,
                stop_token_ids=self.stop_ids,
                max_tokens=request.max_tokens,
                seed=request.seed,
                output_kind=RequestOutputKind.FINAL_ONLY,
            )
            engine.add_request(str(i), {"prompt_token_ids": request.prompt}, sampling)
        while engine.has_unfinished_requests():
            for output in engine.step():
                if output.finished:
                    made = output.outputs[0]
                    emit(requests[int(output.request_id)], made.text, len(made.token_ids), made.finish_reason)

    def gpus(self) -> int:
        """How many this process uses."""
        return 0 if self.device() == "cpu" else self.args.tensor_parallel

    def device(self) -> str:
        """Where the model runs."""
        return self.llm.llm_engine.vllm_config.device_config.device_type
