r"""The model card for the hub: what was trained, on what, how it scores, and where its limits are.

    python evaluate.py card results/mine --run runs/grpo_deepmath_1.5b --license mit
    python evaluate.py card results/mine results/mine_more --run runs/grpo_deepmath_1.5b --output README.md

The YAML header, with every score as `model-index`, is written by huggingface_hub's own classes. Training writes the
same card at its end, without scores, and training.json, from which this command makes it anew. Results of another
model than the run's are refused; those of an evaluation that is not finished are marked.
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from cli import InputError, adapter_base, is_local, parse_arguments, say
from evaluation.benchmarks import BENCHMARKS, HUB_ID, PAPER, stem_of
from evaluation.published import PROTOCOL, other_protocol, paper_rows
from evaluation.report import bounds_of, part_of, plus_minus, read_results
from evaluation.samples import model_fingerprints, sample_files, stored_rows
from prompts import Prompt
from sources.files import write_whole

FACTS_FILE = "training.json"
TITLES = {"math500": "MATH500", "amc23": "AMC23", "olympiadbench": "OlympiadBench", "minerva": "Minerva",
          "aime24": "AIME24", "aime25": "AIME25", "aime26": "AIME26", "hmmt_feb25": "HMMT Feb 2025",
          "brumo25": "BRUMO 2025", "cmimc25": "CMIMC 2025", "gsm8k": "GSM8K"}  # fmt: skip
STAGES = {
    "grpo": "GRPO and a verifiable reward on final answers, as DeepMath (arXiv 2504.11456) was",
    "sft": "supervised learning on worked solutions",
}
GRADERS = {"ours": "this repository's, which compares the final answer", "paper": "the paper's rule, an OR of two"}
PRIVATE = ("output_dir", "run_name", "resume_from_checkpoint")  # settings that say nothing of the model
CITATION = """@article{he2025deepmath,
  title   = {DeepMath-103K: A Large-Scale, Challenging, Decontaminated, and Verifiable Mathematical Dataset for Advancing Reasoning},
  author  = {He, Zhiwei and others},
  journal = {arXiv preprint arXiv:2504.11456},
  year    = {2025}
}

@article{shao2024deepseekmath,
  title   = {DeepSeekMath: Pushing the Limits of Mathematical Reasoning in Open Language Models},
  author  = {Shao, Zhihong and others},
  journal = {arXiv preprint arXiv:2402.03300},
  year    = {2024}
}

@software{vonwerra2020trl,
  title   = {TRL: Transformers Reinforcement Learning},
  author  = {von Werra, Leandro and others},
  license = {Apache-2.0},
  url     = {https://github.com/huggingface/trl},
  year    = {2020}
}"""  # noqa: E501


@dataclass
class CardArguments:
    """What the card is of. The folders of results come first; without any it says that there are none."""

    run: str | None = field(default=None, metadata={"help": "folder of train_grpo.py or sft_warmup.py (--output_dir)"})
    output: str | None = field(default=None, metadata={"help": "default: README.md in the run's folder"})
    license: str | None = field(default=None, metadata={"help": "of the model; default: the base model's, where known"})
    language: str = field(default="en", metadata={"help": "of the questions and solutions trained on"})
    model_name: str | None = field(
        default=None, metadata={"help": "the model's name on the hub; default: that of the run's folder"}
    )


@dataclass
class Result:
    """One scored benchmark.

    Attributes:
        folder, name: where it is, and its benchmark.
        data: the whole result file.
        unfinished: what is missing of its evaluation; "" where nothing is.
    """

    folder: Path
    name: str
    data: dict
    unfinished: str = ""

    @property
    def summary(self) -> dict:
        return self.data["summary"]

    @property
    def settings(self) -> dict:
        return self.data["settings"]

    @property
    def title(self) -> str:
        part = part_of(self.name, self.data)
        notes = [f"{part} problems"] * bool(part) + ["unfinished"] * bool(self.unfinished)
        return TITLES.get(self.name, self.name) + (f" ({', '.join(notes)})" if notes else "")

    @property
    def apart(self) -> str:
        """Why it cannot stand beside the paper's numbers; "" where it can."""
        reasons = [found] if (found := other_protocol(self.settings)) else []
        if self.name not in PAPER:
            reasons.append("no benchmark of the paper's")
        if self.unfinished or part_of(self.name, self.data):
            reasons.append("only a part of it")
        return ", ".join(reasons)


# ---------------------------------------------------------------------------------------------------------------------
# What is known
# ---------------------------------------------------------------------------------------------------------------------


def read_facts(folder: Path) -> dict | None:
    """What a run left of itself in its folder, or in the one above (of a checkpoint, or a merged model); None: nothing.

    Raises:
        InputError: a broken file.
    """
    path = next((p for p in (folder / FACTS_FILE, folder.absolute().parent / FACTS_FILE) if p.is_file()), None)
    if path is None:
        return None
    try:
        facts = json.loads(path.read_text(encoding="utf-8")) | {"folder": str(path.parent)}
        state = folder / "trainer_state.json"
        if folder.absolute() != path.parent.absolute() and state.is_file():
            at = json.loads(state.read_text(encoding="utf-8"))
            steps = f"{at['global_step']} of {at['max_steps']}: a checkpoint; the rows below are those of the whole run"
            facts["rows"] = {"optimizer steps": steps} | {
                k: v for k, v in facts["rows"].items() if k != "optimizer steps"
            }
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); train_grpo.py and sft_warmup.py write it") from error
    return facts


