"""Words: what the figures say, in English and Korean.

Korean only where a Korean font is installed: Hangul without one is a row of boxes.
"""

from nabi.core.language import say
from nabi.viz.film_words import FILM
from nabi.viz.race_words import RACE
from nabi.viz.style import has_korean
from nabi.viz.training_words import TRAINING

WORDS: dict[str, tuple[str, str]] = {
    # logs
    "loss": ("loss", "손실"),
    "accuracy": ("accuracy", "정확도"),
    "of validation": ("validation {name}", "검증 {name}"),
    "training": ("training", "학습"),
    "validation": ("validation", "검증"),
    "epoch": ("epoch", "에포크"),
    # learning curves
    "learning curves": ("Learning curves", "학습 곡선"),
    "no epoch": ("No epoch has ended yet.", "아직 끝난 에포크가 없습니다."),
    "one epoch ran": ("1 epoch", "에포크 1개"),
    "epochs ran": ("{n} epochs", "에포크 {n}개"),
    "is marked": ("{ran}; epoch {best} is marked.", "{ran}, 표시한 곳은 {best}번째 에포크입니다."),
    "dashed": ("{ran}; the dashed line marks epoch {best}.", "{ran}, 점선은 {best}번째 에포크입니다."),
    "after one": ("After one epoch: {name} {value}", "에포크 하나를 마친 {name}: {value}"),
    "needs two": ("A curve needs two epochs or more.", "곡선을 그리려면 에포크가 두 개 이상 필요합니다."),
    "reached": ("{name} after epoch {best}: {value}", "{name}: {best}번째 에포크에서 {value}"),
    "lowest": ("Lowest {name} after epoch {best}: {value}", "가장 낮은 {name}: {best}번째 에포크에서 {value}"),
    "highest": ("Highest {name} after epoch {best}: {value}", "가장 높은 {name}: {best}번째 에포크에서 {value}"),
    "logarithmic": ("{name}, logarithmic", "{name}(로그 눈금)"),
    "mark": ("epoch {best}\n{value}", "{best}번째 에포크\n{value}"),
    # lines, bars
    "no lines": ("Lines", "선 그래프"),
    "no bars": ("Bars", "막대 그래프"),
    "table": ("Table", "표"),
    "nothing to draw": ("There is nothing to draw.", "그릴 값이 없습니다."),
    # experiment
    "experiment": ("Experiment", "실험"),
    "of training": ("training {name}", "학습 {name}"),
    "no run ended": ("no run ended", "마친 학습이 없습니다"),
    # search
    "search": ("Search", "탐색"),
    "search best": ("Best of {n} trials: {best} {name}", "시도 {n}개 중 최고: {name} {best}"),
    "search line": ("Dots: the trials; line: the best so far.", "점은 시도, 선은 그때까지의 최고값입니다."),
    "search dots": ("Dots: the trials, hollow where not trained to the end; line: the best so far.",
                    "점은 시도(빈 점은 끝까지 학습하지 않은 것), 선은 그때까지의 최고값입니다."),
    "search trial": ("trial", "시도"),
    # range test
    "range test": ("At a learning rate of {rate} the loss falls fastest", "학습률 {rate}에서 손실이 가장 빠르게 줄어듭니다"),
    "range test rises": ("The loss falls at no learning rate clearly; above {rate} it rises",
                         "손실이 뚜렷하게 줄어드는 학습률이 없고, {rate}을(를) 넘으면 늘어납니다"),
    "range test flat": ("Up to a learning rate of {rate} the loss neither falls clearly nor rises",
                        "학습률 {rate}까지 손실이 뚜렷하게 줄지도 늘지도 않습니다"),
    "range test ran": ("{n} steps, the rate rising from {first} to {last}; dots: the loss of each batch, line: smoothed.",
                       "학습률을 {first}에서 {last}까지 올리며 {n}단계. 점은 배치마다의 손실, 선은 고르게 한 값입니다."),
    "learning rate": ("learning rate, logarithmic", "학습률(로그 눈금)"),
    "fastest": ("falls fastest\n{rate}", "가장 빠른 감소\n{rate}"),
    "steady": ("steady up to\n{rate}", "여기까지 일정\n{rate}"),
    # confusion matrix
    "confusion matrix": ("Confusion matrix", "혼동 행렬"),
    "no samples": ("No samples were counted.", "표본이 없습니다."),
    "right of": ("{right:,} of {total:,} right: {share:.2f} %", "{total:,}개 중 {right:,}개 정답: {share:.2f} %"),
    "rows": ("Rows: the true class. Columns: the answer.", "행은 정답, 열은 신경망의 답입니다."),
    "blue": ("Blue: right, by share of the row.", "파란색: 정답, 행에서 차지하는 비율."),
    "orange": (" Orange: wrong, darkest at {share:.1f} % of its row.", " 주황색: 오답, 행의 {share:.1f} %일 때 가장 진함."),
    "right": ("right", "재현율"),
    "none": ("none", "없음"),
    "most frequent": ("Most frequent errors", "가장 잦은 오답"),
    "taken for": ("{truth} taken for {answer}", "정답 {truth}, 답 {answer}"),
    "times": ("{n:,} times, {share:.1f} % of {truth}", "{n:,}번, {truth}의 {share:.1f} %"),
    # misread pictures
    "read as": ("{truth}, read as {answer}", "정답 {truth}, 답 {answer}"),
    "read as, long": ("{truth}\nread as {answer}", "정답 {truth}\n답 {answer}"),
    "sure": ("{share:.0f} % sure", "확률 {share:.0f} %"),
    "nothing misread": ("Nothing misread", "잘못 읽은 그림이 없습니다"),
    "all read": ("Every picture was read right.", "모든 그림을 맞혔습니다."),
    "misread": ("{n:,} misread", "잘못 읽은 그림 {n:,}개"),
    "below": ("Below each the truth and the answer.", "그림 아래에 정답과 신경망의 답을 적었습니다."),
    "below, sure": ("Below each the truth, the answer and how sure the network was.",
                    "그림 아래에 정답과 신경망의 답, 그 답에 준 확률을 적었습니다."),
    "of them": ("{n:,} of them; {rest}", "그중 {n:,}개입니다. {rest}"),
    # digits
    "digits": ("{n:,} digits", "숫자 {n:,}개"),
    "one digit": ("1 digit", "숫자 1개"),
    "digits say": ("The picture that the network saw, 28 x 28, and how probable each digit is.",
                   "신경망이 본 28x28 그림과 숫자마다의 확률입니다."),
    "else digit": ("else {digit}: {share}", "다음 후보 {digit}: {share}"),
    "no digits": ("No digit was found.", "숫자를 찾지 못했습니다."),
    # activation curves
    "activation functions": ("Activation functions", "활성화 함수"),
    "no functions": ("No functions were given.", "함수가 없습니다."),
    "the slope": ("f'(x), the slope", "f'(x), 기울기"),
    "roc area": ("Area under the ROC curve: {area}", "ROC 곡선 아래 넓이: {area}"),
    "roc found": ("Share of '{name}' that is found", "'{name}' 중에서 찾은 비율"),
    "roc true": ("True positive rate", "진양성률"),
    "roc false": ("False positive rate", "위양성률"),
    # explanations
    "heat maps": ("Maps", "맵"),
    "the picture": ("picture", "그림"),
    "against": ("against", "불리함"),
    "for": ("for", "유리함"),
    "counts nothing": ("no colour: counts nothing", "색 없음: 영향 없음"),
    "counts most": ("counts most", "영향 큼"),
    "maps": ("Maps", "맵"),
    "first of": ("The first {k} of {n}.", "{n}개 중 처음 {k}개입니다."),
    "saliency": ("Saliency", "현저성 맵"),
    "smooth_grad": ("SmoothGrad", "SmoothGrad"),
    "integrated_gradients": ("Integrated gradients", "적분 기울기"),
    "guided_backpropagation": ("Guided backpropagation", "유도 역전파"),
    "occlusion": ("Occlusion", "가림 민감도"),
    "cam": ("CAM", "CAM"),
    "grad_cam": ("Grad-CAM", "Grad-CAM"),
    "grad_cam_plus_plus": ("Grad-CAM++", "Grad-CAM++"),
    "sheet title": ("Why {name}? {share}", "왜 {name}입니까? {share}"),
    "sheet scales": ("Each map has a scale of its own.", "맵마다 눈금이 다릅니다."),
    "sheet checks": ("Each map has its own scale. Deletion: small is good. Random weights: 0 is good, 1 is bad.",
                     "맵마다 눈금이 다릅니다. 삭제 넓이는 작을수록, 무작위 가중치와의 상관은 0이면 좋고 1이면 나쁩니다."),
    "sheet empty": ("no place speaks for it", "유리한 곳 없음"),
    "sheet layer": ("at {layer}", "층: {layer}"),
    "sheet deletion": ("deletion {area}", "삭제 넓이 {area}"),
    "sheet controls": ("map moved {moved}, by chance {random}", "옮긴 맵 {moved}, 무작위 순서 {random}"),
    "sheet sanity": ("random weights {rho}", "무작위 가중치 {rho}"),
    "random order": ("random order", "무작위 순서"),
    "map moved": ("map moved", "옮긴 맵"),
    "deletion title": ("Area under the deletion curve: {area} for {name}", "삭제 곡선 아래 넓이: {name} {area}"),
    "deletion line": ("The most important pixels are taken away first; a smaller area is better.",
                      "중요한 픽셀부터 지웁니다. 넓이가 작을수록 좋습니다."),
    "pixels gone": ("pixels taken away, %", "지운 픽셀, %"),
    "answer for": ("answer for {name}", "{name}의 출력값"),
    "answer": ("answer", "출력값"),
    "embedding": ("Embedding", "임베딩"),
    # traced numbers
    "traced": ("{layer} at {place}: {value}", "{layer}, 위치 {place}: {value}"),
    "traced training": (", in training", ", 학습 모드"),
    "traced weight": ("{layer}/{weight} at {place}: gradient {value}", "{layer}/{weight}, 위치 {place}: 기울기 {value}"),
    "traced weight below": ("The sum of input x upstream gradient over all places, and the optimizer's step.",
                            "모든 위치에서 입력과 위에서 온 기울기를 곱해 더한 값과 옵티마이저의 갱신입니다."),
    "traced unit": ("dL/d {layer} at {place}: {value}", "dL/d {layer}, 위치 {place}: {value}"),
    "traced unit below": ("The sum over all that read it: local derivative x upstream gradient.",
                          "이 값을 읽는 모든 곳에서 국소 도함수와 위에서 온 기울기를 곱해 더합니다."),
    "traced input": ("input", "입력"),
    "traced window": ("window", "윈도우"),
    "traced kernel": ("kernel", "커널"),
    "traced products": ("products", "곱"),
    "traced channel": ("channel {c}", "채널 {c}"),
    "traced rest": ("... {n} more channels, together {total}", "... 채널 {n}개 더, 합은 {total}"),
    "traced rows": ("... {n} more, together {total}", "... {n}개 더, 합은 {total}"),
    "column place": ("place", "위치"),
    "column input": ("input", "입력"),
    "column channel": ("channel", "채널"),
    "column x": ("x", "x"),
    "column a": ("a", "a"),
    "column a^2": ("a^2", "a^2"),
    "column w": ("w", "w"),
    "column x w": ("x w", "x w"),
    "column d": ("d", "d"),
    "column v": ("v", "v"),
    "column d v": ("d v", "d v"),
    "column z": ("score z", "점수 z"),
    "column e^z": ("e^z", "e^z"),
    "column e^(z - max)": ("e^(z - max)", "e^(z - max)"),
    "column share": ("share", "몫"),
    "column one-hot": ("one-hot", "원-핫"),
    "column upstream": ("upstream gradient", "위에서 온 기울기"),
    "column x g": ("x g", "x g"),
    "column local": ("local derivative", "국소 도함수"),
    "column local g": ("product", "곱"),
    # evidence
    "evidence feature": ("feature {n} = {value}", "특징 {n} = {value}"),
    "evidence rest": ("{n} others", "나머지 {n}개"),
    "evidence bias": ("bias", "편향"),
    "evidence score": ("score", "점수"),
    "evidence share": ("share", "확률"),
    "evidence answer": ("answer", "답"),
    # receptive field
    "field": ("What {layer} at {place} sees", "{layer}, 위치 {place}의 수용 영역"),
    "field below": ("{n} of {all} places of the input, {size}", "입력 {all}곳 중 {n}곳, {size}"),
    "field none": ("Nothing of the input.", "입력을 전혀 보지 않습니다."),
    "largest slope": ("largest slope {slope:.4g}", "가장 큰 기울기 {slope:.4g}"),
    **RACE,
    **FILM,
    **TRAINING,
}  # fmt: skip

METHODS = {"saliency", "smooth_grad", "integrated_gradients", "guided_backpropagation", "occlusion", "cam", "grad_cam",
           "grad_cam_plus_plus"}


def method(name: str) -> str:
    """The name of a method of `nabi.explain` as its paper writes it; other texts as they are.

    Example:
        >>> method("grad_cam"), method("ours")
        ('Grad-CAM', 'ours')
    """
    return t(name) if name in METHODS else name


def t(key: str, **values: object) -> str:
    """The text of a key in the user's language."""
    if not has_korean():
        english = WORDS[key][0]
        return english.format(**values) if values else english
    return say(WORDS, key, **values)
