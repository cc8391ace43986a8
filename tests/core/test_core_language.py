"""Korean particles follow the sound before them; English texts are left alone."""

import pytest

from nabi.core.language import PARTICLES, last_sound, say, with_particles

AFTER_CONSONANT = ["정확도 값", "학습 기록", "adam", "3", "6", "10", "cifar10", "cnn", "CNN", "lecture-cnn", "resnet",
                   "softmax step", "training", "dropout", "table", "float16", "float32 0", "'한글'", "(값)",
                   "model.json"]  # fmt: skip
AFTER_VOWEL = ["정확도", "에포크", "digits", "mnist", "fashion-mnist", "2", "4", "5", "9", "png", "CPU", "softmax",
               "95 %", "'digits'", "sgd", "dense", "lecture-dense", "recipe", "relu", "y"]  # fmt: skip


@pytest.mark.parametrize("word", AFTER_CONSONANT)
def test_after_a_consonant(word):
    assert with_particles(f"{word}을(를) {word}이(가) {word}은(는) {word}와(과)") == f"{word}을 {word}이 {word}은 {word}과"


@pytest.mark.parametrize("word", AFTER_VOWEL)
def test_after_a_vowel(word):
    assert with_particles(f"{word}을(를) {word}이(가) {word}은(는) {word}와(과)") == f"{word}를 {word}가 {word}는 {word}와"


@pytest.mark.parametrize("word, form", [("3", "으로"), ("0", "으로"), ("1", "로"), ("7", "로"), ("8", "로"), ("2", "로"),
                                        ("모델", "로"), ("값", "으로"),
                                        ("html", "로"), ("png", "로"), ("adam", "으로"), ("label", "로")])  # fmt: skip
def test_towards(word, form):
    assert with_particles(f"{word}(으)로") == word + form


def test_every_syllable_is_read_by_its_final_consonant():
    """The last sound is that of the syllable's canonical decomposition: three letters end in a consonant, two in a vowel."""
    import unicodedata

    for code in range(ord("가"), ord("힣") + 1):
        letters = unicodedata.normalize("NFD", chr(code))
        assert (last_sound(chr(code)) != "") == (len(letters) == 3)
        assert (last_sound(chr(code)) == "ㄹ") == (letters[-1] == "\u11af")


def test_what_cannot_be_read_keeps_both_forms():
    assert with_particles("猫을(를), ...을(를)") == "猫을(를), ...을(를)"


def test_only_korean_texts_are_touched(monkeypatch):
    table = {"x": ("{a}을(를)", "{a}을(를) {b}(으)로")}
    monkeypatch.delenv("NABI_LANG", raising=False)
    assert say(table, "x", a="cat", b="dog") == "cat을(를)"
    monkeypatch.setenv("NABI_LANG", "ko")
    assert say(table, "x", a="3", b="8") == "3을 8로" and say(table, "x", a="고양이", b="강아지") == "고양이를 강아지로"
    assert all(len(forms) == 2 for forms in PARTICLES.values())
