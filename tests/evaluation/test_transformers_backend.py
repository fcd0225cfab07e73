"""Sampling in transformers, and the benchmark that holds samples against the model."""

from types import SimpleNamespace

import pytest
import torch

from benchmarks import sampling
from evaluation.transformers_backend import among as among_tokens
from evaluation.transformers_backend import draw


@pytest.mark.parametrize("candidates", [4, 64, 1000])
def test_nucleus_is_that_of_transformers(candidates):
    from transformers import TopPLogitsWarper

    torch.manual_seed(0)
    scores = torch.randn(40, 1000) * torch.linspace(0.5, 6, 40)[:, None]  # flat and peaked rows
    kept = TopPLogitsWarper(0.9)(None, scores.double()).softmax(-1)
    edges = torch.cat([torch.zeros(40, 1, dtype=torch.float64), kept.cumsum(-1)], 1)  # (B, V + 1)
    for uniform in (0.0, 0.3, 0.77, 1 - 2**-53):
        token = draw(scores, torch.full((40,), uniform, dtype=torch.float64), 0.9, candidates)
        assert (kept.gather(1, token[:, None]) > 0).all(), "inside the nucleus"
        below, above = edges.gather(1, token[:, None])[:, 0], edges.gather(1, token[:, None] + 1)[:, 0]
        assert (below <= uniform + 1e-12).all() and (uniform <= above + 1e-12).all(), "where the CDF passes the number"


def test_min_p_then_top_k():
    scores = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    for top_k, min_p, kept in ((0, 0.0, 4), (2, 0.0, 2), (0, 0.29, 3), (0, 0.31, 2), (1, 0.29, 1), (9, 0.0, 4)):
        among = among_tokens(scores, SimpleNamespace(top_k=top_k, min_p=min_p))
        assert among.isfinite().tolist() == [[at < kept for at in range(4)]]


def test_equally_likely_tokens_at_the_edge_are_kept_together():
    scores = torch.zeros(1, 10)
    drawn = {draw(scores, torch.tensor([u / 20], dtype=torch.float64), 0.5, 3).item() for u in range(20)}
    assert drawn == set(range(10))


@pytest.mark.parametrize(("temperature", "least", "most"), [(0.6, 0, 3), (0.7, 5, 1000), (0.5, 5, 1000)])
def test_drawn_tokens_fit_the_distribution_they_are_held_against(temperature, least, most):
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(20_000, 50, generator=generator)  # (T, V)
    uniforms = torch.rand(20_000, generator=generator, dtype=torch.float64)
    total, variance, outside = sampling.surprise(
        sampling.nucleus(logits, 0.6, 0.95), draw(logits / temperature, uniforms, 0.95)
    )
    assert least < abs(total) / variance**0.5 < most
    assert outside == 0 or temperature > 0.6
