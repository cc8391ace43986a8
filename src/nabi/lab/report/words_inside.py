"""Words of the report's sections on what went on inside, in English and Korean; a part of `nabi.lab.report.words`."""

INSIDE: dict[str, tuple[str, str]] = {
    "inside": ("Inside the training", "학습의 속"),
    "inside note": (
        "Measured on the same {n} training pictures before training (0) and after each epoch, dropout off. A layer whose "
        "gradient is far below the others' hardly learns; an update of about 0.001 of the weights a step is usual; a dead "
        "unit is 0 for all of them, and with few pictures more count as dead.",
        "늘 같은 학습 그림 {n}장으로 학습 전(0)과 매 에포크 뒤에 드롭아웃을 끄고 쟀습니다. 기울기가 다른 층보다 훨씬 작은 "
        "층은 거의 배우지 못하고, 한 스텝에 가중치의 0.001배쯤 바뀌는 것이 보통이며, 죽은 유닛은 이 그림 모두에서 "
        "0입니다(그림이 적으면 더 많이 셉니다).",
    ),
    "gradient norm": ("Gradient norm of the weights", "가중치 기울기의 크기"),
    "update ratio": ("Update to weight, first step of the epoch", "가중치 대비 갱신량(에포크의 첫 스텝)"),
    "dead units": ("Dead units", "죽은 유닛"),
    "pace by epoch": ("Pictures a second", "초당 그림 수"),
    "activations of": (
        "Activations by layer, those above or below 0: before training (0) and after some epochs; the axis is fine near 0",
        "층별 활성화 값의 분포(0은 제외): 학습 전(0)과 몇 에포크 뒤, 축은 0 근처가 촘촘합니다",
    ),
    "gradients of": (
        "Gradients of the activations by layer, on a logarithmic axis: left small, right large",
        "층별 활성화 값의 기울기: 로그 축에서 왼쪽이 작고 오른쪽이 큽니다",
    ),
    "activations": ("activations", "활성화 값"),
    "gradients": ("gradients", "기울기"),
    "times": ("Where a step's time goes", "한 스텝의 시간은 어디에 쓰이나"),
    "time convolution": (
        "Convolutions, with what runs in the same kernels, take {share} of a training step.",
        "합성곱이, 같은 커널에서 함께 도는 연산까지 합쳐 학습 한 스텝의 {share}을(를) 차지합니다.",
    ),
    "time note": ("Forward and backward, layer by layer.", "층마다 순전파와 역전파를 합친 시간입니다."),
    "time loss": ("loss", "손실"),
    "time optimizer": ("optimizer", "옵티마이저"),
    "time others": ("{n} others", "그 밖의 {n}개"),
    "calibration": ("How sure, and how often right", "확신과 적중"),
    "calibration over": (
        "Calibration error {share}: the network gave its answers {sure} on average, and {right} were right. Blue lines: how "
        "often right; rings: how sure; orange: the gap. Pale bars have fewer than 10 answers.",
        "보정 오차 {share}. 신경망은 답에 평균 {sure}의 확률을 주었고, {right}을(를) 맞혔습니다. 파란 선은 맞힌 비율, 고리는 "
        "확신한 정도, 주황색은 그 차이입니다. 흐린 막대는 답이 10개 미만입니다.",
    ),
    "calibration under": (
        "Calibration error {share}: the network gave its answers only {sure} on average, but {right} were right. Blue lines: "
        "how often right; rings: how sure; orange: the gap. Pale bars have fewer than 10 answers.",
        "보정 오차 {share}. 신경망은 답에 평균 {sure}의 확률만 주었지만 {right}을(를) 맞혔습니다. 파란 선은 맞힌 비율, 고리는 "
        "확신한 정도, 주황색은 그 차이입니다. 흐린 막대는 답이 10개 미만입니다.",
    ),
    "ece is": ("calibration error {share}", "보정 오차 {share}"),
    "share right": ("Share right", "맞힌 비율"),
    "how sure": ("probability that the network gave its answer", "신경망이 답에 준 확률"),
    "seen": ("What the network makes of a picture", "신경망이 본 그림"),
    "seen note": (
        "A test picture that was read right, on its way through the network. Feature maps: white is 0, dark blue the largest "
        "number of the layer. Filters, and maps of layers that also give numbers below 0: blue below, orange above.",
        "맞게 읽은 시험 그림 하나가 신경망을 지나는 모습입니다. 특징 맵에서 흰색은 0, 짙은 파란색은 그 층의 가장 큰 값입니다. "
        "필터와, 0보다 작은 값도 내는 층의 특징 맵에서는 파란색이 0보다 작은 값, 주황색이 큰 값입니다.",
    ),
    "filters": ("Learned filters of the first convolution: {n} of {size}", "첫 합성곱이 배운 필터 {n}개({size})"),
    "filter n": ("filter {n}", "필터 {n}"),
    "maps of": ("{layer}: {shown} of {n} maps, {size}", "{layer}: 특징 맵 {n}개 중 {shown}개({size})"),
    "map n": ("map {n}", "특징 맵 {n}"),
    "cams": ("Why it was misread (Grad-CAM)", "왜 잘못 읽었나(Grad-CAM)"),
    "cams note": (
        "The surest mistakes: orange is where the picture spoke for the answer, and where for the truth; on grey alone "
        "nothing did. Each map has its own scale.",
        "가장 확신한 오답입니다. 주황색은 그림의 어느 곳이 그 답을, 또 정답을 뒷받침했는지 보여 줍니다. 회색뿐이면 뒷받침하는 "
        "곳이 없습니다. 맵마다 눈금이 다릅니다.",
    ),
    "speaks for": ("for {name}", "{name}의 근거"),
    "the picture": ("picture", "그림"),
}