def lineage(facts: dict) -> list[dict]:
    """A run, the run that its base model came from, and so on, the last one first."""
    chain = [facts]
    while is_there(chain[-1]["base_model"]):
        before = read_facts(Path(chain[-1]["base_model"]))
        if before is None or before["folder"] in [each["folder"] for each in chain if "folder" in each]:
            break
        chain.append(before)
    return chain


def is_there(name: str) -> bool:
    """Whether a name is that of a folder here; it may be of one that is gone, or of the hub."""
    return Path(name).is_dir()


def hub_id(name: str) -> str | None:
    """A hub id without its revision; None for a path, even of what is gone."""
    try:
        local = is_local(name)
    except InputError:  # looks like a path, and is not there any more
        return None
    found = HUB_ID.fullmatch(name)
    return found[1] if found and not local else None


def licence_of(model: str, revision: str | None) -> str | None:
    """The licence that a model's own card names: of a local folder, or of the hub; None where none is to be had."""
    from huggingface_hub import ModelCard, hf_hub_download

    try:
        path = Path(model, "README.md") if is_there(model) else hf_hub_download(model, "README.md", revision=revision)
        found = ModelCard.load(path).data.license
    except (OSError, ValueError, yaml.YAMLError):  # no card, no network, a header that is none
        return None
    return found if isinstance(found, str) else None


def read_all(folders: list[Path]) -> tuple[list[Result], list[str]]:
    """The results in folders of evaluate.py (or single files), and a line on each benchmark begun but not scored.

    Raises:
        InputError: nothing is there, or one benchmark stands in two folders with the same sampling.
    """
    results, unscored = [], []
    for path in folders:
        folder = path.parent if path.suffix == ".json" else path
        found = read_results(folder) if folder.is_dir() else {}
        names = [path.stem] if folder != path else [*found]
        for name in names:
            if name not in found:
                raise InputError(f"{path}: no result of evaluate.py")
            data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            results.append(Result(folder, name, data, what_is_left(folder, name, data)))
        begun = {each.name.partition(".generations-")[0] for each in folder.glob("*.generations-*.jsonl")}
        for name in sorted(begun - found.keys()) if folder == path else []:
            count = sum(1 for file in sample_files(folder, f"{name}.jsonl") for _ in stored_rows(file))
            unscored.append(f"{TITLES.get(name, name)}: {count} samples are stored, and not scored yet")
        if not names and not begun:
            raise InputError(f"{path}: no results of evaluate.py there")
    seen: dict[tuple, Path] = {}
    for each in results:
        key = (each.name, other_protocol(each.settings))
        if key in seen:
            raise InputError(
                f"{each.name} is in {seen[key]} and in {each.folder}: name the one that the card is to show"
            )
        seen[key] = each.folder
    return results, unscored


