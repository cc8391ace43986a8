"""Korean for the errors of `nabi film` and of films; `korean.py` takes the phrases in."""

PHRASES: dict[str, str] = {
    "a run or a network": "학습 기록 또는 신경망",
    "some of {}": "{} 가운데 일부",
    "no data beside a run, which has its own": "데이터를 따로 주지 않은 학습 기록",
    "mlp for points in a plane": "평면의 점을 배울 신경망 mlp",
    "histograms or boundary, on points in a plane": "평면의 점에 맞는 histograms 또는 boundary",
    "points in a plane, for a boundary": "결정 경계를 그릴 평면의 점",
    "samples {}": "{} 모양의 표본",
    "a first layer that looks at pictures, for filters": "필터가 있으려면 그림을 보는 첫 층",
    "model '{}' without one": "그런 층이 없는 모델 '{}'",
    "ffmpeg or OpenCV": "ffmpeg 또는 OpenCV",
    "neither": "둘 다 없습니다",
    "a film from ffmpeg": "ffmpeg가 만든 영상",
    "a film from OpenCV": "OpenCV가 만든 영상",
    "it has no encoder for MPEG-4": "MPEG-4 인코더가 없습니다",
    "writing MP4": "MP4 쓰기",
    # remedy
    "nabi film mlp --data moons": "예: nabi film mlp --data moons",
    "Film it in the script: callbacks=[nabi.lab.Camera(...)].": "스크립트에서 callbacks=[nabi.lab.Camera(...)]로 찍으십시오.",
    "Install ffmpeg, or: pip install 'nabi[faces]', which brings OpenCV. Or write .gif or .html.":
        "ffmpeg를 설치하거나 pip install 'nabi[faces]'로 OpenCV를 설치하십시오. .gif나 .html로 저장할 수도 있습니다.",
    "Write .gif or .html.": ".gif나 .html로 저장하십시오.",
}  # fmt: skip
