"""Words of `nabi compare`, in English and Korean; `words.py` takes them in."""

COMPARING: dict[str, tuple[str, str]] = {
    "compare": ("compare activations, optimizers, any argument, over seeds", "활성화 함수, 옵티마이저 등을 시드별로 비교합니다"),
    "compare.long": (
        "Trains every variant with every seed, and tells whether the differences are more than those of the seeds: a table, a\n"
        "figure with curves, and a page. The seeds are the same for all variants, so runs are compared in pairs (t-test, Holm's\n"
        "correction for several comparisons). Ctrl-C finishes the batch and keeps everything; --resume goes on.\n\n"
        "  nabi compare lecture-cnn --vary activation=sigmoid,tanh,relu --seeds 3\n"
        "  nabi compare lenet5 --vary optimizer=sgd,adam --vary learning_rate=0.01,0.001      a grid\n"
        "  nabi compare --vary train_size=250,1000,3600      pictures to learn from\n\n"
        "What can be varied\n"
        "  any network     activation, initializer, initial_scale, batch_norm=no,yes, dropout, padding, kernel_size,\n"
        "                  pool=max,average,l2, l2; and its own arguments, such as width\n"
        "  training        optimizer, learning_rate, batch_size, epochs, schedule, label_smoothing, precision, sampling, ...\n"
        "  its optimizer   momentum, nesterov, beta_1, weight_decay, clipnorm, ...\n"
        "  data            train_size, augment=none,flip,translation,rotation,zoom,flip+zoom,all; rotation=0,0.1\n"
        "Where two own a name: model.NAME, optimizer.NAME, augment.NAME. model=lenet5,lecture-cnn compares networks.",
        "모든 변형을 모든 시드로 학습하고, 차이가 시드에 따른 차이보다 큰지 알려 줍니다. 표와 곡선 그림, 보고서를 만듭니다.\n"
        "변형마다 같은 시드를 쓰므로 같은 시드끼리 비교합니다(짝지은 t 검정, 여러 비교에 대한 홀름 보정).\n"
        "Ctrl-C를 한 번 누르면 하던 배치를 마치고 모두 저장합니다. --resume을 주면 이어집니다.\n\n"
        "  nabi compare lecture-cnn --vary activation=sigmoid,tanh,relu --seeds 3\n"
        "  nabi compare lenet5 --vary optimizer=sgd,adam --vary learning_rate=0.01,0.001      모든 조합\n"
        "  nabi compare --vary train_size=250,1000,3600      학습할 그림 수\n\n"
        "바꿀 수 있는 것\n"
        "  모든 신경망     activation, initializer, initial_scale, batch_norm=no,yes, dropout, padding, kernel_size,\n"
        "                  pool=max,average,l2, l2, 그리고 width처럼 그 신경망에만 있는 인자\n"
        "  학습            optimizer, learning_rate, batch_size, epochs, schedule, label_smoothing, precision, sampling 등\n"
        "  옵티마이저      momentum, nesterov, beta_1, weight_decay, clipnorm 등\n"
        "  데이터          train_size, augment=none,flip,translation,rotation,zoom,flip+zoom,all, rotation=0,0.1\n"
        "이름이 겹치면 model.이름, optimizer.이름, augment.이름으로 씁니다. model=lenet5,lecture-cnn은 신경망을 비교합니다.",
    ),
    "help.runs_figure": ("also draw curves and accuracies: .png", "곡선과 정확도를 그려 저장합니다: .png"),
    "figure line": ("Figure: {path}", "그림: {path}"),
    "help.compared": ("network of the zoo (default lecture-cnn)", "신경망 이름 (기본값 lecture-cnn)"),
    "help.compared_data": ("{sets}, or a folder of pictures (default digits)", "{sets}, 또는 그림 폴더 (기본값 digits)"),
    "help.compared_epochs": ("epochs of each run (default 5 for known sets)", "학습마다 에포크 수 (알려진 데이터의 기본값 5)"),
    "help.compared_vary": (
        "what differs, such as activation=sigmoid,relu; several make a grid",
        "바꿀 것. 예: activation=sigmoid,relu. 여러 번 주면 모든 조합",
    ),
    "help.compared_seeds": ("runs of each variant (default 3)", "변형마다 학습할 횟수 (기본값 3)"),
    "help.compared_first": ("the first seed (default 0)", "첫 시드 (기본값 0)"),
    "help.target": (
        "training accuracy whose epoch is told (default: the highest that all reach)",
        "몇 에포크 만에 이르는지 볼 학습 정확도 (기본값: 모두 이른 가장 높은 값)",
    ),
    "help.resume_compare": ("go on with a comparison in its folder", "비교 폴더에서 이어서 학습합니다"),
}
