"""Korean for the notes of `nabi run`; `korean.py` takes the phrases in."""

PHRASES: dict[str, str] = {
    "{}: an old argument, {} since Keras 2.": "{}: 옛 인자입니다. Keras 2부터는 {}입니다.",
    "{} is gone from today's {}; {} stands for it.": "{}: 지금의 {}에는 없어 {}(으)로 대신합니다.",
    "{} is gone; some of its names are here.": "{}: 여기에 없는 모듈이라 nabi가 그 일부를 대신합니다.",
    "{} is written in Python 2; it is read as Python 3.": "{}은(는) Python 2로 쓰여 있어 Python 3으로 바꾸어 읽습니다.",
    "{}: read as Keras 1 and 2 do, a kernel of {} x {}.": "{}: Keras 1, 2처럼 {} x {} 커널로 읽습니다.",
    "samples of shape {} for an input of {}: an axis of 1 is added, as Keras does.":
        "표본의 모양이 {}인데 입력은 {}입니다. Keras처럼 크기 1인 축을 더합니다.",
    "{} by word since 1.0.": "{}: 1.0부터는 인자 이름을 붙여 씁니다.",
    "The folder {} was not there; it is made for the pictures.": "{} 폴더가 없어 그림을 둘 곳으로 만들었습니다.",
    "An array of one number stands for the number, as in NumPy before 2.4.":
        "값이 하나인 배열을 NumPy 2.4 이전처럼 그 값으로 씁니다.",
    "Rows of different lengths: the array holds objects, as NumPy made it before 1.24.":
        "행의 길이가 서로 달라 NumPy 1.24 이전처럼 object 배열로 만듭니다.",
    "The History of a shortened fit repeats its last values for the epochs that were left out.":
        "fit을 짧게 끝냈으므로 History에서 건너뛴 에포크의 자리는 마지막 값으로 채웁니다.",
    "A loop that trains by hand was shortened, as fit is: --max-epochs and --fast-data.":
        "직접 학습시키는 반복문도 fit처럼 --max-epochs와 --fast-data에 맞추어 줄였습니다.",
    "--max-epochs: train_on_batch learns {} batches, not more.": "--max-epochs: train_on_batch는 {}배치까지만 학습합니다.",
    "--max-epochs: fit is called over and over; after {} times one batch is learned.":
        "--max-epochs: fit을 거듭 부르므로 {}번 뒤부터는 한 배치만 학습합니다.",
    "--max-epochs: train_on_batch learned {} batches in all; {} calls after them learned nothing and gave their last losses "
    "again, and loops of them ended early.":
        "--max-epochs: train_on_batch는 모두 {}배치를 학습했습니다. 그 뒤 {}번은 학습하지 않고 마지막 손실을 다시 냈으며, "
        "반복문은 일찍 끝났습니다.",
    "--fast-data: predict computed {} of {} samples; the other {} answers are copies of these, so that the script goes on. "
    "Scores and confusion matrices made from them mean nothing.":
        "--fast-data: predict는 {}개만 계산했습니다. 표본은 {}개이며 나머지 {}개는 복사본입니다. 여기서 나온 점수와 혼동 행렬은 "
        "아무 뜻이 없습니다.",
    "{} goes on with nan, as Keras does: the weights become nan with it, and nothing is learned from then on. {}":
        "nan이 나왔지만 Keras처럼 {}을(를) 계속합니다. 가중치도 nan이 되므로 그 뒤로는 아무것도 학습하지 못합니다. {}",
    "{} goes on with nan, as Keras does: its numbers are nan. {}":
        "nan이 나왔지만 Keras처럼 {}을(를) 계속하며, 결과도 nan입니다. {}",
    "A cell of {} was left out.": "{} 셀은 건너뛰었습니다.",
    "Shell lines of the notebook are left out: {}": "노트북의 셸 명령은 건너뜁니다: {}",
    "Shell lines are left out: {}": "셸 명령은 건너뜁니다: {}",
    "Left out: {}": "건너뜀: {}",
    "google.colab is not here: put the files beside the script.": "google.colab이 없습니다. 파일을 스크립트 옆에 두십시오.",
    "google.colab is not here: {} is an ordinary folder of this computer, if it is there.":
        "google.colab이 없습니다. {}은(는) 이 컴퓨터의 보통 폴더로 다룹니다.",
    "append of frames is gone since pandas 2; pandas.concat stands for it.":
        "DataFrame.append는 pandas 2에서 없어져 pandas.concat으로 대신합니다.",
    "wandb is not installed: numbers are kept in memory and nothing is sent; nabi runs shows the runs.":
        "wandb가 설치되어 있지 않아 숫자를 메모리에만 두고 보내지 않습니다. 학습 기록은 nabi runs로 봅니다.",
    "{} is not installed: matplotlib draws plainly in its place.":
        "{}이(가) 설치되어 있지 않아 matplotlib으로 단순하게 그립니다.",
    "konlpy is not installed: Korean words are cut at spaces and common particles alone.":
        "konlpy가 설치되어 있지 않아 한국어 단어를 띄어쓰기와 흔한 조사에서만 자릅니다.",
    "keras_tuner's BayesianOptimization draws at random here; pip install keras_tuner has it.":
        "여기서는 keras_tuner의 BayesianOptimization이 값을 무작위로 뽑습니다. 본래의 것은 pip install keras_tuner로 설치합니다.",
    "ipywidgets is not here: functions of sliders are called once, with what they begin at.":
        "ipywidgets가 없어 슬라이더에 연결된 함수를 처음 값으로 한 번만 부릅니다.",
    "{}: {} by word today.": "{}: 지금은 {}에 이름을 붙여 줍니다.",
    "{}: {} is gone, and left out.": "{}: {} 인자는 없어졌으므로 뺍니다.",
    "{}: {} is gone from today's scikit-learn, and left out.": "{}: {} 인자는 지금의 scikit-learn에 없으므로 뺍니다.",
    "{}: random_state changes nothing without shuffle=True; it is left out.":
        "{}: shuffle=True가 없으면 random_state는 아무 역할도 하지 않으므로 뺍니다.",
    "{}() of groups leaves columns of text out, as before pandas 2.":
        "{}(): 그룹별로 계산할 때 pandas 2 이전처럼 문자 열은 뺍니다.",
    "{}() of a frame leaves columns of text out, as before pandas 2.": "{}(): pandas 2 이전처럼 문자 열은 빼고 계산합니다.",
    "str.replace({}) reads a regular expression, as before pandas 2.":
        "str.replace({}): pandas 2 이전처럼 정규 표현식으로 읽습니다.",
    "pandas no longer has the option {}.": "{}: 지금의 pandas에는 없는 옵션입니다.",
    "a column changed in place changes its frame, as before pandas 3.":
        "열을 제자리에서 바꾸면 pandas 3 이전처럼 데이터프레임도 바뀝니다.",
    "{} of a layer's call has no effect here.": "층을 부를 때 준 {}은(는) 여기서 효과가 없습니다.",
    "{} runs over all of them, as in Keras.": "{}: Keras처럼 전체를 처리합니다.",
    "class_weight={} has no effect, as in Keras 1 and 2.": "class_weight={}: Keras 1, 2처럼 효과가 없습니다.",
    "RemoteMonitor: nabi sends nothing; the run folder has the logs.":
        "RemoteMonitor: nabi는 아무것도 보내지 않습니다. 기록은 학습 기록 폴더에 있습니다.",
    "keras.distribution: nabi runs on one processor; nothing is distributed.":
        "keras.distribution: nabi는 프로세서 하나에서 돌며 나누어 계산하지 않습니다.",
    "%run {} was left out: there is no such file.": "%run {}: 그런 파일이 없어 건너뜁니다.",
    "class_weight as an array: read as {class: weight} in its order.": "배열로 준 class_weight를 클래스 순서대로 읽습니다.",
    "{}(monitor): expected a logged name, got {}. {} needs validation_data or validation_split in fit. {}":
        "{}(monitor): 기록에 {}이(가) 없습니다. {}은(는) fit에 validation_data나 validation_split이 있어야 나옵니다. {}",
}  # fmt: skip
