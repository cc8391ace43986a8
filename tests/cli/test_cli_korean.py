"""NABI_LANG=ko: every command, table and error in Korean, lined up, with particles that fit."""

import re

import pytest

from nabi.cli import data_check, data_preview, explain, film, korean, korean_running, pictures, race, words
from nabi.core.errors import FileError, NabiError
from nabi.core.table import columns
from nabi.lab import compare_words, comparison, experiment, filming, trials
from nabi.lab.report import check_words
from nabi.lab.report import words as report_words
from nabi.race import words as race_words
from nabi.viz import words as viz_words

TABLES = [words.WORDS, comparison.WORDS, experiment.WORDS, report_words.WORDS, pictures.WORDS, viz_words.WORDS, trials.WORDS,
          compare_words.WORDS, film.WORDS, filming.WORDS,
          data_check.WORDS, check_words.WORDS, data_preview.WORDS, explain.WORDS, race.WORDS, race_words.WORDS]
ENGLISH = re.compile(r"\b(expected|got|Did you mean|Known:|nothing|argument|required|missing|error|unknown|the|of|and)\b")
PLAIN_ENDING = re.compile(r"(?<!니)다[.\n]|(?<!니)다$|하세요|보세요")  # ours ends in 니다 or 십시오


@pytest.fixture
def ko(nabi, monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    return nabi


@pytest.mark.parametrize("table", TABLES, ids=["cli", "comparison", "experiment", "report", "pictures", "viz", "trials",
                                               "compare", "film", "filming", "check", "check page", "preview", "explain",
                                               "race", "race tables"])
def test_one_style_and_the_right_words(table):
    for key, (_, text) in table.items():
        assert not PLAIN_ENDING.search(text), f"{key}: {text}"
        assert "실행" not in text, f"{key}: a run is a 학습 기록"
    assert PLAIN_ENDING.search("결과를 출력한다") and not PLAIN_ENDING.search("결과를 출력합니다.")


COMMANDS = ["", "run", "train", "tune", "compare", "evaluate", "predict", "explain", "race", "film", "draw", "figures", "summary",
            "runs", "runs list",
            "runs compare", "data", "data check", "data preview", "data curve", "doctor"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help(ko, command):
    code, out, _ = ko(*command.split(), "--help")
    assert code == 0 and out.startswith("사용법: nabi") and not ENGLISH.search(out), out


WRONG = [
    "trian", "train --epoch 3", "train --epochs 0", "train --epochs x", "train --epochs", "train --learning-rate -1",
    "train --quiet=3", "train --precision float23", "train --schedule step", "train digits mnist", "train digts",
    "train --model lecture-cn", "train --optimizer adm", "train --recipe dmo", "train --resume none", "predict", "evaluate",
    "evaluate none", "evaluate 20260101-000000-smal", "evaluate small mnst", "evaluate none.safetensors", "summary lecture-cn",
    "runs lst", "runs compare only", "predict small .", "predict small none.png", "predict small text.txt",
    "predict small cut.npy", "predict small x.png --csv --json", "train --resume small --epochs 3",
    "tune --vary batch_size", "tune --vary batch_size=64", "tune --vary batch_size=9..2", "tune --vary seed=1,2",
    "tune --vary optimzer=adam,sgd", "tune --vary learning_rate=log:0..1", "tune --vary model.widht=1,2", "tune --time soon",
    "tune --trials 0", "tune --resume none", "tune --resume none --epochs 3", "tune --validation-split 0", "tune digts",
    "tune --vary augment.zoom=0..2", "tune --optimizer sgd --learning-rate 1 --batch-size 8",
    "compare lecture-cnn", "compare --vary activaton=relu,tanh", "compare --vary epochs=2,3 --epochs 4", "compare --seeds 0",
    "compare --resume small --epochs 3", "compare --resume none", "compare --vary seed=1,2", "compare --vary epochs=1..5",
    "compare --vary activation=relu", "compare --vary augment=none,flop", "compare --vary train_size=5,100 --quiet",
    "compare lecture-dense --vary pool=max,l2 --quiet", "compare --csv --json --vary epochs=1,2", "compare lecture-cn",
    "explain small", "explain none x.png", "explain small x.png --method grad-cm", "explain small none.png",
    "explain small x.png --out a.jpg", "race --function beal", "race --optimizers adm", "race --start 1", "race --steps 1000000",
    "race --out x.jpg", "race --optimizers adam:x", "race --optimizers sgd,sgd", "race --sweep --learning-rate 1",
    "race --table adamw", "race --out none/race.png", "race --csv --json", "race --net mlpp", "race --net mlp --sweep",
    "film mlpp", "film small --data digits", "film small --what filter", "film mlp --data moons --what maps",
    "film lenet5 --data xor",
    "film mlp --out x.avi", "film mlp --data moons --out none/x.gif", "film",
    "race --epochs 3", "race --net softmax --steps 2 --epochs 1", "race --net mlp --steps 100000",
    "draw resnet51", "draw resnet18 --block conv9", "draw resnet18 --out net.pdf", "draw resnet18 --unfold --block conv2",
    "figures --only softmx", "figures --data digits", "figures --only ,",
    "train --recipe key.toml", "train --recipe value.toml",
    "train --model tiny --out text.txt",
    "smile", "smile --frames 0", "smile none.png", "train ./none", "train folders/one", "train folders/empty",
    "train folders/torn", "train folders/unlabelled", "train text.txt", "tune folders/one",
    "data curve --sizes 5,0", "data curve digits --sizes 5,20 --quiet", "data curve --resume none",
]  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_errors(ko, line):
    from pathlib import Path

    Path("text.txt").write_text("hello")
    Path("key.toml").write_text("epoch = 3\n")
    Path("value.toml").write_text("epochs = 0\n")
    for name in ("one/cat/a", "empty/cat/a", "torn/cat/a", "torn/dog/b", "unlabelled/a"):
        file = Path(f"folders/{name}.png")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    Path("folders/empty/dog").mkdir(exist_ok=True)
    code, out, err = ko(*line.split())
    assert code in (1, 2) and "오류" in err and not ENGLISH.search(err), err
    assert "(를)" not in err and "(가)" not in err and "(는)" not in err, err


def test_particles_in_errors(ko):
    assert "'trian'은 알 수 없습니다. 혹시 'train'입니까?" in ko("trian")[2]
    assert "'--epoch'는 알 수 없습니다" in ko("train", "--epoch", 3)[2]
    assert "1 이상의 정수가 필요하지만 'x'입니다." in ko("train", "--epochs", "x")[2]
    said = korean.error_in_korean(FileError("picture a", "a file", "nothing there"))
    assert said == "그림 a: 파일이 필요하지만 그런 것이 없습니다."
    assert korean.error_in_korean(NabiError("softmax")) == "softmax"


def test_notes_of_scripts():
    said = korean.korean("Dense(nb=...): an old argument, units=... since Keras 2.")
    assert said == "Dense(nb=...): 옛 인자입니다. Keras 2부터는 units=...입니다."
    for phrase in korean_running.PHRASES:
        text = korean.korean(phrase.replace("{}", "a"))
        assert text != phrase and "{" not in text and not PLAIN_ENDING.search(text), phrase


def test_runs_and_comparison_line_up(ko, run):
    code, out, _ = ko("runs", "list")
    head, line = out.splitlines()
    assert code == 0 and head.startswith("학습 기록") and "실행" not in out and "마침" in line
    assert columns(head[: head.index("데이터")]) == columns(line[: line.index("digits")])
    code, out, _ = ko("runs", "compare", run.folder, run.folder)
    table = [line for line in out.split("\n\n")[0].splitlines() if "small" in line or "%" in line or "마침" in line]
    starts = {columns(line) - columns(re.split(r"\s{2,}", line)[-1]) for line in table}
    assert code == 0 and len(starts) == 1 and "상태" in out and "finished" not in out and " to " not in out
    assert "정확도는 같습니다" in out


def test_training_says_what_it_does(ko, tmp_path):
    code, out, err = ko("train", "digits", "--model", "tiny", "--epochs", 2, "--seed", 5, "--out", tmp_path)
    assert code == 0 and "digits 데이터로 tiny를 학습합니다." in err and f"학습 기록 폴더: {tmp_path}" in err
    assert "에포크 2/2" in err and "계산 정밀도: " in err and "초당" in err and not re.search("Epoch|Precision|images", err)
    assert re.search(r"학습      \d+\.\d초, 2 에포크, 초당 [\d,]+장", out)
    assert "# 학습 표본: " in ko("train", "--model", "tiny", "--dry-run")[1]


def test_predict_and_doctor(ko, run):
    import numpy as np

    np.save("x.npy", np.zeros((2, 28, 28), "uint8"))
    code, out, _ = ko("predict", run.folder, "x.npy")
    assert code == 0 and out.split()[:5] == ["파일", "답", "1", "확률", "답"]
    assert not PLAIN_ENDING.search(ko("doctor")[1])


def test_translations_have_the_gaps_of_their_phrases():
    for phrase, translation in korean.PHRASES.items():
        assert phrase.count("{}") == translation.count("{}"), phrase
        filled = phrase.replace("{}", "x")
        assert korean.korean(filled) != filled and korean.korean(phrase.replace("{}", "x")) == korean.with_particles(
            translation.replace("{}", "x")), phrase  # fmt: skip


def test_a_rate_that_is_too_high_is_said(ko):
    from nabi.training.fitting import say

    text = say("loss", "less than a guess gives, 2.3 = log(10)", "492 over the first epoch",
               "the learning rate 1 is probably too high: try 0.1")  # fmt: skip
    assert korean.hint(text).startswith("손실: 찍었을 때의 값(2.3 = log(10))보다 작아야 하지만 첫 에포크에 492입니다. ")
    assert "학습률 1이 너무 높은 것 같습니다. 0.1로 낮추어" in korean.hint(text)


def test_what_the_columns_of_a_summary_mean(ko, monkeypatch):
    title, _, heads, _, first, *rest = ko("summary", "lecture-cnn")[1].splitlines()
    assert rest[-1] == " MACs: 곱셈-덧셈 횟수, 간격: 이웃한 두 값이 보는 곳의 거리(픽셀)" and "수용 영역" in heads
    assert columns(heads[: heads.index("출력 형태")]) == columns(first[: first.index("(26,26,32)")])
    assert not re.search("params|layer|sample", "\n".join([heads, *rest])) and "전체 매개변수:  " in "\n".join(rest)
    monkeypatch.delenv("NABI_LANG")
    assert "수용" not in ko("summary", "lecture-cnn")[1]