def what_is_left(folder: Path, name: str, data: dict) -> str:
    """What is missing of the evaluation behind a result; "" where it is whole, or was asked for in part."""
    summary, asked = data["summary"], data["settings"].get("max_problems")
    if left_out := summary.get("left_out"):
        return f"{left_out} of {summary['problems'] + left_out} problems have not all their samples"
    shown = {problem["id"] for problem in data["problems"]}
    more = sum(
        row["sample"] >= summary["n"] or row["id"] not in shown
        for path in sample_files(folder, f"{name}.jsonl")
        for _, row in stored_rows(path)
    )
    if more and asked is None:
        return f"{more} more samples are stored than it counts"
    return f"{part} problems" if (part := part_of(name, data)) and asked is None else ""


def check_same_model(run: Path, results: list[Result], model_name: str) -> None:
    """Refuse results of another model than the run's: by its weights, or where they were not known, by its name.

    Raises:
        InputError: names the result and both models.
    """
    weights: dict[Path, str | None] = {}
    for result in results:
        theirs, name = result.data.get("weights_sha256"), result.settings["model_name_or_path"] or ""
        where = f"{result.folder}, {result.name}"
        if theirs is None:
            if Path(name).name not in (run.resolve().name, Path(model_name).name):
                raise InputError(
                    f"{where}: of the model {name}, not of {run}; if that is this run's name on the hub or its server, "
                    f"say so with --model_name {name}"
                )
            continue
        for folder in (run, run / "merged", run.with_name(f"{run.name}-merged")):
            if folder not in weights:
                weights[folder] = model_fingerprints(folder)["weights_sha256"]
            if weights[folder] == theirs:
                break
        else:
            raise InputError(f"{where}: of another model ({name}): its weights are not those in {run}")


# ---------------------------------------------------------------------------------------------------------------------
# The header
# ---------------------------------------------------------------------------------------------------------------------


def header(run: Path, chain: list[dict], results: list[Result], name: str, licence: str | None, language: str):
    """The card's metadata as huggingface_hub has it.

    Args:
        chain: see `lineage`.
        name: of the model.
    """
    from huggingface_hub import ModelCardData

    datasets = [found for facts in chain for each in facts["datasets"] if (found := hub_id(each))]
    adapter = adapter_base(str(run)) is not None
    return ModelCardData(
        license=licence,
        language=language,
        library_name="peft" if adapter else "transformers",
        pipeline_tag="text-generation",
        base_model=hub_id(chain[-1]["base_model"]),
        datasets=list(dict.fromkeys(datasets)) or None,
        metrics=["accuracy"] if results else None,
        tags=["math", "reasoning", *(facts["stage"] for facts in chain), "trl", *["lora"] * adapter],
        model_name=Path(name).name if results else None,
        eval_results=[each for result in results for each in scores(result)] or None,
    )


def scores(result: Result) -> list:
    """Every score of a result for `model-index`, as the file has it: pass@1, pass@k, maj@k in percent."""
    from huggingface_hub import EvalResult

    s, settings = result.summary, result.settings
    named = next((each for each in settings["benchmarks"] if stem_of(each) == result.name), result.name)
    known, own_id = BENCHMARKS.get(result.name), hub_id(named)
    own_split = HUB_ID.fullmatch(named)[2].rpartition(":")[2] if own_id else ""
    args = {key: settings[key] for key in ("temperature", "top_p", "max_new_tokens", "seed") if key in settings}
    args |= {"n": s["n"], "problems": s["problems"]} | ({"unfinished": result.unfinished} if result.unfinished else {})
    return [
        EvalResult(
            task_type="text-generation",
            task_name="Mathematical reasoning",
            dataset_type=known.hub_id if known else own_id or result.name,
            dataset_name=result.title,
            dataset_split=known.split if known else own_split or None,
            metric_type=metric,
            metric_name=f"{metric} (percent, mean of {s['n']} samples)",
            metric_value=s[metric],
            metric_args=args
            | {"standard_error": s["standard_error" if metric == "pass@1" else f"{metric}_standard_error"]},
        )
        for metric in s
        if metric.startswith(("pass@", "maj@")) and not metric.endswith("_error")
    ]


# ---------------------------------------------------------------------------------------------------------------------
# The text
# ---------------------------------------------------------------------------------------------------------------------


