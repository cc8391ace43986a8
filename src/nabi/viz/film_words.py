"""Words of the films of trainings, in English and Korean; a part of `nabi.viz.words`."""

FILM: dict[str, tuple[str, str]] = {
    "film epoch": ("epoch {n}", "{n} 에포크"),
    "film start": ("before training", "학습 전"),
    "film loss": ("Loss {loss:.3f}", "손실 {loss:.3f}"),
    "film right": ("{right:,} of {n:,} samples right, {share:.1f} %", "표본 {n:,}개 중 {right:,}개 정답, {share:.1f} %"),
    "film zeros": ("{layer}, 0: {share:.0f} %", "{layer}, 0: {share:.0f} %"),
    "film boundary": ("Decision boundary", "결정 경계"),
    "film filters": ("Filters of {layer}", "{layer}의 필터"),
    "film maps": ("Feature maps of {layer}", "{layer}의 특징 맵"),
    "film picture": ("Picture", "그림"),
    "film spread": ("Activations but 0; line: untrained", "0이 아닌 활성값, 선은 학습 전"),
    "film misread": ("Misread: {n:,} of {all:,}; most often these", "오답 {all:,}개 중 {n:,}개, 자주 틀린 그림과 답"),
    "film share": ("Answered right", "정답 비율"),
}  # fmt: skip
