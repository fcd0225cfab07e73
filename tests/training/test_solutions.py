"""The SFT warm-up: which solutions it takes, what the model sees of them, and that GRPO goes on from there."""

import json
import math

import pytest
import torch
from accelerate.utils.deepspeed import HfDeepSpeedConfig
from safetensors.torch import load_file
from transformers.integrations.deepspeed import set_hf_deepspeed_config, unset_hf_deepspeed_config
from trl import GRPOConfig, GRPOTrainer, ModelConfig, SFTConfig, SFTTrainer

import sft_warmup
import train_grpo
from benchmarks.worked_rows import solution_of
from cli import InputError, parse_arguments
from data import DataArguments, load_training_rows
from prompts import PROMPTS, encode_prompt, get_prompt, load_tokenizer
from reward import Grade, accuracy_reward, grade_batch
from training import solutions

CPU = ["--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false", "--report_to", "none"]
SHORT = ["--max_steps", "2", "--learning_rate", "1e-3", "--logging_steps", "1", *CPU]
ROWS = [
    {
        "question": "1+1",
        "final_answer": "2",
        "difficulty": 1.0,
        "r1_solution_1": "well</think>\\boxed{2}",
        "r1_solution_2": "</think>\\boxed{2}",
        "r1_solution_3": "</think>It is \\boxed{3}",
    },
    {
        "question": "1+2",
        "final_answer": "3",
        "difficulty": 6.5,
        "r1_solution_1": "</think>no idea",
        "r1_solution_2": "a longer thought</think>\\boxed{3.0}",
        "r1_solution_3": "</think>\\boxed{3}",
    },
    {
        "question": "2+2",
        "final_answer": "4",
        "difficulty": None,
        "r1_solution_1": "</think>the answer is 4",
        "r1_solution_2": "",
        "r1_solution_3": None,
    },
]


@pytest.fixture(scope="module")
def tokenizer(model_dir):
    return load_tokenizer(str(model_dir))


@pytest.fixture
def solutions_file(tmp_path):
    path = tmp_path / "solutions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def build(path, tokenizer, **settings):
    """(question, solution) pairs that are trained on, and all solutions."""
    names = {"max_length", "seed"}
    config = SFTConfig(output_dir="unused", use_cpu=True, bf16=False, **{k: settings[k] for k in names & set(settings)})
    given = {k: v for k, v in settings.items() if k not in names}
    examples, found = sft_warmup.build_dataset(
        sft_warmup.SFTScriptArguments(dataset=str(path), **given), tokenizer, config
    )
    used = [s for s in found if s.fate == "used"]
    for example, solution in zip(examples, used, strict=True):
        expected = solutions.tokenize_solution(tokenizer, PROMPTS["DeepMath-1.5B"], solution.question, solution.text)
        assert example == expected
    return [(s.question, str(s.place)) for s in used], found


# ---------------------------------------------------------------------------------------------------------------------
# Which solutions
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "used"),
    [
        ({}, [("1+1", "1"), ("2+2", "1")]),
        ({"solutions_per_question": 2}, [("1+1", "1"), ("1+1", "2"), ("1+2", "2"), ("2+2", "1")]),
        ({"solutions_per_question": 3}, [("1+1", "1"), ("1+1", "2"), ("1+2", "2"), ("1+2", "3"), ("2+2", "1")]),
        (
            {"solutions_per_question": 3, "solution_policy": "shortest"},
            [("1+1", "2"), ("1+2", "3"), ("2+2", "1")],
        ),
        (
            {"solutions_per_question": 3, "check_solutions": False, "max_difficulty": 2},
            [("1+1", str(i)) for i in "123"],
        ),
        ({"solutions_per_question": 2, "max_solution_tokens": 11}, [("1+1", "2")]),
        ({"solutions_per_question": 2, "min_solution_tokens": 16}, [("1+2", "2"), ("2+2", "1")]),
        ({"solutions_per_question": 2, "max_length": 17}, [("1+1", "2")]),
    ],
)
def test_solutions_are_checked_bounded_and_chosen(solutions_file, tokenizer, settings, used):
    assert build(solutions_file, tokenizer, **settings)[0] == used


