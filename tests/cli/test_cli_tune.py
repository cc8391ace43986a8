"""`nabi tune`: what is printed, as a table, as JSON and in Korean; trials are runs for the other commands."""

import re

import pytest

from nabi.cli.parser import build, parse
from nabi.cli.tune import asked
from nabi.core.errors import ArgumentError

pytestmark = pytest.mark.learn
SMALL = ["tune", "digits", "--model", "lecture-dense", "--epochs", 1, "--seed", 3, "--vary", "model.units=4..16", "--vary",
         "learning_rate=1e-3..1e-1", "--trials", 4]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return tmp_path_factory.mktemp("tuned")


def test_a_table_a_command_and_runs(nabi, found):
    code, out, err = nabi(*SMALL, "--out", found)
    (folder,) = found.iterdir()
    lines = out.splitlines()
    assert code == 0 and lines[0].split()[:2] == ["trial", "val_accuracy"] and len([x for x in lines if "finished" in x]) == 4
    shares = [float(line.split()[1]) for line in lines[1:5]]
    assert shares == sorted(shares, reverse=True)
    assert f"again       nabi train --recipe {folder}/best.toml" in lines and "not looked at" in out
    told = err.splitlines()
    assert told[0] == f"Search folder: {folder}" and [line.split()[0] for line in told[1:]] == ["1/4", "2/4", "3/4", "4/4"]
    assert re.fullmatch(r"4/4  \d+\.\d\d %  1 epoch  \d+\.\d s  model.units \d+, learning_rate 0\.\d+", told[4])
    assert "Warning" not in err and "xperimental" not in err and "[I " not in err, "Optuna keeps still"
    code, listed, _ = nabi("runs", "list", "--out", folder, parse=False)
    assert code == 0 and listed.count("finished") == 4 and "trial-004" in listed
    assert nabi("runs", "compare", "--out", folder, "trial-001", "trial-002")[0] == 0
    code, trained, _ = nabi("train", "--recipe", folder / "best.toml", "--out", found / "again", "--json", parse=True)
    assert code == 0 and trained["accuracy"] > 0.5


def test_json_and_korean_of_a_search_that_is_done(nabi, found, monkeypatch):
    (folder,) = found.glob("*-tune-*")
    code, plain, err = nabi("tune", "--resume", folder, "--json", "--quiet", parse=True)
    assert code == 0 and err == "" and len(plain["trials"]) == 4 and plain["best"] == plain["trials"][0]
    assert set(plain["importance"]) == {"model.units", "learning_rate"} and plain["test_set"] == "not looked at"
    monkeypatch.setenv("NABI_LANG", "ko")
    code, out, err = nabi("tune", "--resume", folder)
    assert code == 0 and "시도" in out and "마침" in out and f"탐색 폴더: {folder}" in err
    assert not re.search(r"\b(the|of|finished|best|again)\b", out.replace(str(folder), "").replace("best.toml", ""))


def test_all_failed_is_code_1_and_one_line(nabi, tmp_path):
    bad = ["--vary", "model.units=-1,-2", "--trials", 2]
    code, out, err = nabi("tune", "--model", "lecture-dense", *bad, "--out", tmp_path, "--quiet")
    assert (code, out) == (1, "") and len(err.splitlines()) == 1 and "2 that failed. The last one: ArgumentError" in err


def test_times_and_entries_are_read():
    assert parse(build(), ["tune", "--time", "1.5h"]).time == 5400 and parse(build(), ["tune", "--time", "90"]).time == 90
    assert asked(["batch-size = 8,9"], {}) == {"batch_size": "8,9"}
    with pytest.raises(ArgumentError, match="each entry once"):
        asked(["=3,4"], {})
    with pytest.raises(ArgumentError, match="no other option sets, for --learning-rate does, got 'learning_rate=1..2'. Leave"):
        asked(["learning_rate=1..2"], {"learning_rate": 0.5})
