"""Korean for the errors about one's own pictures; see `nabi.cli.korean`."""

PHRASES: dict[str, str] = {
    # where
    "data curve {}": "데이터 곡선 {}",
    "data_curve(sizes)": "그림 수(--sizes)",
    # expected
    "two numbers of pictures or more, from {}, one of each class, to {}, all there are for training":
        "{}(클래스마다 한 장)에서 {}(학습 그림 전체)까지의 그림 수 두 개 이상",
    "the folder of a data curve, with {}": "{} 파일이 있는 데이터 곡선 폴더",
    "no other options, for the curve has its own": "다른 옵션이 없는 명령",
    "a new folder, or the same recipe": "새 폴더 또는 같은 레시피",
}