def test_random_policy_is_decided_by_seed_and_question_alone(solutions_file, tokenizer, tmp_path):
    settings = {"solutions_per_question": 3, "solution_policy": "random"}
    drawn = {seed: build(solutions_file, tokenizer, seed=seed, **settings)[0] for seed in range(8)}
    assert all([question for question, _ in used] == ["1+1", "1+2", "2+2"] for used in drawn.values())
    assert len({tuple(used) for used in drawn.values()}) > 1, "eight seeds draw the same"
    backwards = tmp_path / "backwards.jsonl"
    backwards.write_text("".join(json.dumps(row) + "\n" for row in ROWS[::-1]))
    assert build(backwards, tokenizer, seed=3, **settings)[0] == drawn[3][::-1]


def test_table_counts_every_solution_once_by_difficulty(solutions_file, tokenizer, tmp_path, capsys):
    _, found = build(solutions_file, tokenizer, solutions_per_question=3, solution_policy="shortest")
    table = solutions.count_by_difficulty(found)
    assert [row["difficulty"] for row in table] == ["1", "6.5", "none", "all"]
    assert [row["solutions"] for row in table] == [3, 3, 1, 7]
    assert all(sum(row[fate] for fate in solutions.FATES) == row["solutions"] for row in table)
    total = {fate: count for fate, count in table[-1].items() if fate in solutions.FATES and count}
    assert total == {"used": 3, "not chosen": 2, "wrong": 1, "no answer": 1}
    assert "| all | 3 | 7 | 3 | 2 | 1 | 1 | 3 |" in capsys.readouterr().out
    solutions.write_report(tmp_path / "run", found, {"seed": 1}, {})
    assert "| 6.5 | 1 | 3 | 1 | 1 |" in (tmp_path / "run/solutions.md").read_text()
    assert json.loads((tmp_path / "run/solutions.json").read_text())["table"] == table


@pytest.mark.parametrize(
    ("grade", "fate"),
    [
        (Grade(True, "2", "equal"), "used"),
        (Grade(False, "3", "different"), "wrong"),
        (Grade(False, None, "no answer"), "no answer"),
        (Grade(False, "3", "deadline", undecided=True), "undecided"),
        (Grade(False, "3", "unparseable gold", gold_parsed=False), "unreadable gold"),
    ],
)
def test_fate_of_a_grade(grade, fate):
    assert solutions.fate_of(grade) == fate and fate in solutions.FATES


def test_fates_are_the_graders(tokenizer):
    golds_and_texts = [("2", "\\boxed{2}"), ("2", "\\boxed{3}"), ("2", "two plus nothing"), ("\\frac{1", "\\boxed{5}")]
    found = [solutions.Solution(i, 1, math.nan, "q", *pair) for i, pair in enumerate(golds_and_texts)]
    solutions.grade_solutions(found)
    assert [s.fate for s in found] == ["used", "wrong", "no answer", "unreadable gold"]


@pytest.mark.parametrize(
    ("question", "gold", "calculation"),
    [
        ("He had 18 tickets, used 5 on toys and 11 on clothes. How many are left?", "2", "18 - 5 = 13, 13 - 11 = 2"),
        ("29 dollars were left of 54. How much did she spend?", "25", "54 - 29 = 25"),
        ("Two trays of 0.5 kg and 0 eggs: how many kg?", "1", "2 * 1/2 = 1"),
        ("She had 3 apple trees, picked 8 of each, 9 are left. How many at first?", "33", "3 * 8 = 24, 24 + 9 = 33"),
        ("How many more are 4 than 9?", "100", None),
    ],
)
def test_worked_solutions_from_the_numbers_of_a_question(question, gold, calculation):
    solution = solution_of(question, gold)
    assert solution == (f"{calculation}</think>\\boxed{{{gold}}}" if calculation else "")
    assert not solution or grade_batch([solution], [gold], require_think_end=True)[0].correct


