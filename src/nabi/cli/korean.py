"""Korean for errors: the parts of an error of nabi (where, expected, got, remedy), phrase by phrase.

    model: expected a network, got 'lecture-cn'.   ->   모델: 신경망이 필요하지만 'lecture-cn'입니다.

The errors themselves speak English, so that a message can be looked up; the command line says them in the user's language.
A phrase that is not listed here is left as it is.
"""

import re

from nabi.cli import korean_comparing, korean_drawing, korean_figures, korean_film, korean_pictures, korean_race, korean_running
from nabi.core.errors import NabiError
from nabi.core.language import language, with_particles
from nabi.core.reasons import REASONS, in_korean

PHRASES: dict[str, str] = {  # {} stands for any text; what came may be a whole predicate ("...니다")
    **korean_running.PHRASES,
    # where
    "data": "데이터",
    "data {}": "데이터 {}",
    "model": "모델",
    "network": "신경망",
    "model {}": "모델 {}",
    "optimizer {}": "옵티마이저 {}",
    "picture {}": "그림 {}",
    "array {}": "배열 {}",
    "recipe {}": "레시피 {}",
    "recipe, {}": "레시피의 {}",
    "run 'last' in {}": "{} 폴더의 학습 기록 'last'",
    "run {}": "학습 기록 {}",
    "run folder {}": "학습 기록 폴더 {}",
    "folder {}": "폴더 {}",
    "vary {}": "바꿀 항목 {}",
    "search {}": "탐색 {}",
    "reading {}": "{} 읽기",
    "writing {}": "{} 쓰기",
    "finding faces": "얼굴 찾기",
    "camera {}": "카메라 {}",
    "{}(layer)": "{}의 층",
    "{}(class_index)": "{}의 클래스",
    "{}: model '{}'": "{}: 모델 '{}'",
    "film {}": "동영상 {}",
    # expected
    "the package opencv-python-headless, version 4": "opencv-python-headless 패키지 4 버전",
    "OpenCV 4, whose package brings the Haar cascades": "하르 분류기가 들어 있는 OpenCV 4",
    "the name of a layer of the model": "모델에 있는 층 이름",
    "a layer whose maps have places, (N, H, W, C)": "위치가 있는 특징 맵(N, H, W, C)을 내는 층",
    "the name of a class": "클래스 이름",
    "a whole number from 0 to {}": "0에서 {}까지의 정수",
    "a known method": "알려진 방법",
    "one picture": "그림 한 장",
    "{}(output)": "{}의 출력",
    "{}(input)": "{}의 입력",
    "a name of the model's": "모델에 있는 이름",
    "a name, or a whole number from 0 to {}": "이름 또는 0에서 {}까지의 정수",
    "The model has several outputs: {}": "모델의 출력이 여럿입니다: {}",
    "a name that ends in .png": ".png로 끝나는 이름",
    "a model with a ReLU": "ReLU가 있는 모델",
    "a model with one output, a number for each class": "출력이 하나이고 클래스마다 값을 내는 모델",
    "GlobalAveragePooling2D and then one Dense layer at its end": "GlobalAveragePooling2D와 Dense 층 하나로 끝나는 모델",
    "a face": "얼굴",
    "handwritten digits": "손글씨 숫자",
    "a network of grey pictures 28 x 28 with the classes 0 to 9": "클래스가 0부터 9까지이고 28x28 흑백 그림을 읽는 신경망",
    "a camera": "카메라",
    "frames": "프레임",
    "a film that OpenCV can read (.mp4, .avi, ...)": "OpenCV가 읽을 수 있는 동영상(.mp4, .avi 등)",
    "pictures, --camera or --video FILE": "사진, --camera, --video FILE 중 하나",
    "pictures of faces": "얼굴 그림",
    "a score from 0 to 1": "0에서 1까지의 점수",
    "a known data set": "알려진 데이터",
    "a known data set or a folder of pictures": "알려진 데이터 또는 그림 폴더",
    "a .safetensors file or a run": ".safetensors 파일 또는 학습 기록",
    "a network of the zoo, whose weights are not trained": "가중치를 학습하지 않은 신경망",
    "Train it: {}": "먼저 학습하십시오: {}",
    "There is no folder of this name. Did you mean '{}'? Known: {}.":
        "이런 이름의 폴더는 없습니다. 혹시 '{}'입니까? 쓸 수 있는 이름: {}.",
    "There is no folder of this name. Known: {}.": "이런 이름의 폴더는 없습니다. 쓸 수 있는 이름: {}.",
    "weights = \"imagenet\" beside it": "함께 주는 weights = \"imagenet\"",
    "Random layers are of no use frozen.": "무작위 층은 고정해도 쓸모가 없습니다.",
    "pictures in colour, which ImageNet's weights see": "ImageNet의 가중치가 보는 컬러 그림",
    "{} channel": "채널 {}개",
    "Read them with channels = 3, or train without weights.": "channels = 3으로 읽거나 weights 없이 학습하십시오.",
    "a known optimizer": "알려진 옵티마이저",
    "a known network": "알려진 신경망",
    "a network, a .safetensors file or a run": "신경망, .safetensors 파일 또는 학습 기록",
    "a run folder": "학습 기록 폴더",
    "a run folder, or the name of a run in {}": "학습 기록 폴더 또는 {} 안의 학습 기록 이름",
    "at least one run": "학습 기록 하나 이상",
    "two runs or more": "학습 기록 두 개 이상",
    "a {} in it": "그 안에 {}",
    "a recipe in TOML": "TOML로 쓴 레시피",
    "a TOML file or the name of a recipe": "TOML 파일 또는 레시피 이름",
    "known entries": "알려진 항목",
    "a whole number above 0": "0보다 큰 정수",
    "a whole number from 0": "0 이상의 정수",
    "a number above 0": "0보다 큰 수",
    "a share in [0, 1)": "0 이상 1 미만의 비율",
    "a name": "이름",
    "a text": "문자열",
    "one of {}": "{} 중 하나",
    "a validation_split above 0 to watch": "지켜볼 검증 데이터(0보다 큰 validation_split)",
    "a file": "파일",
    "a file that can be read": "읽을 수 있는 파일",
    "a file that may be read": "읽을 수 있는 파일",
    "a file that can be written": "쓸 수 있는 파일",
    "a folder that can be written": "쓸 수 있는 폴더",
    "a picture (PNG, JPEG, ...), a .npy array or an idx file": "그림(PNG, JPEG 등), .npy 배열 또는 idx 파일",
    "a whole picture": "온전한 그림",
    "a whole .npy file of numbers": "숫자로 된 온전한 .npy 파일",
    "an intact gzip file": "온전한 gzip 파일",
    "pictures of {}": "크기가 {}인 그림",
    "finite numbers": "유한한 수",
    "finite answers": "유한한 답",
    "one input of pictures (height, width, 1 or 3)": "그림(높이, 너비, 1 또는 3) 입력 하나",
    "probabilities of classes, as softmax gives them": "소프트맥스가 주는 것과 같은 클래스 확률",
    "a data set to evaluate on": "평가할 데이터",
    "the model's classes, {}": "모델의 클래스({})",
    "--csv or --json": "--csv와 --json 중 하나",
    "a new folder, or a run of the same recipe": "새 폴더 또는 같은 레시피의 학습 기록",
    "no other options of training, for the run has its recipe": "다른 학습 옵션이 없는 명령",
    "a recipe with data, as nabi train writes it": "nabi train이 쓴, 데이터가 있는 레시피",
    "a {} that nabi saved": "nabi가 저장한 {} 파일",
    "room for the file": "파일을 쓸 공간",
    "a name that ends in .safetensors": ".safetensors로 끝나는 이름",
    "arguments of the network": "신경망의 인자",
    "a table, such as {}": "{} 같은 표",
    "a share in [0, 1]": "0 이상 1 이하의 비율",
    "at least one entry to vary": "바꿀 항목 하나 이상",
    "a known entry": "알려진 항목",
    "an entry in which trials may differ": "시도마다 다를 수 있는 항목",
    "an option of {}": "{}의 옵션",
    "low..high with low < high, and log:, lin: or int: before it": "작은 값..큰 값(앞에 log:, lin:, int:를 붙일 수 있음)",
    "a range a..b, or two values or more: a,b": "범위 a..b 또는 두 개 이상의 값 a,b",
    "a range above 0 for a logarithmic scale": "0보다 큰 범위(로그 눈금)",
    "whole numbers at both ends": "양 끝이 정수인 범위",
    "a share above 0 to judge the trials by": "시도를 평가할 검증 표본(0보다 큰 비율)",
    "no options but --trials and --time, for the search has its own": "--trials와 --time 말고는 옵션이 없는 명령",
    "ENTRY=VALUES, each entry once, such as learning_rate=1e-4..1e-2": "항목마다 한 번씩 항목=값, 예: learning_rate=1e-4..1e-2",
    "the folder of a search": "탐색 폴더",
    "the settings of a search": "탐색 설정",
    "a trial that can be trained": "학습할 수 있는 시도",
    # got
    "pictures {}, classes {}": "그림 {}, 클래스 {}",
    "one that must be the same for all": "모두 같아야 하는 항목",
    "none installed": "설치되어 있지 않습니다",
    "{} that failed": "{}개 모두 실패했습니다",
    "only {}": "{} 하나",
    "nothing there": "그런 것이 없습니다",
    "none": "없습니다",
    "none named, and none in the model's card": "명령에도 모델 카드에도 없습니다",
    "no {} in it": "그 안에 {}이(가) 없습니다",
    "both": "둘 다 주었습니다",
    "a folder": "폴더",
    "a file of another kind": "다른 종류의 파일",
    "no regular file": "보통 파일이 아닙니다",
    "this error: {}": "오류가 났습니다: {}",
    "NaN or infinity": "NaN 또는 무한대",
    "outputs of shape {} that are not": "출력(형태 {})이 확률이 아닙니다",
    "a run that differs in {}": "레시피가 다른 학습 기록({})",
    "that of a script's fit(run=...)": "프로그램의 fit(run=...)이 쓴 것",
    "'{}' is a file": "'{}'이(가) 파일입니다",
    "a safetensors file of another program": "다른 프로그램의 safetensors 파일",
    "Is a directory": "폴더",
    "Not a directory": "폴더가 아닙니다",
    "No such file or directory": "그런 것이 없습니다",
    "Permission denied": "권한이 없습니다",
    "Read-only file system": "읽기만 되는 디스크",
    "No space left on device": "디스크에 남은 공간이 없습니다",
    "File exists": "이미 있습니다",
    "none found": "찾지 못했습니다",
    "'{}' with {}": "'{}' (형태 {})",
    "none that answers": "응답하는 카메라가 없습니다",
    "none that can be read": "읽을 수 있는 것이 없습니다",
    "a damaged file, or one of another kind": "손상되었거나 다른 종류의 파일",
    # remedy
    "Install it: {}": "설치하십시오: {}",
    "Faces are found from the front, upright or leaning, from {} pixels of width on in this picture: enlarge one with smaller "
    "ones; --crops takes pictures that are faces already.":
        "정면을 본 얼굴을 찾으며 기울어져 있어도 됩니다. 이 그림에서는 너비가 {}픽셀 이상인 얼굴만 찾으니, 더 작으면 그림을 "
        "키우십시오. 얼굴만 잘라 낸 그림에는 --crops를 주십시오.",
    "Connect one, name another with --camera N, or take --video FILE.":
        "카메라를 연결하거나, --camera N으로 다른 카메라를 고르거나, --video FILE을 쓰십시오.",
    "Write large and dark on light paper, or light on a dark board, and fill the picture with it.":
        "밝은 종이에 진하게, 또는 어두운 칠판에 밝게 크게 쓰고 그 부분이 사진을 채우게 하십시오.",
    "nabi train mnist makes one.": "nabi train mnist로 만들 수 있습니다.",
    "With places: {}.": "위치가 있는 층: {}.",
    "No layer of this model has any.": "이 모델에는 그런 층이 없습니다.",
    "saliency, smooth_grad, integrated_gradients and occlusion need none.":
        "saliency, smooth_grad, integrated_gradients, occlusion에는 필요하지 않습니다.",
    "grad_cam explains any network with maps.": "grad_cam은 특징 맵이 있는 모든 신경망에 쓸 수 있습니다.",
    "The file is damaged.": "파일이 손상되었습니다.",
    "Is it in use?": "다른 프로그램이 쓰고 있는지 확인하십시오.",
    "Did you mean '{}'? Known: {}.": "혹시 '{}'입니까? 쓸 수 있는 이름: {}.",
    "Did you mean '{}'?": "혹시 '{}'입니까?",
    "Did you mean '{}'? Known: {} and {} more.": "혹시 '{}'입니까? 쓸 수 있는 이름: {} 외 {}개.",
    "Known: {} and {} more.": "쓸 수 있는 이름: {} 외 {}개.",
    "Known: {}.": "쓸 수 있는 이름: {}.",
    "Name a picture in it.": "그 안의 그림을 적으십시오.",
    "pictures in it": "그 안에 그림",
    "A script's run keeps its numbers, no model. Write model.save('model.safetensors') at the script's end, then: {}":
        "스크립트의 학습 기록에는 모델이 없습니다. 스크립트 끝에 model.save('model.safetensors')를 쓰고 다시: {}",
    "It ended before its first epoch did.": "첫 에포크를 마치기 전에 끝난 학습입니다.",
    "To train it longer, raise epochs in its recipe.toml.": "더 오래 학습하려면 recipe.toml의 epochs를 늘리십시오.",
    "Leave it out for the optimizer's own.": "빼면 옵티마이저의 기본값을 씁니다.",
    "Start the script again: fit(run=the same folder) goes on where it stopped.":
        "프로그램을 다시 실행하십시오. fit(run=같은 폴더)가 멈춘 곳에서 이어집니다.",
    "Choose another folder.": "다른 폴더를 고르십시오.",
    "Choose another with --out, or NAME in fit(run=NAME).": "--out으로, 또는 fit(run=이름)에서 다른 폴더를 고르십시오.",
    "Choose a folder that exists and that you may write to.": "있고 쓸 수 있는 폴더를 고르십시오.",
    "Arrays are not resized.": "배열의 크기는 바꾸지 않습니다.",
    "Train it anew with a lower learning rate.": "학습률을 낮추어 다시 학습하십시오.",
    "In that folder: no .safetensors file.": "그 폴더에는 .safetensors 파일이 없습니다.",
    "nabi has one format; write '{}'.": "nabi의 형식은 하나입니다. '{}'(으)로 쓰십시오.",
    "If it is one, rename it to '{}'.": "맞다면 이름을 '{}'(으)로 바꾸십시오.",
    "Check the path.": "경로를 확인하십시오.",
    "Fetch the file again.": "파일을 다시 받으십시오.",
    "learning_rate=1e-4..1e-2 is one.": "예: learning_rate=1e-4..1e-2",
    "Trials are compared on the same samples.": "시도는 같은 표본으로 비교합니다.",
    "A single value belongs in the recipe.": "값이 하나면 레시피에 적으십시오.",
    "The test set is not looked at in a search.": "탐색에서는 시험 데이터를 보지 않습니다.",
    'Install it: pip install "nabi[tune]".': '설치하십시오: pip install "nabi[tune]"',
    "The last one: {}": "마지막 시도: {}",
    "nabi sets it by the data.": "데이터에 따라 nabi가 정합니다.",
    # warnings
    "loss: expected less than a guess gives, {}, got {} over the first epoch; the learning rate {} is probably too high: try {}.":
        "손실: 찍었을 때의 값({})보다 작아야 하지만 첫 에포크에 {}입니다. 학습률 {}이(가) 너무 높은 것 같습니다. "
        "{}(으)로 낮추어 보십시오.",
    **korean_comparing.PHRASES,
    **korean_figures.PHRASES,
    **korean_film.PHRASES,
    **korean_pictures.PHRASES,
    **korean_drawing.PHRASES,
    **korean_race.PHRASES,
}  # fmt: skip


