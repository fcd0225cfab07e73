"""The training script with a random stream of its own for every group, so that one and two processes sample alike.

Ranks sample from streams of their own, as TRL's do, and no two layouts of processes would generate the same texts; the
comparison in test_grpo_trainer.py needs the same. Everything else is the real script. Each rank also writes a hash of
its weights.
"""

import hashlib
import json
import os
import zlib
from pathlib import Path

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
        weights = b"".join(p.detach().numpy().tobytes() for p in self.accelerator.unwrap_model(self.model).parameters())
        rank, processes = self.accelerator.process_index, self.accelerator.num_processes
        record = {"sha256": hashlib.sha256(weights).hexdigest(), "processes": processes}
        if not _internal_call:  # not for each checkpoint
            (Path(output_dir) / f"weights-{rank}.json").write_text(json.dumps(record))


def main(flags: list[str], environment: dict[str, str]) -> None:
    """Run the script as one rank; `environment` is what torchrun sets."""
    os.environ.update(environment)
    grpo_trainer.DeepMathGRPOTrainer = SeededGroups
    train_grpo.main(flags)
