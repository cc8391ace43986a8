"""Language: in which of nabi's two languages the command line, the reports and the figures speak.

    NABI_LANG=ko nabi train digits        Korean; everything else is English

Only what people read changes. Names of commands, options, files, columns and JSON keys are the same in both.

The form of a Korean particle depends on the sound before it: 을 after a consonant, 를 after a vowel; 으로, but 로 after a vowel
and ㄹ. Texts name both, "{name}을(를)", and `say` keeps the one that fits. Latin words go by their reading: nabi를, adam을.
"""

import os
import re
from collections.abc import Mapping

LANGUAGES = ("en", "ko")
PARTICLES = {  # as texts write them: (after a consonant, after a vowel)
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)나": ("이나", "나"),
}
PLACE = re.compile(r"([\w%])(\W{0,3}?)(" + "|".join(map(re.escape, PARTICLES)) + ")")
DIGITS = {"1": "ㄹ", "7": "ㄹ", "8": "ㄹ", "0": "ㅇ", "3": "ㅁ", "6": "ㄱ"}  # 일 칠 팔, 영 삼 육; the others end in a vowel
LETTERS = {"l": "ㄹ", "r": "ㄹ", "m": "ㅁ", "n": "ㄴ"}  # names of letters: 엘, 알, 엠, 엔; the others end in a vowel
SOUNDS = (  # endings of Latin words and the last sound of their Korean reading, the first that fits
    ("ng", "ㅇ"),
    ("[mn]e?", "ㄴ"),
    ("le?", "ㄹ"),
    ("ck|[aeiou][kpbc]", "ㄱ"),
    ("(?<![aeiou])[aeiou]t|out", "ㅅ"),
)


def language() -> str:
    """ "ko" if NABI_LANG begins with ko, else "en"."""
    return "ko" if os.environ.get("NABI_LANG", "").lower().startswith("ko") else "en"


def say(table: Mapping[str, tuple[str, str]], key: str, **values: object) -> str:
    """A text of a table {key: (English, Korean)} in today's language, with its fields filled in.

    Example:
        >>> say({"read": ("{n} of {all} read", "{all}개 중 {n}개")}, "read", n=3, all=4)
        '3 of 4 read'
    """
    korean = language() == "ko"
    text = table[key][korean]
    text = text.format(**values) if values else text
    return with_particles(text) if korean else text


def with_particles(text: str) -> str:
    """Korean text whose particles agree with the words before them.

    Example:
        >>> with_particles("정확도이(가) 오르고 'digits'을(를) 3(으)로 읽습니다. 8(으)로, 서울(으)로, model.png(으)로")
        "정확도가 오르고 'digits'를 3으로 읽습니다. 8로, 서울로, model.png로"
    """

    def chosen(found: re.Match) -> str:
        sound = last_sound(text[: found.end(1)])
        particle = found[3]
        if sound is None:
            return found[0]
        return found[1] + found[2] + PARTICLES[particle][sound == "" or (sound == "ㄹ" and particle == "(으)로")]

    return PLACE.sub(chosen, text)


def last_sound(text: str) -> str | None:
    """The consonant that the reading of a text ends in: "" for a vowel, None where that cannot be told."""
    last = text[-1].lower()
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return "" if final == 0 else "ㄹ" if final == 8 else "ㅇ"
    if last in "0123456789":
        return DIGITS.get(last, "")
    if last in "%_":
        return "" if last == "%" else None
    word = re.search(r"[a-z]*$", text.lower())
    word = word[0] if word else ""
    if not word:
        return None
    if not re.search(r"[aeiouy]", word) or re.search(r"[A-Z]{2}$", text):  # spelled: CNN, png
        return LETTERS.get(last, "")
    return next((sound for ending, sound in SOUNDS if re.search(f"(?:{ending})$", word)), "")