def pattern(phrase: str) -> re.Pattern:
    """What a phrase matches, its gaps as groups; the last gap takes what is left."""
    return re.compile("(.+?)".join(map(re.escape, phrase.split("{}"))), re.DOTALL)


QUOTED = re.compile("(^|: |; )(" + "|".join(re.escape(phrase).replace(re.escape("{}"), "[^:;]+?") for phrase in REASONS)
                    + r")(?=$|[:;\n])", re.MULTILINE)
PATTERNS = [(pattern(phrase), PHRASES[phrase]) for phrase in sorted(PHRASES, key=len, reverse=True)]  # the most special first


def korean(text: str) -> str:
    """A phrase in Korean, as it is if it is none of those above.

    Example:
        >>> korean("picture a.png"), korean("Is a directory"), korean("softmax")
        ('그림 a.png', '폴더', 'softmax')
    """
    for matcher, translation in PATTERNS:
        if found := matcher.fullmatch(text):
            return with_particles(translation.format(*map(inner, found.groups())))
    return text


def inner(text: str) -> str:
    """What a phrase quotes: reasons of files that were left out, and how many more there are, in Korean.

    Example:
        >>> inner("'a.txt', 'b.txt' and 7 more"), inner("hidden: 3; .heic is not read: save it as JPEG or PNG: 1")
        ("'a.txt', 'b.txt' 외 7개", '숨긴 파일: 3; .heic 형식은 읽지 않음. JPEG나 PNG로 저장: 1')
    """
    text = re.sub(r"(?<!\S)and ([\d,]+) more\b", r"외 \1개", text)
    return QUOTED.sub(lambda found: found[1] + in_korean(found[2]), text)


