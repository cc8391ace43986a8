"""Words: what a trace says, in English and Korean."""

from nabi.core.language import say

WORDS: dict[str, tuple[str, str]] = {
    # the input
    "converted": ("trace(x): the picture ({was}) was made {size} (fit: {fit}, values times {scale}){card}.",
                  "trace(x): 그림({was})을 {size}(으)로 바꾸었습니다(맞춤: {fit}, 값에 {scale}을(를) 곱함){card}."),
    "by card": (", as the model's card says", ". 모델에 적힌 전처리대로입니다"),
    "no card": ("; the model's card says nothing of it", ". 모델에는 전처리가 적혀 있지 않습니다"),
    "inverted": (" Light paper: inverted.", " 밝은 종이라서 명암을 뒤집었습니다."),
    # heads
    "head": ("{layer} ({kind}), place {place} of sample {sample}", "{layer}({kind}), 표본 {sample}의 위치 {place}"),
    "head scalar": ("{layer} ({kind}), sample {sample}", "{layer}({kind}), 표본 {sample}"),
    "in training": (", in training", ", 학습 모드"),
    "more": ("... {n} smaller ones, together {total}", "... 더 작은 {n}개, 합은 {total}"),
    "more rows": ("... {n} more", "... {n}개 더"),
    "padding": ("padding", "패딩"),
    # columns
    "place": ("place", "위치"),
    "x": ("x", "x"),
    "w": ("w", "w"),
    "x w": ("x w", "x w"),
    "z": ("score z", "점수 z"),
    "e^z": ("e^z", "e^z"),
    "e^(z - max)": ("e^(z - max)", "e^(z - max)"),
    "share": ("share", "몫"),
    "one-hot": ("one-hot", "원-핫"),
    "channel": ("channel", "채널"),
    "input": ("input", "입력"),
    "upstream": ("upstream gradient", "위에서 온 기울기"),
    "x g": ("x g", "x g"),
    "local": ("local derivative", "국소 도함수"),
    "local g": ("derivative x gradient", "도함수 x 기울기"),
    # notes
    "not traced": ("This layer's arithmetic is not traced; these are its inputs and the number it made of them.",
                   "이 층의 계산은 추적하지 않습니다. 입력과 그로부터 나온 값만 보입니다."),
    "by slopes": ("This layer's own arithmetic is not traced; its weights w were read off as derivatives dy/dx, and the sum was "
                  "tried.",
                  "이 층의 계산 자체는 추적하지 않습니다. 가중치 w는 미분 dy/dx로 읽은 것이며, 합이 맞는지 확인했습니다."),
    "batch training": ("In training mu and s2 are those of the channel over the batch.",
                       "학습에서는 mu와 s2를 배치에 있는 그 채널의 값들로 구합니다."),
    "batch inference": ("At inference mu and s2 are the moving ones that training kept.",
                        "추론에서는 학습하면서 모아 둔 이동 평균과 이동 분산을 씁니다."),
    "dropout inference": ("At inference dropout does nothing.", "추론에서는 드롭아웃이 아무 일도 하지 않습니다."),
    "dropout on": ("This unit is on in this step.", "이 유닛은 이번 단계에서 켜져 있습니다."),
    "dropout off": ("This unit is off in this step.", "이 유닛은 이번 단계에서 꺼져 있습니다."),
    "noise training": ("The noise is the one that the next training step draws.", "다음 학습 단계에서 뽑힐 잡음입니다."),
    "moved": ("Nothing is computed: the number is moved.", "계산 없이 값의 자리만 옮깁니다."),
    "time step": ("One time step of the cell; h and c before it come from the steps before.",
                  "셀의 한 시점입니다. 그 전의 h와 c는 앞 시점들에서 왔습니다."),
    "step masked": ("A mask leaves this time step out: the value before stays.",
                    "마스크가 이 시점을 빼므로 앞의 값이 그대로 남습니다."),
    # backward
    "weight head": ("{layer}/{weight}{index}: its gradient and its step", "{layer}/{weight}{index}: 기울기와 갱신"),
    "unit head": ("dL/d {layer} {place} of sample {sample}", "dL/d {layer} {place}, 표본 {sample}"),
    "by channel": ("sum of x w, channel by channel", "채널마다 더한 x w의 합"),
    "not the largest": ("no product: another number of the window is larger", "곱 없음: 윈도우의 다른 수가 더 큼"),
    "sum of n": ("sum of {n} products", "곱 {n}개의 합"),
    "one product": ("one product", "곱 하나"),
    "consumers": ("read by {layers}", "읽는 층: {layers}"),
    "loss": ("loss", "손실"),
    # receptive field
    "field": ("{layer} {place} sees {n} of {all} places of the input: {size}, from {first} to {last}",
              "{layer} {place}의 수용 영역: 입력 {all}곳 중 {n}곳, {size}, {first}부터 {last}까지"),
    "field none": ("{layer} {place} sees nothing of the input.", "{layer} {place}은(는) 입력을 전혀 보지 않습니다."),
    "field at most": (" (at most: {layers} may read less)", " (많아야 그만큼: {layers}이(가) 덜 읽을 수 있음)"),
}  # fmt: skip


def t(key: str, **values: object) -> str:
    """What a key says in the user's language."""
    return say(WORDS, key, **values)
