"""From stored samples to scores: pass@1, pass@k, maj@k, their standard errors, lengths, and all of it by category.

Everything a table or a plot of evaluate.py needs is computed here, from samples and the grader alone, so that results
can be graded again without a model.
"""

import json
import math
import statistics
from collections import Counter, defaultdict
from functools import lru_cache
from pathlib import Path

from cli import InputError, say
from evaluation.benchmarks import CATEGORY_COLUMNS, benchmark_names, category_values, stem_of
from evaluation.samples import SETTINGS, read_settings, sample_files, stored_samples
from reward import Grade, grade_batch

FEW = 5  # problems
Z_95 = statistics.NormalDist().inv_cdf(0.975)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 1.0)

# ---------------------------------------------------------------------------------------------------------------------
# Estimators
# ---------------------------------------------------------------------------------------------------------------------


def pass_at_k(n: int, correct: int, k: int) -> float:
    """Unbiased estimate of the chance that one of k samples is correct, from `correct` of n (arXiv 2107.03374)."""
    return 1.0 - math.comb(n - correct, k) / math.comb(n, k)


@lru_cache(maxsize=65536)
def maj_at_k(correct: int, wrong: tuple[int, ...], silent: int, k: int) -> float:
    """Chance that the most frequent answer among k samples is the correct one, over all k-subsets; ties are drawn.

    Args:
        correct: samples with the correct answer.
        wrong: how many samples gave each of the other answers, sorted.
        silent: samples without an answer; they do not vote.
        k: samples that vote.
    """
    total = 0.0
    for votes in range(1, min(correct, k) + 1):
        # ways[drawn, tied]: subsets of the wrong answers' samples, none of which has more votes than the correct one
        ways = {(0, 0): 1}
        for count in wrong:
            extended: dict[tuple[int, int], int] = defaultdict(int)
            for (drawn, tied), number in ways.items():
                for more in range(min(count, votes, k - votes - drawn) + 1):
                    extended[drawn + more, tied + (more == votes)] += number * math.comb(count, more)
            ways = extended
        for (drawn, tied), number in ways.items():
            rest = k - votes - drawn
            total += math.comb(correct, votes) * number * math.comb(silent, rest) / (1 + tied)
    return total / math.comb(correct + sum(wrong) + silent, k)


def mean_and_se(values: list[float]) -> tuple[float, float | None]:
    """Mean and its standard error over problems; None where one problem leaves the error unknown.

    With one mean per problem this is the error clustered by problem: the samples of a problem may be as alike as they
    like.
    """
    se = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    return statistics.fmean(values), se


def interval(values: list[float]) -> tuple[float, float]:
    """95 % interval of the mean of values in [0, 1], one a problem, for problems like these.

    Wilson's, clustered by problem: with as many independent draws as would give the standard error that these values
    have, t instead of z for few problems (Korn and Graubard 1998; Dean and Pagano 2015), and at least one draw a
    problem. Where the right answers (or the wrong ones) amount to fewer than FEW problems, that standard error says
    little, and the draws go towards one a problem. Unlike mean ± 1.96 standard errors it has a width where all values
    are equal (0 of 30 is not 0 ± 0), and covers 95 % of simulated benchmarks from 30 problems on
    (benchmarks/intervals.py).
    """
    mean, se = mean_and_se(values)
    count, z = len(values), Z_95
    spread, draws = mean * (1 - mean), float(count)
    if se and spread:
        seen = max(spread / se**2, count) * (z / student_t(count - 1)) ** 2
        doubt = max(0.0, 1 - count * min(mean, 1 - mean) / FEW)
        draws = 1 / (doubt / count + (1 - doubt) / seen)
    center = (mean + z * z / (2 * draws)) / (1 + z * z / draws)
    half = z / (1 + z * z / draws) * math.sqrt(spread / draws + z * z / (4 * draws * draws))
    return max(0.0, center - half), min(1.0, center + half)


def student_t(freedom: int) -> float:
    """Student's t that 95 % lie within (Abramowitz and Stegun 26.7.5; within 0.01 from 3 degrees of freedom on)."""
    z = Z_95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def sampling_error(accuracies: list[float], n: int) -> float | None:
    """Standard error of the mean accuracy with the problems held fixed: what another seed would change.

    The measure for two runs on the same problems, such as two backends. None for one sample per problem.
    """
    if n < 2:
        return None
    variance = statistics.fmean(a * (1 - a) / (n - 1) for a in accuracies)
    return math.sqrt(variance / len(accuracies))


# ---------------------------------------------------------------------------------------------------------------------
# Grading
# ---------------------------------------------------------------------------------------------------------------------


