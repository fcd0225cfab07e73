"""The same rows from every format, and one line for a file that is broken."""

import gzip
import json

import pytest
from datasets import Dataset, DatasetDict

import data
from cli import InputError
from data import DataArguments
from sources.files import open_source

ROWS = [
    {"question": f'What is $\\frac{{{i}}}{{7}}$, "exactly"?\nSay, é.', "answer": f"so {i},000/7\n#### ({i},000/7)"}
    for i in range(1, 31)
]
GOLDS = [f"({i},000/7)" for i in range(1, 31)]


def as_lines(rows, end="\n"):
    return "".join(json.dumps(row, ensure_ascii=False) + end for row in rows)


def as_csv(rows):
    cells = [",".join('"' + text.replace('"', '""') + '"' for text in row.values()) for row in rows]
    return "\r\n".join(["question,answer", *cells]) + "\r\n"


def golds(path, **arguments):
    return data.load_training_rows(DataArguments(dataset=str(path), **arguments), None)["final_answer"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.jsonl", as_lines(ROWS).encode()),
        ("windows.jsonl", b"\xef\xbb\xbf" + as_lines(ROWS, "\r\n").encode()),
        ("gaps.jsonl", as_lines(ROWS, "\n\n").encode()),
        ("packed.jsonl.gz", gzip.compress(as_lines(ROWS).encode())),
        ("array.json", json.dumps(ROWS, indent=1).encode()),
        ("windows.json", b"\xef\xbb\xbf" + json.dumps(ROWS).encode()),
        ("array.json.gz", gzip.compress(json.dumps(ROWS).encode())),
        ("lines.json", as_lines(ROWS).encode()),
        ("table.csv", as_csv(ROWS).encode()),
        ("windows.csv", b"\xef\xbb\xbf" + as_csv(ROWS).encode()),
        ("table.csv.gz", gzip.compress(as_csv(ROWS).encode())),
    ],
)
def test_text_files(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert list(open_source(str(tmp_path / name)).rows([])) == ROWS
    assert golds(tmp_path / name) == GOLDS


def test_arrow_files(tmp_path):
    rows = Dataset.from_list(ROWS)
    rows.to_parquet(tmp_path / "rows.parquet")
    rows.save_to_disk(tmp_path / "saved")
    DatasetDict({"train": rows, "test": rows.select([0])}).save_to_disk(tmp_path / "splits")
    for name in ("rows.parquet", "saved", "splits"):
        assert golds(tmp_path / name) == GOLDS, name
    assert golds(tmp_path / "splits", dataset_split="test") == GOLDS[:1]
    with pytest.raises(InputError, match="no split 'dev'; it has: train, test"):
        golds(tmp_path / "splits", dataset_split="dev")


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_folders_of_shards_and_globs(tmp_path, kind):
    for number, name in enumerate(["train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001"]):
        shard = Dataset.from_list(ROWS[15 * number : 15 * number + 15] or ROWS[:1])
        path = tmp_path / "data" / f"{name}.{kind}"
        path.parent.mkdir(exist_ok=True)
        {"parquet": shard.to_parquet, "jsonl": shard.to_json, "csv": shard.to_csv}[kind](path)
    assert golds(tmp_path) == golds(tmp_path / "data" / "train-*") == GOLDS
    assert golds(tmp_path, dataset_split="test") == GOLDS[:1]
    with pytest.raises(InputError, match="no file of split 'validation'; there are files of: test, train"):
        golds(tmp_path, dataset_split="validation")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("cut.jsonl", as_lines(ROWS).encode()[:-20], "cut.jsonl, line 30: not valid JSON"),
        ("text.jsonl", b'"text"\n', "line 1: expected a JSON object, found str"),
        ("latin.jsonl", as_lines(ROWS).encode("latin-1"), "line 1: not valid JSON .*utf-8"),
        ("cut.json", json.dumps(ROWS).encode()[:-30], "cut.json, row 30: not valid JSON"),
        ("numbers.json", b"[1, 2]", "row 1: expected a JSON object, found int"),
        ("latin.json", json.dumps(ROWS, ensure_ascii=False).encode("latin-1"), "latin.json: not UTF-8"),
        ("pretty.json", b'{\n "data": []\n}', "pretty.json, line 1: not valid JSON"),
        ("cut.jsonl.gz", gzip.compress(as_lines(ROWS).encode())[:-20], "cut.jsonl.gz: not a whole gzip file"),
        ("no.jsonl.gz", b"{}", "no.jsonl.gz: not a whole gzip file"),
        ("odd.csv", b"question,answer\n1,2\n1,2,3\n", "odd.csv, row 2: another number of fields than the 2 names"),
        ("odd.csv", b"question,answer\n1\n", "odd.csv, row 1: another number of fields"),
        ("quote.csv", b'question,answer\n"1,2\n', r"quote.csv, line \d: not valid CSV"),
        ("empty.jsonl", b"", "empty.jsonl: no row in it"),
        ("empty.csv", b"question,answer\n", "empty.csv: no row in it"),
        ("empty.json", b"[]", "empty.json: no row in it"),
        ("cut.parquet", b"PAR1 and no more", "cut.parquet: cannot be read as Parquet"),
        ("rows.xlsx", b"PK", "rows.xlsx: expected .jsonl, .*.parquet files"),
    ],
)
def test_broken_files_are_one_line(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        golds(tmp_path / name)
    assert "\n" not in str(error.value)


def test_one_format_at_a_time(tmp_path):
    (tmp_path / "a.jsonl").write_text(as_lines(ROWS))
    Dataset.from_list(ROWS).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match="b.parquet and a.jsonl: one format"):
        golds(tmp_path)


def test_configurations_of_a_hub_set_are_named(tmp_path):
    """A folder laid out as on the hub, loaded as the hub's are."""
    from sources.files import from_hub

    for name in ("main", "socratic"):
        (tmp_path / f"{name}.jsonl").write_text(as_lines(ROWS[: 1 + (name == "main")]))
    configs = "".join(f"- config_name: {name}\n  data_files: {name}.jsonl\n" for name in ("main", "socratic"))
    (tmp_path / "README.md").write_text(f"---\nconfigs:\n{configs}---\n")
    with pytest.raises(InputError, match="several configurations: main, socratic; name one with --dataset_config"):
        from_hub(str(tmp_path), "train")
    assert len(from_hub(str(tmp_path), "train", config="main")) == 2
    with pytest.raises(InputError, match="Unknown split.*--dataset_split"):
        from_hub(str(tmp_path), "math", config="main")
