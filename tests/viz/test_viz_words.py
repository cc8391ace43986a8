"""Words of the figures: Korean with NABI_LANG=ko and a Korean font, English else; every text has its fields in both."""

import re
from string import Formatter

import numpy as np
import pytest

from nabi.viz import activation_curves, confusion_matrix, learning_curves, misread_grid, search, words

HISTORY = {"loss": [0.9, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.7], "accuracy": [0.5, 0.6, 0.7]}
X = np.linspace(-1, 1, 5)
FIGURES = {
    "curves": lambda: learning_curves(HISTORY),
    "one epoch": lambda: learning_curves({"loss": [0.5], "val_loss": [0.4]}),
    "no epoch": lambda: learning_curves({}),
    "confusion": lambda: confusion_matrix([[3, 1], [0, 4]]),
    "many classes": lambda: confusion_matrix(np.eye(40, dtype=int) + np.eye(40, k=1, dtype=int)),
    "misread": lambda: misread_grid(np.zeros((1, 8, 8)), [1], [2], [0.9], total=3),
    "long names": lambda: misread_grid(np.zeros((1, 8, 8)), [0], [1], class_names=["고양이", "나비나비"]),
    "search": lambda: search([0.9, 0.8], {}, [False, True]),
    "search without values": lambda: search([], {}),
    "activations": lambda: activation_curves(X, {"relu": np.maximum(X, 0)}, {"relu": (X > 0).astype(float)}),
}


def said(figure) -> list[str]:
    inside = [text for ax in figure.axes for text in (*ax.texts, ax.title, ax.xaxis.label)]
    titles = [ax.get_title("left") for ax in figure.axes]
    return [text.get_text() for text in (*figure.texts, *inside)] + titles


@pytest.mark.parametrize("name", FIGURES)
def test_no_english_is_left_in_korean(name, monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    monkeypatch.setattr(words, "has_korean", lambda: True)
    texts = said(FIGURES[name]())
    left = [text for text in texts if re.search(r"[a-z]{4}", text.replace("relu", ""))]
    assert any(re.search("[가-힣]", text) for text in texts) and not left
    assert not [text for text in texts if "(를)" in text or "(으)로" in text]


def test_without_a_korean_font_the_words_are_english(monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    monkeypatch.setattr(words, "has_korean", lambda: False)
    texts = said(learning_curves(HISTORY))
    assert texts[0] == "Lowest validation loss after epoch 2: 0.600" and not re.search("[가-힣]", "".join(texts))


def test_both_languages_have_the_same_fields():
    for key, (english, korean) in words.WORDS.items():
        fields = [sorted(name for _, name, _, _ in Formatter().parse(text) if name) for text in (english, korean)]
        assert fields[0] == fields[1], key
