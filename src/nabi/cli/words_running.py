"""Words of `nabi run`, in English and Korean; `words.py` takes them in."""

RUNNING: dict[str, tuple[str, str]] = {
    "run": ("run a Keras script or notebook as it is", "Keras 스크립트나 노트북을 그대로 돌립니다"),
    "run.long": (
        "Runs a script or notebook that was written for Keras 1, 2, 3 or tf.keras, with nabi in Keras' place: `keras`,\n"
        "`tensorflow.keras` and the small part of `tensorflow` that such scripts touch. Nothing of the file is changed.\n"
        "Options of nabi stand before the file; what follows it is the script's (those of a trial may stand there too).\n\n"
        "  nabi run lecture.py\n"
        "  nabi run --max-epochs 1 --fast-data 500 lecture.ipynb      a trial\n"
        "  nabi run train.py --batch 64                               --batch belongs to the script",
        "Keras 1, 2, 3이나 tf.keras로 쓴 스크립트와 노트북을 Keras 자리에 nabi를 두고 돌립니다. `keras`, `tensorflow.keras`와\n"
        "그런 스크립트가 쓰는 `tensorflow`의 일부를 nabi가 대신합니다. 파일은 한 글자도 바꾸지 않습니다.\n"
        "nabi의 옵션은 파일 앞에 쓰고, 파일 뒤에 오는 것은 스크립트의 인자입니다(시험용 옵션 셋은 뒤에 써도 됩니다).\n\n"
        "  nabi run lecture.py\n"
        "  nabi run --max-epochs 1 --fast-data 500 lecture.ipynb      시험 삼아 짧게\n"
        "  nabi run train.py --batch 64                               --batch는 스크립트의 인자",
    ),
    "help.script": ("a .py or .ipynb file", ".py 또는 .ipynb 파일"),
    "help.script_arguments": ("arguments of the script", "스크립트의 인자"),
    "help.max_epochs": ("end each fit after N epochs", "fit마다 N 에포크 뒤에 끝냅니다"),
    "help.fast_data": (
        "take the first N samples in fit, and in evaluate and predict where all would take long",
        "fit에서 처음 N개 표본만 씁니다. evaluate와 predict도 오래 걸릴 때는 그렇게 합니다",
    ),
    "help.run_seed": ("seed of all random numbers", "모든 난수의 시드"),
    "help.stand_in": (
        "data sets and weights that are not here: made-up ones take their place",
        "없는 데이터 세트와 가중치 자리에 지어낸 것을 씁니다",
    ),
    "standing in": (
        "--stand-in: made-up data and random weights take the place of what is not here; numbers say nothing of the real ones.",
        "--stand-in: 이 컴퓨터에 없는 데이터와 가중치는 가짜로 대신합니다. 그렇게 나온 숫자는 실제와 관계가 없습니다.",
    ),
    "help.traceback": ("show all frames of an error", "오류가 난 곳까지의 호출을 모두 보여 줍니다"),
    "help.run_out": ("folder of runs and pictures (default runs)", "학습 기록과 그림을 둘 폴더 (기본값 runs)"),
}
