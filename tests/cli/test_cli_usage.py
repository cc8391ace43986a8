"""Help, versions, exit codes, unknown words, languages; help loads nothing heavy and is there at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nabi.cli import words
from nabi.core.table import table

SOURCE = Path(__file__).resolve().parents[2] / "src"
COMMANDS = ["run", "train", "tune", "compare", "evaluate", "predict", "explain", "race", "film", "draw", "figures", "smile",
            "digit", "summary", "runs", "data", "doctor"]


def process(*arguments, **variables):
    """`python -m nabi ...` in a process of its own, (exit code, standard output, standard error)."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE)} | variables
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_help_names_every_option_and_loads_no_torch():
    """All helps in one process; test_architecture_names.py times one in its own."""
    heavy = "torch numpy numba matplotlib PIL rich typer"
    asked = ["--help", *(f"{command} --help" for command in COMMANDS), "runs compare -h",
             *(f"data {action} -h" for action in ("preview", "curve", "check"))]
    code = (
        "import sys; from nabi.cli import main\n"
        "for words in sys.argv[1:]:\n"
        "    code = main(words.split())\n"
        f"    print('|', code, *set('{heavy}'.split()) & set(sys.modules), end='|')"
    )
    code, out, err = process("-c", code, *asked)
    told = out.split("|")
    assert (code, err, len(told)) == (0, "", 2 * len(asked) + 1)
    for each, text, state in zip(asked, told[::2], told[1::2], strict=False):
        assert state == " 0" and text.startswith("usage: nabi"), each
        if each == "--help":
            assert all(re.search(rf"^    {command} ", text, re.MULTILINE) for command in COMMANDS)
        elif each.split()[0] not in ("run", "runs", "data"):  # what `nabi run` prints is the script's
            assert "--json" in text, each


def test_python_m_nabi_is_nabi(nabi):
    from nabi import __version__

    assert process("-m", "nabi", "--version") == (0, f"nabi {__version__}\n", "")
    assert nabi("--version")[:2] == (0, f"nabi {__version__}\n")


WRONG = {
    "trian": "Did you mean 'train'",
    "train --epoch 3": "Did you mean '--epochs'",
    "train --epochs 0": "from 1, got '0'",
    "train --epochs x": "whole number",
    "train --batch-size": "--batch-size",
    "train --learning-rate -1": "a number from 0",
    "train --learning-rate nan": "got 'nan'",
    "train --precision float23": "Did you mean 'float32'",
    "train --schedule step": "cosine",
    "train digits mnist": "'mnist'",
    "tune --trials 0": "from 1, got '0'",
    "tune --time soon": "a time such as 90s, 10m or 1h30m, got 'soon'",
    "tune --vary batch_size": "ENTRY=VALUES, each entry once",
    "tune --vary batch_size=8,9 --vary batch-size=3,4": "each entry once",
    "tune --vary bach_size=8,9": "Did you mean 'batch_size'",
    "tune --vary batch_size=9..8": "low..high with low < high",
    "tune --optimizer sgd --learning-rate 1 --batch-size 8": "at least one entry to vary",
    "tune --validation-split 0": "a share above 0 to judge the trials by",
    "tune --resume runs --epochs 3 --vary a=1,2": "no options but --trials and --time, for the search has its own, got epochs",
    "compare lecture-cnn": "ENTRY=VALUES, each entry once, such as activation=sigmoid,relu, got none",
    "compare --vary activaton=relu,tanh": "Did you mean 'activation'? Of the network: width, dropout, activation",
    "compare --vary epochs=2,3 --epochs 4": "an entry that no other option sets, for --epochs does",
    "compare --resume runs --epochs 3": "no other options, for the comparison has its own, got epochs",
    "compare --seeds 0": "from 1, got '0'",
    "compare --csv --json --vary epochs=1,2": "--csv or --json",
    "tune digts": "Did you mean 'digits'",
    "predict": "MODEL",
    "evaluate": "MODEL",
    "explain small": "IMAGE",
    "explain small x.png --method grad-cm": "Did you mean 'grad_cam'",
    "explain small x.png --out a.jpg": "ends in .png",
    "explain small x.png --steps 0": "from 1, got '0'",
    "runs lst": "Did you mean 'list'",
    "runs compare only": "two runs",
    "summary lecture-cnn --show all": "arithmetic",
    "train --sampling even": "unknown 'even'",
    "smile": "pictures, --camera or --video FILE",
    "smile --frames 0": "from 1, got '0'",
    "train ./none --crop noses": "unknown 'noses'",
    "data curve --sizes 5,0": "from 1, got '0'",
    "data curve digits --sizes 5,20 --quiet": "two numbers of pictures or more, from 10, one of each class, to 3,600",
    "data curve --resume runs --epochs 2": "no other options, for the curve has its own, got epochs",
}


