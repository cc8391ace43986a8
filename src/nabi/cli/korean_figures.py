"""Korean for the errors of `nabi figures`; `korean.py` takes the phrases in."""

PHRASES: dict[str, str] = {
    "the name of a figure or section": "그림이나 부분의 이름",
    "names of figures or sections": "그림이나 부분의 이름",
    "a --model that reads these pictures": "이 그림을 읽는 --model",
    "Say nabi figures --model MODEL --data DATA.": "nabi figures --model MODEL --data DATA 명령으로 줍니다.",
    "at least {} pictures to learn from and {} to test on": "학습할 그림 {}장과 시험할 그림 {}장 이상",
    "On fewer this figure shows chance.": "그보다 적으면 우연만 보입니다.",
    "a data set to make figures of": "그림을 만들 데이터",
    "{} classes, as many as the model answers": "모델이 답하는 클래스 {}개",
    "Give the pictures that the model reads, or leave --data out.": "모델이 읽는 그림을 주거나 --data를 빼십시오.",
}  # fmt: skip
