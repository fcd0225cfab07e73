"""Shared by the tests: a tiny real model, a few real rows, and no network."""

import json
import os
import random

os.environ["HF_HUB_OFFLINE"] = "1"  # before any Hugging Face library is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

import demo


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory):
    """The demo's model, untrained."""
    path = tmp_path_factory.mktemp("model")
    demo.make_model(path, seed=0)
    return path


@pytest.fixture(scope="session")
def rows():
    """Forty questions in DeepMath-103K's schema."""
    rng = random.Random(0)
    return [demo.make_row(rng, *demo.make_question(rng)) for _ in range(40)]


@pytest.fixture(scope="session")
def rows_file(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
