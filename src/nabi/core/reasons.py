"""Reasons: why a picture is out, in the user's language.

Findings and lists of what was left out hold English phrases, by which programs tell them apart; people read `reason(phrase)`.

    "truncated" -> 잘린 파일          "two labels: cat, dog" -> 라벨이 둘: cat, dog
"""

import re

from nabi.core.language import language

REASONS = {  # in Korean, {} stands for any text
    "truncated": "잘린 파일",
    "not a picture": "그림이 아님",
    "an empty file": "빈 파일",
    "a link to nothing": "가리키는 파일이 없는 링크",
    "a link to a folder that is read already": "이미 읽은 폴더를 가리키는 링크",
    "a folder read already": "이미 읽은 폴더",
    "not a plain file": "보통 파일이 아님",
    "no such file": "그런 파일이 없음",
    "no such picture": "그런 그림이 없음",
    "hidden": "숨긴 파일",
    "in quarantine": "제외 목록에 있음",
    "no face found": "얼굴을 찾지 못함",
    "no label": "라벨이 없음",
    "listed twice": "표에 두 번 나옴",
    "in no folder of training, validation or test": "학습, 검증, 시험 폴더 밖에 있음",
    "in the part '{}', which is neither train, validation nor test": "학습, 검증, 시험이 아닌 부분 '{}'",
    "a decompression bomb: {}": "압축 폭탄: {}",
    "cannot be read: {}": "읽을 수 없음: {}",
    "the decoder crashed on it": "읽는 중에 프로그램이 죽음",
    "no picture by its ending": "확장자가 그림이 아님",
    "in no class folder": "클래스 폴더 밖에 있음",
    "not in the table": "표에 없음",
    "{} is not read: save it as JPEG or PNG": "{} 형식은 읽지 않음. JPEG나 PNG로 저장",
}
KINDS = {  # of findings, as the quarantine's file names them
    "damaged": "손상", "two labels": "라벨이 둘", "across": "학습과 시험에 같은 파일", "near labels": "라벨이 다른 사본",
    "near across": "학습과 시험에 있는 사본", "suspect": "의심스러운 라벨", "tiny": "너무 작음", "copies": "똑같은 파일",
}  # fmt: skip


def reason(text: str) -> str:
    """A reason in the user's language; one that is not known stays as it is.

    Example:
        >>> reason("truncated"), in_korean("damaged: an empty file"), in_korean("suspect: dog")
        ('truncated', '손상: 빈 파일', '의심스러운 라벨: dog')
    """
    return in_korean(text) if language() == "ko" else text


def in_korean(text: str) -> str:
    """A reason in Korean."""
    for phrase, korean in REASONS.items():
        if found := re.fullmatch("(.+)".join(map(re.escape, phrase.split("{}"))), text):
            return korean.format(*found.groups())
    kind, colon, about = text.partition(": ")
    return KINDS[kind] + (f": {in_korean(about)}" if colon else "") if kind in KINDS else text
