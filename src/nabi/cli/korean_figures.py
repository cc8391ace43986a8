"""Korean for the errors of `nabi figures`; `korean.py` takes the phrases in."""

PHRASES: dict[str, str] = {
    "the name of a figure or section": "그림이나 부분의 이름",
    "names of figures or sections": "그림이나 부분의 이름",
    "a --model that reads these pictures": "이 그림을 읽는 --model",
    "Say nabi figures --model MODEL --data DATA.": "nabi figures --model MODEL --data DATA 명령으로 줍니다.",
    "a data set to make figures of": "그림을 만들 데이터",
}  # fmt: skip