# ---------------------------------------------------------------------------------------------------------------------
# What the model sees
# ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grpo_trainer(model_dir, rows_file, tmp_path_factory):
    """A real trainer; its own tokenization of a prompt is what GRPO generates from."""
    config = GRPOConfig(
        str(tmp_path_factory.mktemp("grpo")), num_generations=2, per_device_train_batch_size=2, use_cpu=True, bf16=False
    )
    tokenizer = load_tokenizer(str(model_dir))
    rows = train_grpo.build_dataset(train_grpo.GRPOScriptArguments(dataset=str(rows_file)), tokenizer, 1)
    return GRPOTrainer(str(model_dir), accuracy_reward, config, rows, processing_class=tokenizer)


NO_THINK = (
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}[a]{% endif %}"
)
THINK = NO_THINK.replace("[a]", "[a]<think>\n")


@pytest.mark.parametrize("template", [None, NO_THINK, THINK], ids=["demo", "plain", "prefilled"])
@pytest.mark.parametrize("preset", sorted(PROMPTS))
@pytest.mark.parametrize("opened", [True, False], ids=["opened", "unopened"])
def test_sft_sees_the_prompt_that_grpo_generates_from(grpo_trainer, monkeypatch, template, preset, opened):
    tokenizer = grpo_trainer.processing_class
    if template:
        monkeypatch.setattr(tokenizer, "chat_template", template)
    prompt, question = get_prompt(preset), "What is $1+2$?\n{Answer} with \\boxed{}"
    solution = "<think>\n" * opened + "1+2=3</think>\\boxed{3}"
    generated_from = grpo_trainer._tokenize_prompts([prompt.format(question)])[0][0]
    assert encode_prompt(tokenizer, prompt, question) == generated_from
    example = solutions.tokenize_solution(tokenizer, prompt, question, solution)
    assert example["input_ids"][: len(generated_from)] == generated_from
    completion = example["input_ids"][len(generated_from) :]
    assert example["labels"] == [-100] * len(generated_from) + completion
    assert completion[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(completion).endswith("1+2=3</think>\\boxed{3}<|end|>")
    assert tokenizer.decode(example["input_ids"]).count("<think>") == 1 + prompt.user.count("<think>") - (
        preset in ("Open-Reasoner-Zero-7B", "Qwen2.5-7B-Base")
    )


@pytest.mark.parametrize(("template", "before"), [(None, "\n</think>\n\n"), (NO_THINK, ""), (THINK, "\n</think>\n\n")])
def test_a_solution_without_thinking_closes_what_the_prompt_opened(tokenizer, monkeypatch, template, before):
    if template:
        monkeypatch.setattr(tokenizer, "chat_template", template)
    example = solutions.tokenize_solution(tokenizer, PROMPTS["DeepMath-1.5B"], "1+2", "It is \\boxed{3}")
    assert tokenizer.decode([t for t in example["labels"] if t != -100]) == f"{before}It is \\boxed{{3}}<|end|>"


OTHERS = {
    "a text": ({"problem": "1+2", "solution": "Count: $\\boxed{3}$."}, {}, ["Count: $\\boxed{3}$."]),
    "a list": (
        {"problem": "1+2", "answer": "3", "problem_type": "Algebra", "correctness_math_verify": [False, True, True],
         "generations": ["<think>\nx</think>\\boxed{4}", "<think>\ny</think>\\boxed{3}",
                         "<think>\nz</think>\\boxed{5}"]},
        {"solutions_per_question": 2}, ["<think>\ny</think>\\boxed{3}"]),
    "a column of one's own": (
        {"question": "1+2", "answer": "3", "mine": "so 3"}, {"solution_column": "mine", "check_solutions": False},
        ["so 3"]),
    "no gold": ({"instruction": "1+2", "output": "Think it over.", "source": "s"}, {"check_solutions": False},
                ["Think it over."]),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_solutions_of_other_data_sets(tmp_path, tokenizer, name, capsys):
    row, settings, used = OTHERS[name]
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    found = build(path, tokenizer, **settings)[1]
    assert [s.text for s in found if s.fate == "used"] == used
    out = capsys.readouterr().out
    assert ("1 solutions marked wrong in correctness_math_verify are left out" in out) == (name == "a list")
    assert ("the prompt's <think> is closed at once" in out) == (name != "a list")


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_packed_solutions_do_not_see_each_other(model_dir, tokenizer, rows_file, tmp_path, attention):
    rows = solutions.read_solutions(load_training_rows(DataArguments(str(rows_file)), tokenizer, 1))
    examples = solutions.tokenize_solutions(rows, tokenizer, PROMPTS["DeepMath-1.5B"])
    loss = {}
    for packing in (False, True):
        config = SFTConfig(
            str(tmp_path / str(packing)), packing=packing, max_length=96, per_device_train_batch_size=8, use_cpu=True,
            bf16=False, report_to=[], model_init_kwargs={"attn_implementation": attention, "dtype": "float32"},
        )  # fmt: skip
        trainer = SFTTrainer(str(model_dir), config, train_dataset=examples, processing_class=tokenizer)
        trainer.model.eval()
        total = count = 0
        for batch in trainer.get_train_dataloader():
            tokens = (batch["labels"][:, 1:] != -100).sum().item()
            with torch.no_grad():
                total += trainer.compute_loss(trainer.model, batch).item() * tokens
            count += tokens
        assert count == sum(s.tokens for s in rows)
        loss[packing] = total / count
        assert (len(trainer.train_dataset) < len(rows) / 2) == packing
    assert loss[True] == pytest.approx(loss[False], rel=1e-5)


# ---------------------------------------------------------------------------------------------------------------------
# Real runs
# ---------------------------------------------------------------------------------------------------------------------


def where(model_dir, rows_file, output_dir) -> list[str]:
    return ["--model_name_or_path", str(model_dir), "--dataset", str(rows_file), "--output_dir", str(output_dir)]


def test_lora_with_packing_saves_a_merged_model_that_grpo_trains(model_dir, rows_file, tmp_path):
    lora = [
        "--use_peft",
        "true",
        "--lora_target_modules",
        "q_proj",
        "v_proj",
        "--packing",
        "true",
        "--max_length",
        "96",
    ]
    sft_warmup.main([*where(model_dir, rows_file, tmp_path / "sft"), *lora, *SHORT])
    old, merged = (load_file(path / "model.safetensors") for path in (model_dir, tmp_path / "sft/merged"))
    changed = {name.split(".")[-2] for name in old if not torch.equal(old[name], merged[name])}
    assert changed == {"q_proj", "v_proj"}
    assert json.loads((tmp_path / "sft/solutions.json").read_text())["table"][-1]["used"] == 40
    grpo = ["--num_generations", "2", "--per_device_train_batch_size", "4", "--max_completion_length", "8"]
    train_grpo.main([*where(tmp_path / "sft/merged", rows_file, tmp_path / "grpo"), *grpo, *SHORT, "--max_steps", "1"])
    assert (tmp_path / "grpo/model.safetensors").is_file()


def test_resume_ends_where_an_unbroken_run_ends_and_refuses_another_run(model_dir, rows_file, tmp_path):
    flags = [*SHORT, "--max_steps", "4", "--save_steps", "2", "--lr_scheduler_type", "constant"]
    sft_warmup.main([*where(model_dir, rows_file, tmp_path / "whole"), *flags])
    broken = where(model_dir, rows_file, tmp_path / "broken")
    sft_warmup.main([*broken, *flags, "--max_steps", "2"])
    resume = [*broken, *flags, "--resume_from_checkpoint", "true"]
    for other in (
        ["--max_solution_tokens", "12"],
        ["--prompt_preset", "Open-Reasoner-Zero-7B"],
        ["--packing", "true", "--max_length", "96"],
    ):
        with pytest.raises(InputError, match=rf"checkpoint-2 was made with .*\b{other[0][2:]} "):
            sft_warmup.main([*resume, *other])
    report = tmp_path / "broken/solutions.json"
    whole = report.read_text()
    report.write_text(whole[:100])
    with pytest.raises(InputError, match="solutions.json: cannot be read"):
        sft_warmup.main(resume)
    report.write_text(whole)
    sft_warmup.main(resume)
    whole, resumed = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "broken"))
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_other_packs_and_prompts_have_another_fingerprint():
    """A prompt may differ in text alone and keep every length."""
    found = [solutions.Solution(0, 1, math.nan, "1+1", "2", "</think>2", tokens=3)]
    settings = [{"prompt_preset": p, "packed_to": n} for p in ("a", "b") for n in (None, 96, 128)]
    assert len({solutions.fingerprint(found, each) for each in settings}) == len(settings)


