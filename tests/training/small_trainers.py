"""A trainer in hand, on the demo's model."""

import datasets
from trl import GRPOConfig

from prompts import load_tokenizer
from reward import accuracy_reward, soft_overlong_penalty
from train_grpo import GRPOScriptArguments
from training.grpo_trainer import DeepMathGRPOTrainer


def make_trainer(kind, model_dir, tmp_path, **settings):
    """A trainer of TRL's class or ours on the tiny model, its optimizer not yet made."""
    rows = [{"question": "1+1", "final_answer": "2", "prompt": [{"role": "user", "content": "1+1"}]}] * 8
    settings = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 4, "num_generations": 4} | settings
    settings = {"beta": 0.01} | settings
    config = GRPOConfig(
        str(tmp_path / "run"), use_cpu=True, bf16=False, gradient_checkpointing=False, max_steps=2, report_to="none",
        max_completion_length=40, loss_type="dapo", **settings,
    )  # fmt: skip
    own = {"recipe": GRPOScriptArguments()} if issubclass(kind, DeepMathGRPOTrainer) else {}
    rewards = [accuracy_reward, soft_overlong_penalty(40, 30)]
    tokenizer = load_tokenizer(str(model_dir))
    dataset = datasets.Dataset.from_list(rows)
    return kind(str(model_dir), rewards, config, dataset, processing_class=tokenizer, **own)
