"""Korean for the errors of `nabi compare`; `korean.py` takes the phrases in."""

PHRASES: dict[str, str] = {
    "comparison {}": "비교 {}",
    "--csv or --json": "--csv나 --json 중 하나",
    "the folder of a comparison, with compare.toml": "compare.toml이 있는 비교 폴더",
    "no other options, for the comparison has its own": "다른 옵션이 없는 명령(비교 폴더에 설정이 있습니다)",
    "ENTRY=VALUES, each entry once, such as activation=sigmoid,relu": "항목=값들, 항목마다 한 번(예: activation=sigmoid,relu)",
    "an entry that no other option sets, for --{} does": "다른 옵션이 정하지 않은 항목(--{} 옵션이 정합니다)",
    "Leave one of the two out.": "둘 중 하나를 빼십시오.",
    "what can be varied": "바꿀 수 있는 것",
    "an entry in which runs may differ": "학습마다 다를 수 있는 항목",
    "--seeds repeats each with other seeds.": "--seeds를 주면 시드를 바꾸어 되풀이합니다.",
    "Runs are compared on the same samples.": "같은 표본으로 비교합니다.",
    "each entry once": "서로 다른 항목",
    "values with commas": "쉼표로 나눈 값",
    "A comparison needs the values themselves; nabi tune searches ranges.":
        "비교할 값을 하나씩 쓰십시오. 범위는 nabi tune이 탐색합니다.",
    "a list of names or numbers, or a text with commas": "이름이나 수의 목록, 또는 쉼표로 나눈 글",
    "two values or more: a,b": "둘 이상의 값(a,b)",
    "one of model.{}": "model.{} 가운데 하나",
    "one of optimizer.{}": "optimizer.{} 가운데 하나",
    "Several things own that name.": "그 이름을 쓰는 것이 여럿입니다.",
    "none, all, or words joined by +": "none, all, 또는 +로 이은 낱말",
    "at most {} combinations": "{}개 이하의 조합",
    "Vary fewer entries at once.": "한 번에 바꿀 항목을 줄이십시오.",
    "{} pictures, one of each class, to {}, all there are for training":
        "클래스마다 하나씩인 {}장에서 학습용 전부인 {}장까지의 그림 수",
    "a network with a layer that has it": "그런 층이 있는 신경망",
    "Of the network: {}; of the optimizer: {}; of training: {}; of the pictures: {}.":
        "신경망: {}. 옵티마이저: {}. 학습: {}. 그림: {}.",
    "Did you mean '{}'? Of the network: {}; of the optimizer: {}; of training: {}; of the pictures: {}.":
        "혹시 '{}'입니까? 신경망: {}. 옵티마이저: {}. 학습: {}. 그림: {}.",
    "a function with a name and the arguments input_shape and classes":
        "이름이 있고 인자 input_shape와 classes를 받는 함수",
    "a function with another name": "다른 이름의 함수",
    "a share in (0, 1]": "0보다 크고 1 이하인 비율",
}