@pytest.mark.parametrize("line, says", WRONG.items(), ids=list(WRONG))
def test_wrong_usage_is_code_2_and_one_line(nabi, line, says):
    code, out, err = nabi(*line.split())
    assert code == 2 and says in err + out and len(err.splitlines()) <= 1 and "Traceback" not in err


def test_without_arguments_the_help_is_shown(nabi):
    code, out, err = nabi()
    assert code == 0 and out.startswith("usage: nabi") and err == ""


def test_messages_in_korean(nabi, monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko_KR.UTF-8")
    code, out, _ = nabi("train", "--help")
    assert code == 0 and out.startswith("사용법: nabi train") and "기본값" in out and "--epochs" in out
    code, _, err = nabi("train", "digts")
    assert code == 2 and "오류" in err and "digits" in err
    code, out, _ = nabi("runs", "list")
    assert code == 0 and "시험 정확도" in out and "마침" in out


def test_both_languages_have_the_same_fields():
    for key, (english, korean) in words.WORDS.items():
        assert sorted(re.findall(r"\{(\w+)", english)) == sorted(re.findall(r"\{(\w+)", korean)), key


def test_errors_are_one_line_and_their_place_is_shown_on_request(nabi, monkeypatch):
    code, out, err = nabi("evaluate", "nothing.safetensors")
    assert (code, out) == (1, "") and err.startswith("nabi: error: ") and len(err.splitlines()) == 1
    monkeypatch.setenv("NABI_TRACEBACK", "1")
    assert "Traceback" in nabi("evaluate", "nothing.safetensors")[2]


@pytest.mark.learn
def test_a_reader_that_leaves_early_is_no_error():
    done = subprocess.run(
        f'"{sys.executable}" -m nabi summary lecture-cnn | head -1',
        shell=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        timeout=120,
    )
    assert "lecture_cnn" in done.stdout and "Traceback" not in done.stderr


def test_tables_line_up_in_both_scripts():
    lines = table(["실행", "n"], [["a", "1"], ["나비 실행", "22"]], right=[1]).splitlines()
    assert lines == ["실행        n", "a           1", "나비 실행  22"]


def test_names_with_line_ends_and_markup_stay_in_their_cell(nabi, tmp_path, run):
    """Names of runs, classes and files that hold line ends, commas, markup or codes for the terminal."""
    import csv
    import io
    import json

    import numpy as np
    from PIL import Image

    from nabi import Sequential, lab
    from nabi.layers import Dense, Flatten, Input

    names = ["<b>", "a,b", "line\nend", "=1+1", "\x1b[2J", '"', "5", "-6", "@x", "나비"]
    model = Sequential([Input((28, 28, 1)), Flatten(), Dense(10, activation="softmax")])
    model.card = {"class_names": names}
    model.save(tmp_path / "names.safetensors")
    picture = tmp_path / "=<script>,\n\x1b[31m.png"
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(picture)

    code, out, _ = nabi("predict", tmp_path / "names.safetensors", picture, "--top", 10)
    assert code == 0 and len(out.splitlines()) == 2 and "\x1b" not in out and "line\\nend" in out
    code, out, _ = nabi("predict", tmp_path / "names.safetensors", picture, "--top", 10, "--csv")
    (row,) = csv.DictReader(io.StringIO(out))
    classes = {row[f"class_{k}"] for k in range(1, 11)}
    assert code == 0 and row["file"] == str(picture) and classes == {*names, "'=1+1", "'@x"} - {"=1+1", "@x"}
    code, out, _ = nabi("predict", tmp_path / "names.safetensors", picture, "--json")
    assert json.loads(out)[0]["file"] == str(picture), "JSON holds the names as they are"
    (tmp_path / "runs").mkdir()
    folder = tmp_path / "runs" / "one\ntwo, <b>"
    folder.mkdir()
    lab.Recipe(name="x\ny").write(folder / "recipe.toml")
    assert len(nabi("runs", "list", "--out", tmp_path / "runs")[1].splitlines()) == 2
    code, out, _ = nabi("runs", "compare", folder, run.folder)
    assert code == 0 and "one\\ntwo, <b>" in out and "one\ntwo" not in out
    code, _, err = nabi("predict", run.folder, tmp_path / "none\n.png")
    assert code == 1 and len(err.splitlines()) == 1


def test_a_metric_with_a_comma_stays_in_its_column(tmp_path):
    from nabi import lab
    from nabi.lab.recorder import RunRecorder

    recorder = RunRecorder(tmp_path)
    lab.Recipe().write(tmp_path / "recipe.toml")
    recorder.rows = [{"epoch": 1, "loss": 0.5, 'a,"b"\nc': 0.25}, {"epoch": 2, "loss": None, 'a,"b"\nc': 1e-7}]
    recorder.write_history()
    assert lab.Run(tmp_path).history == {"loss": [0.5, None], 'a,"b"\nc': [0.25, 1e-7]}