def told(error: NabiError) -> str:
    """The message of an error in the user's language."""
    return error_in_korean(error) if language() == "ko" else str(error)


def hint(text: str) -> str:
    """A sentence for itself, such as a warning or what `did_you_mean` makes, in the user's language."""
    return korean(text) if language() == "ko" else text


def english(text: str) -> bool:
    """Whether a text is an English phrase, and not Korean, names or numbers.

    Example:
        >>> english("weights as they were drawn"), english("그림 a.png"), english("'some name', adam")
        (True, False, False)
    """
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|\([^()]*\)", "", text)
    return not re.search("[가-힣]", text) and re.search(r"[a-z]{2,} [a-z]{2,}", bare) is not None


def error_in_korean(error: NabiError) -> str:
    """The message of an error.

    Example:
        >>> from nabi.core.errors import FileError
        >>> error_in_korean(FileError("picture a", "a file", "a folder"))
        '그림 a: 파일이 필요하지만 폴더입니다.'
    """
    where, expected, got, remedy = error.parts
    if any(english(korean(part)) for part in (expected or "", got or "", remedy)):
        return str(error)  # one language in a sentence
    text = korean(where)
    if expected is not None:
        came = korean(got or "")
        end = "" if re.search("니다($|: )", came) else "입니다"
        text += with_particles(f": {korean(expected)}이(가) 필요하지만 {came}{end}.")
    return f"{text} {korean(remedy)}" if remedy else text