def merge_answers(answers: list[list[str]]) -> list[list[int]]:
    """Number the answers of each problem so that equivalent ones share a number, by the grader of everything else.

    Args:
        answers: for each problem its distinct answers.

    Returns:
        For each problem the number of each answer's group. An answer joins the first group whose first member it
        equals.
    """
    groups = [[] for _ in answers]  # per problem: the first member of each group
    numbers = [[] for _ in answers]
    for turn in range(max(map(len, answers), default=0)):
        asked = [(p, g) for p in range(len(answers)) if turn < len(answers[p]) for g in range(len(groups[p]))]
        grades = grade_batch(
            [f"\\boxed{{{answers[p][turn]}}}" for p, _ in asked], [f"\\boxed{{{groups[p][g]}}}" for p, g in asked]
        )
        equal = defaultdict(list)
        for (p, g), grade in zip(asked, grades, strict=True):
            if grade.correct:
                equal[p].append(g)
        for p in range(len(answers)):
            if turn < len(answers[p]):
                numbers[p].append(equal[p][0] if equal[p] else len(groups[p]))
                if not equal[p]:
                    groups[p].append(answers[p][turn])
    return numbers


def count_votes(graded: list[list[Grade]]) -> list[tuple[int, tuple[int, ...], int]]:
    """For each problem: votes for the correct answer, votes for each other one (sorted), and samples without a vote.

    Answers that the grader could not decide on are merged only when they are the same string.
    """
    counted = [Counter(g.answer.strip() for g in grades if g.answer and not g.correct) for grades in graded]
    doubtful = [{g.answer.strip() for g in grades if g.answer and g.undecided} for grades in graded]
    sure = [[a for a, _ in c.most_common() if a not in d] for c, d in zip(counted, doubtful, strict=True)]
    votes = []
    for p, numbers in enumerate(merge_answers(sure)):
        merged = Counter()
        for answer, number in zip(sure[p], numbers, strict=True):
            merged[number] += counted[p][answer]
        wrong = sorted([*merged.values(), *(counted[p][answer] for answer in doubtful[p])])
        correct = sum(g.correct for g in graded[p])
        votes.append((correct, tuple(wrong), len(graded[p]) - correct - sum(wrong)))
    return votes


def score(problems: list[dict], rows: list[dict], n: int, require_think_end: bool, grader: str) -> dict:
    """Grade the stored samples and summarise them.

    Args:
        problems: of one benchmark, as `benchmarks.load_benchmark` returns them.
        rows: their stored samples 0 to n - 1, problem by problem.
        n: samples per problem.
        require_think_end, grader: see `reward.grade_batch`.

    Returns:
        "summary": see `summarise`; "problems": each problem with its accuracy and its samples' verdicts.
    """
    grades = grade_batch(
        [row["completion"] for row in rows],
        [p["answer"] for p in problems for _ in range(n)],
        require_think_end=require_think_end,
        grader=grader,
    )
    graded = [grades[at : at + n] for at in range(0, len(grades), n)]
    made = [rows[at : at + n] for at in range(0, len(rows), n)]
    detail = [
        {**problem, "accuracy": sum(g.correct for g in of_problem) / n, "samples": verdicts(of_problem, its_rows)}
        for problem, of_problem, its_rows in zip(problems, graded, made, strict=True)
    ]
    return {"summary": summarise(detail, graded, rows, n), "problems": detail}


def verdicts(grades: list[Grade], rows: list[dict]) -> list[dict]:
    """What a result file keeps of each sample of a problem."""
    return [
        {"answer": g.answer, "correct": g.correct, "why": g.reason, "tokens": row["tokens"]}
        for g, row in zip(grades, rows, strict=True)
    ]


def summarise(detail: list[dict], graded: list[list[Grade]], rows: list[dict], n: int) -> dict:
    """The scores of a benchmark: percent, with standard errors over problems; lengths in tokens; fractions in [0, 1].

    pass@k for 2k <= n; maj@k for the powers of two up to n, and n itself, from 3 votes on (2 cannot outvote 1).

    Args:
        detail: each problem with its accuracy in [0, 1].
        graded: each problem's n grades.
        rows: the stored samples in the same order.
    """
    accuracies = [d["accuracy"] for d in detail]
    mean, se = percent(accuracies)
    fixed = sampling_error(accuracies, n)
    summary = {
        "pass@1": mean,
        "standard_error": se,
        "interval": [100 * bound for bound in interval(accuracies)],
        "sampling_error": None if fixed is None else 100 * fixed,
        "problems": len(detail),
        "n": n,
    }
    for k in (2**e for e in range(1, n.bit_length())):
        if 2 * k <= n:
            values = [pass_at_k(n, round(a * n), k) for a in accuracies]
            summary[f"pass@{k}"], summary[f"pass@{k}_standard_error"] = percent(values)
    if n > 2:
        votes = count_votes(graded)
        for k in sorted({n, *(2**e for e in range(2, n.bit_length()))}):
            values = [maj_at_k(*of_problem, k) for of_problem in votes]
            summary[f"maj@{k}"], summary[f"maj@{k}_standard_error"] = percent(values)
    lengths = sorted(row["tokens"] for row in rows if row["tokens"] is not None)  # a server may not count
    flat = [g for grades in graded for g in grades]
    return summary | {
        "mean_tokens": statistics.fmean(lengths) if lengths else None,
        "token_quantiles": {f"{q:g}": lengths[math.ceil(q * len(lengths)) - 1] for q in QUANTILES if lengths},
        "truncated": statistics.fmean(row["finish_reason"] == "length" for row in rows),
        "undecided": statistics.fmean(g.undecided for g in flat),
        "unreadable_golds": sum(not grades[0].gold_parsed for grades in graded),
        "no_answer": statistics.fmean(g.answer is None for g in flat),
        "by_category": by_category(detail),
    }


