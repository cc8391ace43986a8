"""Words of the figures about training, in English and Korean; a part of `nabi.viz.words`."""

TRAINING: dict[str, tuple[str, str]] = {
    "calibration": ("Calibration", "보정"),
    "ece over": ("Calibration error {ece:.1f} %: surer than it is right",
                 "보정 오차 {ece:.1f} %: 맞히는 것보다 더 확신합니다"),
    "ece under": ("Calibration error {ece:.1f} %: more often right than it is sure",
                  "보정 오차 {ece:.1f} %: 확신하는 것보다 더 잘 맞힙니다"),
    "ece read": ("Blue line: share right; ring: how sure; orange: the gap. Pale bars: fewer than 10 answers.",
                 "파란 선은 맞힌 비율, 고리는 확신한 정도, 주황색은 그 차이입니다. 흐린 막대는 답이 10개 미만입니다."),
    "share right": ("Share right", "맞힌 비율"),
    "answers in bin": ("Share of the answers", "답의 비율"),
    "probability": ("probability that the network gave its answer", "신경망이 답에 준 확률"),
    "perfect": ("perfect", "완벽한 보정"),
    "distributions": ("Distributions", "분포"),
}  # fmt: skip
