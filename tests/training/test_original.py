"""The original's arithmetic, written anew from its formulas, beside what the trainer computes on the same tensors.

Equal: policy loss, penalty, and the KL term as long as the policies are near. Each difference that is left is a row of
docs/recipes.md, with the size asserted here. Source: verl's fork of zwhe99/DeepMath (core_algos.py, dp_actor.py).
"""

import heapq
import math
import random

import pytest
import torch
from small_trainers import make_trainer

from reward import soft_overlong_penalty
from training.groups import Group
from training.grpo_trainer import DeepMathGRPOTrainer

LOW, HIGH, BETA = 0.2, 0.27, 0.001  # the 1.5B recipe's

# ---------------------------------------------------------------------------------------------------------------------
# The original's formulas
# ---------------------------------------------------------------------------------------------------------------------


def original_advantages(rewards_G: torch.Tensor) -> torch.Tensor:
    return (rewards_G - rewards_G.mean()) / (rewards_G.std() + 1e-6)


def original_penalty(length: int, longest: int, buffer: int, factor: float = 1.0) -> float:
    return min(-(length - (longest - buffer)) / buffer * factor, 0.0)


def original_kl(logps: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """low_var_kl: Schulman's k3, clamped."""
    difference = reference - logps
    return (difference.exp() - difference - 1).clamp(-10, 10)


def original_loss(logps, old, reference, advantages, mask) -> torch.Tensor:
    """Mean over the tokens of one micro-batch; all but advantages (B,) are (B, T)."""
    ratio = (logps - old).exp()
    policy = torch.max(-advantages[:, None] * ratio, -advantages[:, None] * ratio.clamp(1 - LOW, 1 + HIGH))
    return ((policy + BETA * original_kl(logps, reference)) * mask).sum() / mask.sum()


# ---------------------------------------------------------------------------------------------------------------------
# The trainer's
# ---------------------------------------------------------------------------------------------------------------------


class OnTensors(DeepMathGRPOTrainer):
    """The trainer with given log-probs in place of a network's, and given groups in place of a roll-out."""

    def _get_per_token_logps_and_entropies(self, model, input_ids, *args, **kwargs):
        rows = input_ids[:, 0]  # the tests put a row's number in place of its prompt
        return self.logps[rows], torch.zeros_like(self.logps[rows]), None

    def _collect_groups(self):
        return self.groups


@pytest.fixture(scope="module")
def trainer(model_dir, tmp_path_factory):
    settings = {"epsilon": LOW, "epsilon_high": HIGH, "beta": BETA, "use_bias_correction_kl": False}
    batch = {"per_device_train_batch_size": 8, "gradient_accumulation_steps": 4, "num_generations": 16}
    made = make_trainer(OnTensors, model_dir, tmp_path_factory.mktemp("trainer"), **settings, **batch)
    made.model.train()
    return made


def random_step(rows: int, apart: float) -> dict[str, torch.Tensor]:
    """Log-probs of the old, the new and the reference policy, so many nats apart, and what else a loss takes."""
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, 30, (rows, 1), generator=generator)
    old = -5 * torch.rand(rows, 30, generator=generator)
    return {
        "old": old,
        "logps": (old + 0.3 * torch.randn(rows, 30, generator=generator)).requires_grad_(),
        "reference": old + apart * torch.randn(rows, 30, generator=generator).sign(),
        "advantages": torch.randn(rows, generator=generator),
        "mask": (torch.arange(30) < lengths).long(),
    }


def trainers_loss(trainer, step: dict, micro_batches: int) -> torch.Tensor:
    """The loss of one optimizer step, which is a whole rollout batch here."""
    trainer.logps, trainer.current_gradient_accumulation_steps = step["logps"], micro_batches
    trainer.args.steps_per_generation = micro_batches
    inputs = {
        "prompt_ids": torch.arange(len(step["old"]))[:, None],
        "prompt_mask": torch.ones(len(step["old"]), 1, dtype=torch.long),
        "completion_ids": torch.zeros_like(step["mask"]),
        "completion_mask": step["mask"],
        "advantages": step["advantages"],
        "old_per_token_logps": step["old"],
        "ref_per_token_logps": step["reference"],
    }
    cut = [dict(zip(inputs, rows, strict=True)) for rows in zip(*(x.chunk(micro_batches) for x in inputs.values()))]  # noqa: B905
    tokens = step["mask"].sum()
    return sum(trainer._compute_loss(trainer.model, each | {"num_items_in_batch": tokens}) for each in cut)


# ---------------------------------------------------------------------------------------------------------------------
# Beside each other
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("micro_batches", [1, 4])
@pytest.mark.parametrize("apart", [0.0, 0.5, 1.0])
def test_loss_and_gradient_are_the_originals_over_one_micro_batch(trainer, apart, micro_batches):
    """Ours does not depend on the cut into micro-batches; the original's is that of an uncut step."""
    step = random_step(32, apart)
    expected = original_loss(**step)
    loss = trainers_loss(trainer, step, micro_batches)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    gradients = [torch.autograd.grad(each, step["logps"])[0] for each in (loss, expected)]
    assert torch.allclose(*gradients, rtol=1e-5, atol=1e-9) and gradients[1].abs().max() > 1e-4


