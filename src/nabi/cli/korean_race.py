"""Korean for the errors of `nabi race`; `korean.py` takes the phrases in."""

PHRASES: dict[str, str] = {
    "names of optimizers, or all": "옵티마이저 이름 또는 all",
    "names or optimizers": "옵티마이저 이름 또는 옵티마이저",
    "each optimizer and rate once": "서로 다른 옵티마이저와 학습률",
    "{} twice": "{}이(가) 두 번 나옵니다",
    "name:rate with a number": "이름:학습률(숫자)",
    "two numbers x,y from {} to {}": "{}에서 {}까지의 두 수 x,y",
    "a place where {} is finite": "{} 함수의 값이 유한한 곳",
    "{}, where it is not": "{}에서는 유한하지 않습니다",
    "at most {} steps": "{}스텝 이하",
    "a name that ends in {}": "{}(으)로 끝나는 이름",
    "no --learning-rate": "--learning-rate가 없는 명령",
    "an optimizer that does its formula alone": "자기 식만 계산하는 옵티마이저",
    "one with {}": "{}이(가) 있는 옵티마이저",
    "one of {}, or a model": "{} 가운데 하나, 또는 모델",
    "--net beside it": "--net과 함께 쓰는 명령",
    "no --{}": "--{} 없는 명령",
    "steps or epochs": "steps와 epochs 가운데 하나",
    # remedy
    "{} belongs to races on functions.": "{}은(는) 함수 경주의 옵션입니다.",
    "an optimizer, backprop, softmax or all": "옵티마이저 이름, backprop, softmax, all 가운데 하나",
    "For {}: {}.": "{}의 예: {}.",
    "For example {}.": "예: {}.",
    "{} show how they differ.": "{}스텝이면 차이가 보입니다.",
    "A sweep goes through many.": "학습률을 여럿 시도하는 명령입니다.",
    "nabi.trace(model, x, y).weight(...) shows all of a training step.":
        "학습 한 스텝의 전부는 nabi.trace(model, x, y).weight(...)가 보여 줍니다.",
}  # fmt: skip