def table(headings: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def shown_name(name: str) -> str:
    """A hub id with its link, or the last part of a local path: the rest is of no use to others."""
    found = hub_id(name)
    return f"[{name}](https://huggingface.co/{found})" if found else f"`{Path(name).name}` (a local folder)"


def shown_data(facts: dict) -> str:
    """The data of a run with their revisions."""
    names = (f"[{name}](https://huggingface.co/datasets/{found})" if (found := hub_id(name)) else f"`{Path(name).name}`"
             for name in facts["datasets"])  # fmt: skip
    return ", ".join(names) + (f" @ {facts['dataset_revision']}" if facts["dataset_revision"] else "")


def section_results(results: list[Result], unscored: list[str], name: str) -> str:
    """The scores, beside the paper's where they are by the same protocol."""
    if not results:
        text = "## Results\n\nThis model has not been evaluated: there is no score to report. `python evaluate.py` "
        text += "measures it, and `python evaluate.py card` writes this card anew.\n"
        return text + "".join(f"\n- {line}" for line in unscored) + "\n" * bool(unscored)
    text = "## Results\n\n"
    if beside := {each.name: each for each in results if not each.apart}:
        columns = [column for column in PAPER if column in beside]
        ours = [plus_minus(beside[c].summary["pass@1"], beside[c].summary["standard_error"]) for c in columns]
        rows = [[f"**{name}**", *(f"**{cell}**" for cell in ours)]]
        rows += [[model, *(f"{of[c]:.1f}" if c in of else "–" for c in columns)] for model, of in paper_rows().items()]
        text += "pass@1 in percent, ± standard error over problems; the other rows are those of the paper (arXiv "
        text += "2504.11456), by the same protocol: temperature 0.6, top-p 0.95, at most 32,768 tokens.\n\n"
        text += table(["model", *(TITLES[column] for column in columns)], rows) + "\n"
    text += "Every score in detail:\n\n"
    headings = ["benchmark", "pass@1", "95 % interval", "pass@k", "majority vote", "problems", "samples each (n)",
                "mean tokens", "cut off", "not compared with the paper"]  # fmt: skip
    text += table(headings, [detail(each) for each in results])
    warnings = [
        f"{each.title}: the evaluation is NOT finished: {each.unfinished}" for each in results if each.unfinished
    ]
    return text + "".join(f"\n- {line}" for line in [*warnings, *unscored]) + "\n" * bool(warnings + unscored)


def detail(result: Result) -> list[str]:
    """A result's row in the table of details."""
    s, vote = result.summary, f"maj@{result.summary['n']}"
    most = next((f"pass@{k}" for k in range(s["n"] // 2, 1, -1) if f"pass@{k}" in s), None)
    return [
        result.title,
        plus_minus(s["pass@1"], s["standard_error"]),
        "{:.1f} to {:.1f}".format(*bounds_of(result.data)),
        f"{plus_minus(s[most], s[f'{most}_standard_error'])} ({most})" if most else "–",
        plus_minus(s[vote], s[f"{vote}_standard_error"]) if vote in s else "–",
        s["problems"],
        s["n"],
        "–" if s["mean_tokens"] is None else f"{s['mean_tokens']:,.0f}",
        f"{100 * s['truncated']:.1f} %",
        result.apart or "–",
    ]


def section_training(run: Path, chain: list[dict]) -> str:
    """How it was made, one stage after the other, the last one first."""
    text = "## Training\n"
    for facts in chain:
        heading = {"grpo": "GRPO", "sft": "Warm-up on worked solutions"}[facts["stage"]]
        based = shown_name(facts["base_model"]) + (
            f" @ {facts['base_revision']}" if hub_id(facts["base_model"]) else ""
        )
        rows = {"base model": based, "data": shown_data(facts), "prompt": facts["prompt_preset"], **facts["rows"]}
        text += f"\n### {heading}\n\n" + table(["", ""], [[key, value] for key, value in rows.items()])
        if facts is chain[0] and curves_of(run, facts).is_file():
            text += "\n![Accuracy of all rollouts and completion length](curves.png)\n"
        settings = {k: public(v) for k, v in facts["settings"].items() if k not in PRIVATE and v not in ([], "")}
        text += "\nSettings that differ from their defaults (TRL's, and this recipe's own):\n\n"
        text += f"```yaml\n{yaml.safe_dump(settings, allow_unicode=True)}```\n"
    if chain[0].get("merge"):
        text += f"\nTo merge this LoRA adapter:\n\n```bash\n{chain[0]['merge']}\n```\n"
    return text


def curves_of(run: Path, facts: dict) -> Path:
    """Where a run's picture of its curves is, if it has one."""
    return Path(facts.get("folder", run), "curves.png")


def public(value):
    """A setting without the folders of the machine that it was made on."""
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def section_evaluation(results: list[Result], facts: dict) -> str:
    """How the scores were made: sampling, prompt, benchmarks, versions, grader; one entry for each way of it."""
    ways: dict[str, list[str]] = {}
    for each in results:
        ways.setdefault(how_evaluated(each, facts), []).append(each.title)
    return "## Evaluation\n" + "".join(f"\n{', '.join(titles)}:\n\n{way}" for way, titles in ways.items())


def how_evaluated(result: Result, facts: dict) -> str:
    """The list of what decides a score, without what is the benchmark's own."""
    s, data = result.settings, result.data
    starts, grading = data["generation"], data["grading"]
    hardware = ", ".join(dict.fromkeys(each.get("hardware", "unknown") for each in starts))
    packages = {**grading["versions"], **{k: v for each in starts for k, v in each.get("versions", {}).items()}}
    commits = dict.fromkeys([*(each.get("commit") for each in starts), grading["commit"]])
    prompt = {key: data["prompt"].get(key) for key in ("system", "user", "chat")}
    trained_with = {key: facts["prompt"].get(key) for key in prompt} if facts.get("prompt") else prompt
    lines = [
        f"sampling: {data['summary']['n']} samples a problem, temperature {s['temperature']:g}, top-p {s['top_p']:g}, "
        f"at most {s['max_new_tokens']:,} tokens, sample i seeded with {s['seed']} + i; {s['backend']}, {s['dtype']}",
        f"prompt: {describe_prompt(Prompt(**prompt))}"
        + (
            "" if prompt == trained_with else "; in training it was another: " + describe_prompt(Prompt(**trained_with))
        ),
        f"grader: {GRADERS[grading['grader']]}"
        + (", the one that training used" if facts["settings"].get("grader", "ours") == grading["grader"] else "")
        + ("; a completion without `</think>` is wrong" if s["require_think_end"] else ""),
        f"hardware: {hardware or 'unknown'}; versions: {', '.join(f'{k} {v}' for k, v in packages.items())}",
        f"commit of the code: {', '.join(each or 'unknown' for each in commits)}",
    ]
    return "".join(f"- {line}\n" for line in lines)


def describe_prompt(prompt: Prompt) -> str:
    """A prompt in a line."""
    if prompt == Prompt():
        return "the bare question, by the model's own chat template"
    bare = prompt.user == Prompt().user
    user = "the bare question" if bare else f"`{json.dumps(prompt.user, ensure_ascii=False)}`"
    system = f", system turn `{json.dumps(prompt.system, ensure_ascii=False)}`" if prompt.system else ""
    return user + system + (", by the model's own chat template" if prompt.chat else ", as plain text")


def section_use(name: str, facts: dict, results: list[Result]) -> str:
    """A few lines that ask the model as it was asked in evaluation, else in training."""
    shown = next((each for each in results if not each.apart), results[0] if results else None)
    prompt = shown.data["prompt"] if shown else facts.get("prompt") or {}
    prompt = Prompt(**{key: value for key, value in prompt.items() if key in ("system", "user", "chat")})
    asked = prompt.format("Find the sum of the first 100 positive integers.")
    sampling = shown.settings if shown else PROTOCOL
    options = ", ".join(f"{key}={sampling[key]}" for key in ("temperature", "top_p", "max_new_tokens"))
    return f"""## Use

```python
from transformers import pipeline

model = pipeline("text-generation", model="{name}", dtype="auto", device_map="auto")
prompt = {asked!r}
print(model(prompt, do_sample=True, {options})[0]["generated_text"])
```
"""


def section_limits(results: list[Result], facts: dict) -> str:
    """What a reader must not take the numbers for."""
    lines = [
        "One training run: ± and intervals are those of problems and samples, not of another seed of the training.",
        "Trained and measured on mathematical questions with a short final answer that a program can compare. The "
        "reasoning before it is not checked: a right answer may follow from wrong steps. Not for proofs, for other "
        "subjects, or where a wrong answer does harm; nothing was done for safety.",
        "Whether questions of the benchmarks are among the training data (or the base model's) is not examined here.",
    ]
    cut = [f"{100 * each.summary['truncated']:.1f} % of {each.title}" for each in results if each.summary["truncated"]]
    if cut:
        lines.append(f"Completions cut off at the bound of tokens, mostly before an answer: {', '.join(cut)}.")
    undecided = [
        f"{100 * each.summary['undecided']:.2f} % of {each.title}" for each in results if each.summary["undecided"]
    ]
    if undecided:
        lines.append(f"Answers that the grader could not decide on count as wrong: {', '.join(undecided)}.")
    golds = [f"{count} in {each.title}" for each in results if (count := each.summary.get("unreadable_golds"))]
    if golds:
        lines.append(f"Golds that the grader cannot read, where only the same text is right: {', '.join(golds)}.")
    unknown = [each.title for each in results if each.data.get("weights_sha256") is None]
    if unknown:
        lines.append(f"Through a server or by a hub id, so known by the model's name alone: {', '.join(unknown)}.")
    if facts.get("unreadable"):
        lines.append(f"{facts['unreadable']} of {facts['golds']} golds drawn in training could not be read.")
    return "## Limits\n\n" + "".join(f"- {line}\n" for line in lines)


def write_card(
    output: Path,
    run: Path,
    facts: dict,
    results: list[Result] = (),
    unscored: list[str] = (),
    name: str | None = None,
    licence: str | None = None,
    language: str = "en",
) -> None:
    """Write the card of a run.

    Args:
        output: the file; curves.png of the run is copied beside it.
        facts: of the run, as `read_facts` returns them.
        results, unscored: see `read_all`.
        name: the model's; None: that of the run's folder.
        licence: None: the base model's, as far as it was recorded.
    """
    from huggingface_hub import ModelCard

    chain = lineage(facts)
    name = name or name_of(run, facts)
    licence = licence or recorded_licence(chain)
    base = shown_name(chain[-1]["base_model"])
    intro = f"# {Path(name).name}\n\nTrained from {base} with {STAGES[facts['stage']]}"
    intro += f", after {STAGES[chain[1]['stage']]}.\n" if len(chain) > 1 else ".\n"
    if licence is None:
        intro += "\nThe licence of the base model is not recorded: name this model's before publishing it.\n"
    sections = [
        intro,
        section_results(list(results), list(unscored), Path(name).name),
        section_use(name, facts, list(results)),
        section_training(run, chain),
        *([section_evaluation(list(results), facts)] if results else []),
        section_limits(list(results), facts),
        f"## Citation\n\n```bibtex\n{CITATION}\n```\n",
    ]
    data = header(run, chain, list(results), name, licence, language)
    write_whole(output, str(ModelCard(f"---\n{data.to_yaml()}\n---\n\n" + "\n".join(sections))))
    curves = curves_of(run, facts)
    if curves.is_file() and output.absolute().parent != curves.absolute().parent:
        shutil.copyfile(curves, output.with_name(curves.name))


def name_of(run: Path, facts: dict) -> str:
    """A model's name: that of its run's folder, be it a checkpoint in it."""
    return Path(facts.get("folder", run)).resolve().name


def recorded_licence(chain: list[dict]) -> str | None:
    """The base model's licence, as the first of the runs that knows it recorded it."""
    return next((facts["license"] for facts in reversed(chain) if facts.get("license")), None)


def main(argv: list[str]) -> None:
    count = next((at for at, word in enumerate(argv) if word.startswith("-")), len(argv))
    (args,) = parse_arguments([CardArguments], argv[count:])
    if args.run is None:
        raise InputError(
            "card needs --run, the folder of the training run: python evaluate.py card RESULT... --run RUN"
        )
    run = Path(args.run)
    facts = read_facts(run) if run.is_dir() else None
    if facts is None:
        raise InputError(
            f"--run {run}: no {FACTS_FILE} there; train_grpo.py and sft_warmup.py write it in --output_dir"
        )
    results, unscored = read_all([Path(word) for word in argv[:count]])
    check_same_model(run, results, args.model_name or name_of(run, facts))
    if args.license is None and recorded_licence(lineage(facts)) is None:
        raise InputError("--license is missing: the base model's is not recorded; such as --license apache-2.0")
    output = Path(args.output or run / "README.md")
    write_card(output, run, facts, results, unscored, args.model_name, args.license, args.language)
    say(f"{output}: {len(results)} benchmarks" + (f", {len(unscored)} not scored yet" if unscored else ""))
