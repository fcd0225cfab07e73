"""The training script with a random stream of its own for every group, so that one and two processes sample alike.

Ranks sample from streams of their own, as TRL's do, and no two layouts of processes would generate the same texts; the
comparisons in test_grpo_trainer.py and test_distributed.py need the same. Everything else is the real script. Each rank
also writes a hash of its weights. Under a launcher: accelerate launch ... tests/training/seeded_groups.py FLAGS
"""

import hashlib
import json
import os
import sys
import zlib
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

import train_grpo
from training import grpo_trainer


class SeededGroups(grpo_trainer.DeepMathGRPOTrainer):
    def _generate_single_turn(self, prompt_ids, images, multimodal_fields, num_generations, *args):
        completion_ids = []
        for start in range(0, len(prompt_ids), num_generations):
            group = prompt_ids[start : start + num_generations]
            torch.manual_seed(zlib.crc32(str((self.state.global_step, group[0])).encode()))
            ids, _ = super()._generate_single_turn(group, images, multimodal_fields, num_generations, *args)
            completion_ids += ids
        return completion_ids, None

    def save_model(self, output_dir=None, _internal_call=False):
        super().save_model(output_dir, _internal_call)
        if _internal_call:  # not for each checkpoint
            return
        whole = [p.full_tensor() if hasattr(p, "full_tensor") else p for p in self.model.parameters()]  # of a DTensor
        weights = b"".join(p.detach().numpy().tobytes() for p in whole)
        rank, processes = self.accelerator.process_index, self.accelerator.num_processes
        own = sum((p.to_local() if hasattr(p, "to_local") else p).numel() for p in self.model.parameters())
        record = {"sha256": hashlib.sha256(weights).hexdigest(), "processes": processes}
        record |= {"held": own / sum(p.numel() for p in whole)}
        (Path(output_dir) / f"weights-{rank}.json").write_text(json.dumps(record))


def main(flags: list[str], environment: dict[str, str], sharded: bool = False) -> None:
    """Run the script as one rank; `environment` is what torchrun sets, `sharded` means FSDP2."""
    os.environ.update(environment)
    if sharded:
        from sharded_cpu import shard_on_cpu

        shard_on_cpu()
    grpo_trainer.DeepMathGRPOTrainer = SeededGroups
    train_grpo.main(flags)


if __name__ == "__main__":
    main(sys.argv[1:], {})