@pytest.mark.parametrize(("apart", "ours", "original"), [(2, 4.39, 4.39), (2.61, 9.99, 9.99), (6, 396.4, 10.0)])
def test_the_kl_term_is_clamped_in_the_original(trainer, apart, ours, original):
    """Where the reference gives a token 2.6 nats more than the policy: equal below, no gradient there above."""
    step = random_step(32, apart)
    step["reference"] = step["logps"].detach() + apart
    step["advantages"] = torch.zeros(32)  # the KL term alone
    losses = [trainers_loss(trainer, step, 1), original_loss(**step)]
    assert [each.item() / BETA for each in losses] == pytest.approx([ours, original], rel=1e-3)
    pulls = [torch.autograd.grad(each, step["logps"])[0].sum().item() / BETA for each in losses]
    assert pulls == pytest.approx([1 - math.exp(apart), 1 - math.exp(apart) if original < 10 else 0], rel=1e-3)


def group_of(rewards: torch.Tensor) -> Group:
    size = len(rewards)
    row = {"prompt": [{"role": "user", "content": "1+1"}], "question": "1+1", "final_answer": "2"}
    texts = [[{"role": "assistant", "content": "2"}]] * size
    zeros = torch.zeros(size, 1)  # the length penalty's column
    return Group(0, row, [0], [[7]] * size, texts, None, torch.cat([rewards[:, None], zeros], 1), {})


@pytest.mark.parametrize(
    ("rewards", "difference"),
    [
        ([1.0] + 15 * [-1.0], 2e-4),  # the most unequal of mixed groups
        (8 * [1.0] + 8 * [-1.0], 1e-4),
        (8 * [-1.0] + 8 * [-1.0 - 1 / 4096], 0.44),  # all wrong, half of them one token longer in the buffer
        (15 * [-1.0] + [-1.0 - 1 / 4096], 0.62),  # one of them: the largest difference there is
    ],
)
def test_advantages_are_the_originals_but_for_epsilon(trainer, rewards, difference):
    """Dynamic sampling drops the groups in which that counts: those that differ in the length penalty alone."""
    rewards = torch.tensor(rewards)
    trainer.logps, trainer.groups = torch.zeros(128, 1), [group_of(rewards), group_of(rewards.flip(0))]
    advantages = trainer._generate_and_score_completions([])["advantages"]
    expected = torch.cat([original_advantages(rewards), original_advantages(rewards.flip(0))])
    assert ((expected - advantages) / expected).max().item() == pytest.approx(difference, rel=0.1)


def test_the_length_penalty_is_the_originals():
    for longest, buffer in ((24576, 4096), (10240, 2048), (3072, 512)):
        lengths = [*range(1, longest, 97), longest - buffer, longest - buffer + 1, longest]
        ours = soft_overlong_penalty(longest, buffer)(completion_ids=[[0] * length for length in lengths])
        assert ours == pytest.approx([original_penalty(length, longest, buffer) for length in lengths], abs=1e-9)


@pytest.mark.parametrize(
    ("ranks", "sequences", "tokens", "mean", "longest", "weights"),
    [(32, 32, 2 * 16384, 8000, 24576, (1.10, 0.84)), (64, 8, 32768, 3000, 10240, (1.16, 0.87))],
    ids=["1.5B", "Zero-7B"],
)
def test_what_averaging_within_micro_batches_weighs(ranks, sequences, tokens, mean, longest, weights):
    """Weight of a token of the shortest and the longest tenth of completions in the original; ours is 1 everywhere.

    A micro-batch is as many of a rank's sequences as its token limit holds, balanced by tokens, and counts as its share
    of sequences. Lengths are made up: log-normal, standard deviation 0.75 times the mean.
    """
    rng, spread = random.Random(0), math.sqrt(math.log(1 + 0.75**2))
    weighted = []
    for _ in range(ranks * 10):
        drawn = [rng.lognormvariate(math.log(mean) - spread**2 / 2, spread) for _ in range(sequences)]
        lengths = sorted((min(longest, max(50, int(length))) for length in drawn), reverse=True)
        bins = [(0, i, []) for i in range(math.ceil(sum(lengths) / tokens))]
        for length in lengths:
            total, i, micro_batch = heapq.heappop(bins)
            heapq.heappush(bins, (total + length, i, [*micro_batch, length]))
        weighted += [(length, len(m) / sequences / total) for total, _, m in bins for length in m]
    everything = sum(length for length, _ in weighted) / ranks / 10
    weighted.sort()
    tenths = weighted[: len(weighted) // 10], weighted[-len(weighted) // 10 :]
    found = [everything * sum(weight for _, weight in tenth) / len(tenth) for tenth in tenths]
    assert found == pytest.approx(weights, abs=0.02)
