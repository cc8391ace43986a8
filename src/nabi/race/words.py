"""Words of the race and of the small tables, in English and Korean."""

WORDS: dict[str, tuple[str, str]] = {
    "optimizer": ("optimizer", "옵티마이저"),
    "rate": ("rate", "학습률"),
    "tolerance": ("steps to {tolerance:g}", "{tolerance:g}까지 스텝 수"),
    "final": ("final f", "마지막 f"),
    "where": ("ends at", "끝난 곳"),
    "result": ("result", "결과"),
    "reached": ("reached", "도달"),
    "returned": ("reached at step {step}, left and back; stays from step {stays}",
                 "{step}번째 스텝에서 도달한 뒤 벗어났다가 돌아와 {stays}번째 스텝부터 머무름"),
    "left again": ("reached at step {step}, left again", "{step}번째 스텝에서 도달했지만 다시 벗어남"),
    "not reached": ("not reached", "도달하지 못함"),
    "diverged": ("diverged at step {step}", "{step}번째 스텝에서 발산"),
    "head": (
        "f(x, y) = {formula}, from ({x:g}, {y:g}), {steps:,} steps",
        "f(x, y) = {formula}, 시작 ({x:g}, {y:g}), {steps:,}스텝",
    ),
    "step": ("step", "스텝"),
    # a race on a network
    "net head": (
        "{net}, {n:,} weights, {steps:,} steps of {batch} pictures; the loss of {m} training pictures",
        "{net}, 가중치 {n:,}개, {batch}장씩 {steps:,}스텝. 손실은 학습 그림 {m}장의 값",
    ),
    "loss steps": ("steps to {tolerance:g}", "{tolerance:g}까지 스텝 수"),
    "final loss": ("final loss", "마지막 손실"),
    "accuracy": ("test accuracy", "시험 정확도"),
    "plane": (
        "The map is the plane of the two directions in which the paths' weights spread most: {first:.1f} % + {second:.1f} % = "
        "{both:.1f} % of their variance.",
        "지도는 경로의 가중치가 가장 크게 퍼진 두 방향의 평면입니다. 분산의 {first:.1f} % + {second:.1f} % = {both:.1f} %를 "
        "담습니다.",
    ),
    # line fit
    "way": ("way", "방법"),
    "batch": ("batch", "배치"),
    "updates": ("updates", "갱신"),
    "full": ("batch gradient descent", "배치 경사 하강법"),
    "mini": ("mini-batch gradient descent", "미니배치 경사 하강법"),
    "single": ("stochastic gradient descent", "확률적 경사 하강법"),
    "error": ("final E", "마지막 E"),
    "fit head": (
        "E(w, b) = mean of (w x + b - y)² over {n} points, learning rate {rate:g}, {epochs} epochs",
        "E(w, b) = 점 {n}개의 (w x + b - y)² 평균, 학습률 {rate:g}, {epochs} 에포크",
    ),
    # small tables
    "steps of": ("{optimizer}: {n} step{s} on {problem}", "{optimizer}: {problem}에서 {n}스텝"),
    "symbol": ("symbol", "기호"),
    "formula": ("formula", "식"),
    "numbers": ("numbers", "숫자"),
    "value": ("value", "값"),
    "backprop": ("One step of backpropagation, net 2-2-1 with sigmoids", "역전파 한 스텝: 시그모이드 2-2-1 신경망"),
    "softmax": ("Softmax: logit, exp, share, one-hot", "소프트맥스: 로짓, exp, 몫, 원-핫"),
    "class": ("class", "클래스"),
    "logit": ("logit z", "로짓 z"),
    "exp": ("e^z", "e^z"),
    "share": ("share", "몫"),
    "one-hot": ("one-hot", "원-핫"),
    "sum": ("sum", "합"),
}
