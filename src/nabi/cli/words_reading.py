"""Words of `nabi digit` and `nabi smile`, in English and Korean; `words.py` takes them in."""

READING: dict[str, tuple[str, str]] = {
    "digit": ("read handwritten digits in photographs", "사진에서 손글씨 숫자를 찾아 읽습니다"),
    "digit.long": (
        "Finds the digits on photographed or scanned sheets, boards and drawings, and reads them by a network that comes with "
        "nabi.\nUneven light, ruled and squared paper, several rows and pens of any colour are fine. With --out it writes the "
        "picture\nwith its digits marked, and each digit as the network saw it: 28 x 28, with ten probabilities.",
        "사진이나 스캔한 종이, 칠판, 그림판의 숫자를 찾아 nabi에 들어 있는 신경망으로 읽습니다. 조명이 고르지 않거나 줄이나 "
        "모눈이 있는\n종이, 여러 줄, 여러 색 펜도 괜찮습니다. --out을 주면 숫자를 표시한 사진과, 신경망이 본 28x28 그림과 "
        "열 개의\n확률을 저장합니다.",
    ),
    "help.digit_photos": ("photographs, scans or drawings", "사진, 스캔, 그림 파일"),
    "help.digit_out": (
        "folder for the pictures with their digits marked, and the sheets of what the network saw",
        "숫자를 표시한 사진과 신경망이 본 그림을 모은 PNG를 쓸 폴더",
    ),
    "help.digit_model": (
        "another model, as nabi train mnist writes it (default: the one that comes with nabi)",
        "nabi train mnist가 쓴 다른 모델 (기본값: nabi에 들어 있는 모델)",
    ),
    "in doubt": (
        "{doubt} of {n} digits are read with less than {share}.",
        "숫자 {n}개 중 {doubt}개는 확률이 {share}보다 낮습니다.",
    ),
    "digit name": ("digit", "숫자"),
    "second guess": ("second guess", "다음 후보"),
    "place": ("place", "위치"),
    "cards line": ("cards     {path}", "확률      {path}"),
    "smile": ("find faces in pictures and say which smile", "그림에서 얼굴을 찾아 웃는지 판독합니다"),
    "smile.long": (
        "Finds faces in pictures, a film or before the camera, and says which of them smile: a score from 0 to 1, by a network "
        "that\ncomes with nabi. Needs OpenCV: pip install \"nabi[faces]\". What is read is a look on a picture, not a feeling.\n"
        "In a picture, faces from a fortieth of its longer side on are found, 24 pixels at "
        "least;\nin films a tenth. Enlarge a picture, or cut a part out, where smaller ones are missing; --crops takes faces "
        "as they are.",
        "그림, 동영상, 카메라에서 얼굴을 찾고 nabi에 들어 있는 신경망으로 웃는지 판독합니다. 점수는 0에서 1까지입니다.\nOpenCV가 "
        "필요합니다: pip install \"nabi[faces]\". 점수는 그림 속 표정에 대한 것이며 감정을 알려 주지 않습니다.\n"
        "사진에서는 긴 변의 1/40(24픽셀 이상) 너비부터, 동영상에서는 1/10부터 얼굴을 찾습니다. 더 작은 얼굴이 빠지면\n사진을 "
        "키우거나 그 부분만 잘라 내십시오. --crops는 얼굴만 자른 그림을 그대로 판독합니다.",
    ),
    "help.photos": ("photographs", "사진"),
    "help.camera": ("the camera; N is its number (default 0)", "카메라. N은 카메라 번호입니다 (기본값 0)"),
    "help.video": ("a film", "동영상"),
    "help.frames": ("end after so many frames", "프레임을 이만큼 읽고 끝냅니다"),
    "help.drawn": (
        "folder for the pictures or the film with faces and scores drawn in",
        "얼굴과 점수를 그려 넣은 그림이나 동영상을 쓸 폴더",
    ),
    "help.crops": ("the pictures are faces already: score them as they are", "이미 얼굴만 잘라 낸 그림입니다. 그대로 판독합니다"),
    "help.smile_model": (
        "another model, as nabi train smiles writes it (default: the one that comes with nabi)",
        "nabi train smiles가 쓴 다른 모델 (기본값: nabi에 들어 있는 모델)",
    ),
    "help.threshold": (
        "score from which a face smiles (default: the model's own)",
        "웃는 얼굴로 볼 점수 (기본값: 모델에 적힌 값)",
    ),
    "face": ("face", "얼굴"),
    "score": ("score", "점수"),
    "from": ("smile from {score} on", "웃음 기준 {score} 이상"),
    "smiles": ("smiles", "웃음"),
    "smiles not": ("no smile", "웃지 않음"),
}
