"""One prompt with its completions and their rewards: what GRPO draws, keeps or drops, and trains on."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch

from reward import text_of


@dataclass
class Group:
    """A prompt with its G completions and their rewards.

    Attributes:
        position: number of the prompt in the run's stream of prompts.
        row: the data set's row, with TRL's "prompt".
        prompt_ids: tokens of the prompt.
        completion_ids: G lists of tokens.
        completions: G texts or lists of chat messages.
        logprobs: G lists of the sampler's own log-probabilities (vLLM), or None.
        rewards: (G, F), one column a reward function, correctness first; NaN where a function gave none.
        extras: the columns that reward functions logged (gold, answer, verdict), G values each.
    """

    position: int
    row: dict
    prompt_ids: list[int]
    completion_ids: list[list[int]]
    completions: list
    logprobs: list | None
    rewards: torch.Tensor
    extras: dict[str, list]

    def part(self, start: int, end: int) -> "Group":
        """The group with its completions from `start` (negative: from the first) to `end` only."""
        own = slice(max(0, start), max(0, end))
        return replace(
            self,
            completion_ids=self.completion_ids[own],
            completions=self.completions[own],
            logprobs=self.logprobs and self.logprobs[own],
            rewards=self.rewards[own],
            extras={column: values[own] for column, values in self.extras.items()},
        )

    @property
    def solved(self) -> int:
        """How many of the completions are correct."""
        return int((self.rewards[:, 0] > 0).sum())

    @property
    def readable(self) -> bool:
        """Whether the gold could be understood, so that correctness says anything."""
        return not bool(self.rewards[:, 0].isnan().any())

    @property
    def trains(self) -> bool:
        """Whether any reward was given: without one TRL gives the completions no advantage."""
        return not bool(self.rewards.isnan().all())

    @property
    def mixed(self) -> bool:
        """Whether correctness (not the length penalty) differs within the group."""
        return 0 < self.solved < len(self.rewards)

    def records(self, ends: set[int], weights: torch.Tensor) -> list[dict]:
        """One record a completion, for the file of rollouts.

        Args:
            ends: tokens that end a completion.
            weights: of the reward functions, (F,).
        """
        return [
            {
                "position": self.position,
                "question": self.row["question"],
                "completion": text_of(self.completions[i]),
                **{column: values[i] for column, values in self.extras.items()},
                "correct": bool(self.rewards[i, 0] > 0),
                "reward": float((self.rewards[i] * weights).nansum()) if self.trains else math.nan,
                "length": len(ids),
                "clipped": is_clipped(ids, ends),
            }
            for i, ids in enumerate(self.completion_ids)
        ]


def is_clipped(ids: list[int], ends: set[int]) -> bool:
    """Whether a completion was cut off: nothing in `ends`, the tokens that end one, stands at its end."""
    return bool(ids) and ids[-1] not in ends


def group_counts(groups: Iterable[Group], ends: set[int]) -> Counter:
    """What `progress.Watch` looks at, to be added up over the processes.

    Args:
        ends: tokens that end a completion.

    Returns:
        Groups: golds, unreadable, ("gold", text) of those unreadable. Completions: completions, graded, right, clipped,
        empty, ("reason", text) of those graded wrong.
    """
    counts = Counter()
    for group in groups:
        reasons = group.extras.get("verdict", [""] * len(group.completions))
        counts.update({"golds": 1, "completions": len(group.completions), "right": group.solved})
        counts["clipped"] += sum(is_clipped(ids, ends) for ids in group.completion_ids)
        counts["empty"] += sum(not text_of(each).strip() for each in group.completions)
        if group.readable:
            counts["graded"] += len(group.completions)
            counts.update(("reason", reason) for i, reason in enumerate(reasons) if not group.rewards[i, 0] > 0)
        else:
            counts["unreadable"] += 1
            counts["gold", str(group.row.get("final_answer"))] += 1
    return counts
