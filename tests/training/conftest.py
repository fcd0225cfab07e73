"""A model that is right by luck, so that groups of mixed correctness come at once."""

import pytest
from whole_runs import teach_to_guess


@pytest.fixture(scope="session")
def guesser(model_dir, tmp_path_factory):
    """A model that answers 1, 2 or 3 without a thought, and questions with such answers: a third is right by luck."""
    return teach_to_guess(model_dir, tmp_path_factory.mktemp("guesser"))
