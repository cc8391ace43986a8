"""Words of `nabi film`, in English and Korean; `words.py` takes them in."""

FILMING: dict[str, tuple[str, str]] = {
    "film": ("film a training, epoch by epoch", "학습 과정을 에포크마다 영상으로 만듭니다"),
    "film.long": (
        "Shows what changes while a network learns: its filters, the feature maps of one picture, how its activations are\n"
        "spread, the pictures that are misread, and, on points in a plane, its decision boundary. A run is trained again from\n"
        "its recipe and seed, to the same numbers; where it kept a model file of every epoch, these are read.\n\n"
        "  nabi film last                                  the newest run\n"
        "  nabi film lecture-cnn --epochs 6 --out cnn.mp4  a network of the zoo on the embedded digits\n"
        "  nabi film mlp --data moons                      a decision boundary\n"
        "  nabi film last --what filters,misread           a part of it",
        "신경망이 배우는 동안 달라지는 것을 보여 줍니다. 필터, 그림 한 장의 특징 맵, 활성값의 분포, 틀린 그림,\n"
        "그리고 평면의 점이면 결정 경계입니다. 학습 기록은 레시피와 시드대로 똑같이 다시 학습하며, 에포크마다 저장한\n"
        "모델 파일이 있으면 그것을 읽습니다.\n\n"
        "  nabi film last                                  가장 최근의 학습 기록\n"
        "  nabi film lecture-cnn --epochs 6 --out cnn.mp4  내장 숫자 데이터를 배우는 신경망\n"
        "  nabi film mlp --data moons                      결정 경계\n"
        "  nabi film last --what filters,misread           일부만",
    ),
    "help.film_source": ("a run folder, a run's name, or a network", "학습 기록 폴더나 이름, 또는 신경망"),
    "help.film_data": (
        "for a network: data as in nabi train, or points: moons, spirals, xor (default digits)",
        "신경망일 때: nabi train과 같은 데이터, 또는 점 moons, spirals, xor (기본값 digits)",
    ),
    "help.film_epochs": (
        "how many (default: all of a run, 8 of a network, 400 on points)",
        "에포크 수 (기본값: 학습 기록은 전부, 신경망은 8, 점은 400)",
    ),
    "help.film_what": (
        "some of filters,maps,histograms,boundary,misread (default: all there are)",
        "filters,maps,histograms,boundary,misread 가운데 (기본값: 있는 것 모두)",
    ),
    "help.film_picture": (
        "number of the test picture whose maps are shown (default 0)",
        "특징 맵을 보일 시험 그림 번호 (기본값 0)",
    ),
    "help.film_seed": ("of a network's training (default 0)", "신경망을 학습할 시드 (기본값 0)"),
    "help.film_runs": ("folder of the runs (default runs)", "학습 기록이 있는 폴더 (기본값 runs)"),
    "help.film_out": ("the film: .gif (default film.gif), .mp4, .html", "저장할 파일: .gif (기본값 film.gif), .mp4, .html"),
}