def test_lora_under_zero_3_is_refused(model_dir, rows_file, tmp_path):
    argv = [*where(model_dir, rows_file, tmp_path / "run"), *CPU, "--use_peft", "true"]
    args = parse_arguments([sft_warmup.SFTScriptArguments, SFTConfig, ModelConfig], argv)
    sft_warmup.check_arguments(*args)
    zero_3 = HfDeepSpeedConfig({"zero_optimization": {"stage": 3}})
    set_hf_deepspeed_config(zero_3)  # as TrainingArguments does under DeepSpeed
    try:
        with pytest.raises(InputError, match="--use_peft with DeepSpeed ZeRO-3"):
            sft_warmup.check_arguments(*args)
    finally:
        unset_hf_deepspeed_config()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--solutions_per_question", "0"], "--solutions_per_question 0: must be at least 1"),
        (["--sort_by", "difficulty", "--packing", "true"], "--sort_by with --packing true"),
        (["--solution_column", "absent"], "missing column absent; .*--solution_column"),
        (["--solution_policy", "longest"], "longest"),
        (["--min_solution_tokens", "50", "--max_solution_tokens", "40"], "is over the upper bound of 40"),
        (["--max_solution_tokens", "3"], "no solution is left to train on"),
        (["--completion_only_loss", "false"], "the loss is always on the solution alone"),
        (["--packing", "true", "--packing_strategy", "wrapped"], "wrapped cuts solutions in two"),
        (["--packing", "true", "--attn_implementation", "flex_attention"], "might attend to each other"),
        (["--padding_free", "true"], "use --packing true"),
        (["--max_length", "0"], "--max_length 0: must be at least 1"),
        (["--max_solution_tokens", "-1"], "--max_solution_tokens -1: must be at least 1"),
        (["--eval_strategy", "steps", "--eval_steps", "1"], "this stage has no evaluation set"),
        (["--pad_token", "x"], "set them in the model's own tokenizer files"),
    ],
)
def test_bad_input_is_one_error_before_a_model_is_loaded(model_dir, rows_file, tmp_path, flags, message):
    with pytest.raises(InputError, match=message):
        sft_warmup.main([*where(model_dir, rows_file, tmp_path / "run"), *CPU, *flags])
    assert not (tmp_path / "run").exists()


def test_data_without_solutions_is_an_error_that_says_so(model_dir, tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps({"question": "1+1", "final_answer": "2", "solution": None}) + "\n")
    with pytest.raises(InputError, match="the columns of worked solutions are empty; name another with --solution"):
        sft_warmup.main([*where(model_dir, path, tmp_path / "run"), *CPU])