def percent(values: list[float]) -> tuple[float, float | None]:
    """`mean_and_se` of shares in [0, 1], in percent."""
    mean, se = mean_and_se(values)
    return 100 * mean, None if se is None else 100 * se


def by_category(detail: list[dict]) -> dict[str, dict]:
    """pass@1 of every level, subject, type, difficulty and topic that the problems name, by its text."""
    groups = defaultdict(list)
    for problem in detail:
        for column in CATEGORY_COLUMNS:
            if column in problem:
                for value in {str(each) for each in category_values(problem[column])}:
                    groups[column, value].append(problem["accuracy"])
    result = {}
    for (column, value), accuracies in sorted(groups.items(), key=lambda item: item[0]):
        mean, se = percent(accuracies)
        bounds = [100 * bound for bound in interval(accuracies)]
        numbers = {"pass@1": mean, "standard_error": se, "interval": bounds, "problems": len(accuracies)}
        result[f"{column}={value}"] = numbers
    return result


# ---------------------------------------------------------------------------------------------------------------------
# Which stored samples are graded again: `evaluate.py --regrade true` needs neither the model nor what ran it
# ---------------------------------------------------------------------------------------------------------------------


def with_stored_settings(args):
    """`evaluate.EvaluationArguments` with what decided the samples in the folder, in place of what the command says.

    Raises:
        InputError: no folder of samples is named, or it holds none of the benchmarks.
    """
    output_dir = Path(args.output_dir or "")
    if args.output_dir is None or not (output_dir / "settings.json").is_file():
        path = output_dir / "settings.json"
        raise InputError(f"--regrade: --output_dir must name a folder of stored samples; there is no {path}")
    stored = read_settings(output_dir)
    for name in SETTINGS:
        setattr(args, name, stored[name])
    names = benchmark_names(args.benchmarks)
    args.benchmarks = [name for name in names if sample_files(output_dir, name)]
    if not args.benchmarks:
        held = sorted({path.name.partition(".generations-")[0] for path in output_dir.glob("*.generations-*.jsonl")})
        raise InputError(
            f"--regrade: {output_dir} holds no samples of {', '.join(names)}, but of: {', '.join(held) or 'nothing'}; "
            "a benchmark of your own is named by its .jsonl file"
        )
    for result in (output_dir / f"{stem_of(name)}.json" for name in args.benchmarks):
        before = json.loads(result.read_text(encoding="utf-8"))["settings"] if result.is_file() else {}
        for name in ("grader", "require_think_end"):
            if name in before and before[name] != getattr(args, name):
                say(f"WARNING: {result.stem}: graded with {name} {before[name]} before, now with {getattr(args, name)}")
    return args


def gradable(output_dir: Path, name: str, problems: list[dict], n: int | None) -> tuple[int, list[dict]]:
    """How many samples per problem can be graded, and of which problems: all of them, if every one has a sample.

    Only samples 0 to m - 1 of a problem that has all of these count, so that no choice of finished ones biases a score.

    Args:
        name: of the benchmark.
        n: samples per problem at most; None: no bound.

    Raises:
        InputError: there is no sample 0 of any of these problems.
    """
    stored = defaultdict(set)
    for row in stored_samples(output_dir, name, problems, math.inf if n is None else n):
        stored[row["id"]].add(row["sample"])
    reached = {p["id"]: next(i for i in range(len(stored[p["id"]]) + 1) if i not in stored[p["id"]]) for p in problems}
    least, most = min(reached.values()), max(reached.values())
    if most == 0:
        raise InputError(f"--regrade: {output_dir} holds no samples of the problems of {name}")
    count = least or most
    chosen = [p for p in problems if reached[p["id"]] >= count]
    stem, left_out = stem_of(name), len(problems) - len(chosen)
    if left_out:
        say(f"WARNING: {stem}: {left_out} of {len(problems)} problems have not all {count} samples and are LEFT OUT")
    elif most > least:
        say(f"{stem}: some problems have up to {most} samples; the first {count}, which all have, are graded")
    say(f"{stem}: {len(chosen)} problems with {count} samples each are graded")
    return count, chosen
