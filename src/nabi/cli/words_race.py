"""Words of `nabi race`, in English and Korean; `words.py` takes them in."""

RACING: dict[str, tuple[str, str]] = {
    "race": ("let optimizers race on a function", "옵티마이저를 함수 위에서 경주시킵니다"),
    "race.long": (
        "Lets optimizers run from one start, by the code that trains networks, and writes their paths on a contour map:\n"
        ".png, .svg (figure), .gif, .mp4 (animation), .html (a page that plays by itself). Prints steps to the tolerance, the\n"
        "last value, and who diverged or left again.\n\n"
        "  nabi race                                                    nine optimizers on Beale's function\n"
        "  nabi race --function long-valley --out race.gif              an animation\n"
        "  nabi race --function quadratic --optimizers sgd:0.01,sgd:0.09,sgd:0.11    too small, right, too large\n"
        "  nabi race --sweep --optimizers sgd,adam                      the last value against the learning rate\n"
        "  nabi race --net lecture-cnn                                  on a network, over a slice of its loss surface\n"
        "  nabi race --fit                                              batch, mini-batch and stochastic descent on a line fit\n"
        "  nabi race --table adam                                       three steps on (w - 3)^2; with --fit on a line",
        "같은 곳에서 출발한 옵티마이저들을 신경망을 학습하는 코드 그대로 움직여 등고선 위에 경로를 그립니다.\n"
        ".png, .svg(그림), .gif, .mp4(움직이는 그림), .html(스스로 재생되는 문서)로 저장하고, 허용 오차까지의 스텝 수,\n"
        "마지막 값, 발산하거나 다시 벗어난 것을 표로 보여 줍니다.\n\n"
        "  nabi race                                                    빌 함수에서 옵티마이저 아홉 개\n"
        "  nabi race --function long-valley --out race.gif              움직이는 그림\n"
        "  nabi race --function quadratic --optimizers sgd:0.01,sgd:0.09,sgd:0.11    너무 작게, 알맞게, 너무 크게\n"
        "  nabi race --sweep --optimizers sgd,adam                      학습률에 따른 마지막 값\n"
        "  nabi race --net lecture-cnn                                  신경망에서 경주, 손실 곡면의 단면 위에 경로\n"
        "  nabi race --fit                                              직선 맞추기: 배치, 미니배치, 확률적 경사 하강법\n"
        "  nabi race --table adam                                       (w - 3)^2에서 세 스텝의 모든 숫자. --fit을 주면 직선",
    ),
    "help.function": (
        "beale (default), long-valley, rosenbrock, himmelblau, saddle, quadratic",
        "beale (기본값), long-valley, rosenbrock, himmelblau, saddle, quadratic",
    ),
    "help.racers": (
        "all (default), or names with commas, each with a rate of its own if you like: sgd,adam:0.1",
        "all (기본값), 또는 쉼표로 나눈 이름. 학습률도 함께 줄 수 있습니다: sgd,adam:0.1",
    ),
    "help.start": ("where they start (default: the function's own place)", "출발하는 곳 (기본값: 함수마다 정해진 곳)"),
    "help.race_net": (
        "race on a network that learns digits: mlp, lecture-cnn, softmax",
        "함수 대신 숫자를 배우는 신경망에서 경주합니다: mlp, lecture-cnn, softmax",
    ),
    "help.race_steps": ("steps (default 500; 200 on a network)", "스텝 수 (기본값 500, 신경망에서는 200)"),
    "help.race_epochs": ("with --net: passes over the digits, in the place of --steps", "--net과 함께: --steps 대신 에포크 수"),
    "help.race_batch": ("with --net: pictures of a step (default 64)", "--net과 함께: 한 스텝의 그림 수 (기본값 64)"),
    "help.race_seed": (
        "with --net: of first weights, batches, masks (default 0)",
        "--net과 함께: 처음 가중치, 배치, 마스크의 시드 (기본값 0)",
    ),
    "help.tolerance": (
        "arrived when f is at most this (default 0.001; a loss of 0.3 on a network)",
        "f가 이 값 이하이면 도달한 것으로 봅니다 (기본값 0.001, 신경망에서는 손실 0.3)",
    ),
    "help.race_rate": (
        "one rate for all (default: a good one for each, shown in the table)",
        "모두에게 같은 학습률 (기본값: 옵티마이저마다 알맞은 값, 표에 나옵니다)",
    ),
    "help.sweep": ("the last value against the learning rate", "학습률에 따른 마지막 값을 보여 줍니다"),
    "help.line_fit": ("descent on a line fit: all points, a few, or one at a time", "직선 맞추기: 점 모두, 몇 개, 하나씩"),
    "help.small_table": (
        "no race: three steps of an optimizer (or all), backprop or softmax, with every number",
        "경주 대신, 옵티마이저(또는 all)의 세 스텝이나 backprop, softmax의 모든 숫자를 보여 줍니다",
    ),
    "help.race_out": (
        "the figure: .png (default race.png), .svg, .gif, .mp4, .html",
        "저장할 파일: .png (기본값 race.png), .svg, .gif, .mp4, .html",
    ),
}
