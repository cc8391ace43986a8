"""NABI_LANG=ko: what fit warns of, model.check lists, lr_find finds and fit_cached says."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import nabi
from nabi.core.phrases import Phrases
from nabi.data.split import WORDS as SPLIT
from nabi.layers import Dense, Flatten, Input
from nabi.training import findings, fitting, rate_range
from nabi.training.korean import finding, korean
from nabi.training.rate_range import RangeTest

ENGLISH = re.compile(r"\b(expected|got|the|of|and|about|which|use|class|values|pixels|samples)\b")


def literals(node: ast.AST) -> str | None:
    """The text of a string in source, with {} for what is filled in; None where it is only that."""
    if isinstance(node, ast.JoinedStr):
        text = "".join("{}" if isinstance(part, ast.FormattedValue) else str(part.value) for part in node.values)
    else:
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "{}"
    return None if not re.search(r"[a-z]{2}", text.replace("{}", "")) else text


def test_every_finding_has_its_korean():
    """What findings.py and fitting.py hand to `say` as texts, but for names and numbers."""
    missing = []
    for module in (findings, fitting):
        for call in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say":
                for part in call.args[1:]:
                    text = literals(part)
                    if text and not any(word in text for word in ("less than a guess", "over the first", "probably", "no effect",
                                                                   "model.compile(...) again", "'{}'{}")):
                        filled = text.replace("{}", "7")
                        missing += [text] if korean(filled) == filled else []
    assert missing == []
    for phrase, text in korean.table.items():
        gaps = phrase.replace("till then {}", "").count("{}")  # that one: it is, they are
        assert gaps == len(re.findall(r"\{\d?\}", text)), phrase


def test_fit_and_check_speak_korean(monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    x, y = np.full((16, 4, 4, 1), 7, np.uint8), np.arange(16) % 3
    x[0] = 200
    model = nabi.Sequential([Input((4, 4, 1)), Flatten(), Dense(3, name="out")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.warns(UserWarning) as caught:
        model.fit(x, y, epochs=1, verbose=0, validation_split=0.25)
    said = [str(one.message) for one in caught]
    assert "x: 0과 1 사이의 값이 필요하지만 7 ~ 200입니다. 255로 나누거나(x / 255)" in said[0]
    assert any("crossentropy에 맞는 확률이 필요하지만 활성화 함수 'linear'입니다." in text for text in said)
    assert not [text for text in said if ENGLISH.search(text)] and not ENGLISH.search(" ".join(model.check(x, y)))
    assert finding("y", "at least two classes", "class 1 in all 9 samples", "look at how x was read").startswith(
        "y: 클래스 두 개 이상이 필요하지만 표본 9개가 모두 클래스 1입니다.")  # fmt: skip


def test_range_tests_and_splits(monkeypatch):
    found = RangeTest([0.1, 1.0, 10.0], [2.0, 0.5, 3.0], [2.0, 1.0, 2.0])
    assert repr(found).startswith("learning rate 0.1: there")
    monkeypatch.setenv("NABI_LANG", "ko")
    assert repr(found) == "학습률 0.1에서 손실이 가장 빠르게 줄어듭니다. 손실은 1에서 가장 작습니다 (시험한 범위: 0.1 ~ 10)"
    for table in (rate_range.WORDS, SPLIT):
        for english, text in table.values():
            assert set(re.findall(r"{(\w+)", english)) == set(re.findall(r"{(\w+)", text))
    assert Phrases({"a {}": "나 {}", "a b {}": "다 {}"})("a b c") == "다 c"
