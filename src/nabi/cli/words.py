"""Words of the command line: every text that a person reads, in English and Korean."""

from nabi.core.language import say

WORDS: dict[str, tuple[str, str]] = {
    "nabi": (
        "Convolutional networks that train fast on an ordinary CPU and show their work.",
        "보통의 CPU에서 빠르게 학습하고 계산 과정을 보여 주는 합성곱 신경망.",
    ),
    "epilog": (
        "nabi COMMAND --help tells more. Results go to standard output, progress to standard error.",
        "자세한 설명: nabi 명령 --help. 결과는 표준 출력, 진행 상황은 표준 오류로 나갑니다.",
    ),
    "usage": ("usage", "사용법"),
    "arguments": ("arguments", "인자"),
    "options": ("options", "옵션"),
    "commands": ("commands", "명령"),
    "COMMAND": ("COMMAND", "명령"),
    "error": ("error", "오류"),
    "note": ("note", "알림"),
    "try help": ("See {prog} --help.", "{prog} --help 를 보세요."),
    "unknown": ("unknown {value}.", "{value}은(는) 알 수 없습니다."),
    "expected": ("expected {what}, got {got}.", "{what}이(가) 필요하지만 {got}을(를) 받았습니다."),
    "number": ("a number from {low}", "{low} 이상의 수"),
    "whole number": ("a whole number from {low}", "{low} 이상의 정수"),
    "interrupted": ("interrupted", "중단됨"),
    "stopped": ("Interrupted.", "중단했습니다."),
    "train": ("train a network and write a report", "신경망을 학습하고 보고서를 쓴다"),
    "train.long": (
        "Trains a network on a data set and writes a run folder: recipe, history, model, checkpoint, report.html.\nCtrl-C "
        "once finishes the batch and keeps everything; --resume goes on exactly where it stopped.",
        "데이터로 신경망을 학습하고 실행 폴더(레시피, 이력, 모델, 체크포인트, report.html)를 만듭니다.\nCtrl-C를 한 번 "
        "누르면 배치를 마치고 모두 저장하며, --resume으로 멈춘 곳에서 정확히 이어집니다.",
    ),
    "evaluate": ("measure a model on a test set", "시험 데이터로 모델을 평가한다"),
    "evaluate.long": (
        "Measures a model on the test part of a data set: accuracy with its 95 % interval, loss, each class.",
        "데이터의 시험 부분으로 모델을 평가합니다: 정확도와 95 % 신뢰구간, 손실, 클래스별 값.",
    ),
    "predict": ("classify pictures", "그림을 분류한다"),
    "predict.long": (
        "Classifies pictures (PNG, JPEG, ...), arrays (.npy) or idx files; the model's card says how to prepare them.",
        "그림(PNG, JPEG 등), 배열(.npy), idx 파일을 분류합니다. 전처리는 모델 카드에 적힌 대로 합니다.",
    ),
    "summary": ("show the layers of a model or network", "모델이나 신경망의 층을 보여 준다"),
    "summary.long": (
        "Shows each layer's output shape, parameters, multiply-adds, memory and receptive field.",
        "층마다 출력 형태, 매개변수, 곱셈-덧셈 수, 메모리, 수용 영역을 보여 줍니다.",
    ),
    "runs": ("list and compare runs", "실행을 나열하고 비교한다"),
    "runs.long": ("Lists runs, or sets them side by side.", "실행을 나열하거나 나란히 비교합니다."),
    "runs.list": ("one line a run", "실행마다 한 줄"),
    "runs.list.long": ("One line a run, oldest first.", "실행마다 한 줄, 오래된 것부터."),
    "runs.compare": (
        "what differs, and whether the difference is more than noise",
        "무엇이 다르고 그 차이가 우연 이상인지",
    ),
    "runs.compare.long": (
        "Sets runs side by side: recipes, results, and whether accuracies differ by more than chance.",
        "실행을 나란히 비교합니다: 레시피, 결과, 정확도 차이가 우연 이상인지.",
    ),
    "doctor": ("check this machine: versions, kernels, data", "이 컴퓨터를 점검한다: 버전, 커널, 데이터"),
    "doctor.long": (
        "Says what nabi finds on this machine, what is missing, and what to do about it.",
        "이 컴퓨터에 있는 것과 없는 것, 그리고 해결 방법을 알려 줍니다.",
    ),
    "help.help": ("show this help", "이 도움말을 보인다"),
    "help.json": ("print the result as JSON", "결과를 JSON으로 출력한다"),
    "help.data": ("data set: {sets} (default digits)", "데이터: {sets} (기본값 digits)"),
    "help.other_data": (
        "data set: {sets} (default: the one it was trained on)",
        "데이터: {sets} (기본값: 학습에 쓴 것)",
    ),
    "help.model": (
        "network, such as lecture-cnn (default) or lecture-dense",
        "신경망, 예: lecture-cnn (기본값), lecture-dense",
    ),
    "help.a_model": (
        "a .safetensors file, a run folder, or a run's name in runs/",
        ".safetensors 파일, 실행 폴더, 또는 runs/ 안의 실행 이름",
    ),
    "help.model_or_network": (
        "a .safetensors file, a run folder, or a network such as lecture-cnn",
        ".safetensors 파일, 실행 폴더, 또는 lecture-cnn 같은 신경망 이름",
    ),
    "help.epochs": ("passes over the training data (default 12)", "학습 데이터를 도는 횟수 (기본값 12)"),
    "help.batch_size": ("samples of one gradient (default 200)", "기울기 한 번에 쓰는 표본 수 (기본값 200)"),
    "help.at_once": ("samples computed at once (default 256)", "한 번에 계산하는 표본 수 (기본값 256)"),
    "help.optimizer": ("such as adam (default), sgd, rmsprop", "예: adam (기본값), sgd, rmsprop"),
    "help.learning_rate": ("learning rate (default: the optimizer's own)", "학습률 (기본값: 옵티마이저의 값)"),
    "help.schedule": (
        "constant (default), or cosine: down to 0",
        "constant (기본값), 또는 0까지 내려가는 cosine",
    ),
    "help.seed": (
        "the same seed gives the same numbers (default: drawn and recorded)",
        "같은 시드는 같은 수를 낸다 (기본값: 뽑아서 기록)",
    ),
    "help.precision": ("{names}", "{names}"),
    "help.validation_split": (
        "share held out to choose the best epoch (default 0.1)",
        "최적 에포크를 고르려고 떼어 두는 비율 (기본값 0.1)",
    ),
    "help.patience": (
        "stop after so many epochs without a better val_loss",
        "val_loss가 나아지지 않으면 이만큼의 에포크 뒤에 멈춘다",
    ),
    "help.name": ("name of the run", "실행의 이름"),
    "help.out": ("folder of the run folders (default runs)", "실행 폴더를 두는 곳 (기본값 runs)"),
    "help.where": ("folder of the runs (default runs)", "실행이 있는 폴더 (기본값 runs)"),
    "help.recipe": (
        "start from a recipe: a TOML file, or demo; other options change it",
        "레시피(TOML 파일 또는 demo)에서 시작한다. 다른 옵션은 이를 바꾼다",
    ),
    "help.resume": ("go on with a stopped run", "멈춘 실행을 이어서 한다"),
    "help.dry_run": ("show what would be trained, and end", "무엇을 학습할지만 보이고 끝낸다"),
    "help.quiet": ("no progress", "진행 상황을 보이지 않는다"),
    "help.files": ("pictures, .npy arrays or idx files", "그림, .npy 배열, idx 파일"),
    "help.top": ("how many classes to show (default 3)", "보일 클래스 수 (기본값 3)"),
    "help.invert": (
        "yes, no, or auto: dark writing on light paper is inverted for a model of ink values",
        "yes, no, auto: 잉크 값 모델이면 밝은 종이의 어두운 글씨를 뒤집는다",
    ),
    "help.csv": ("print the result as CSV", "결과를 CSV로 출력한다"),
    "help.show": ("arithmetic: how each number comes about", "arithmetic: 각 수의 계산 과정"),
    "help.runs": ("run folders, or names of runs", "실행 폴더 또는 실행 이름"),
    "accuracy line": (
        "accuracy  {accuracy} ({correct:,} of {total:,} test samples)   95 % interval {low} to {high}   baseline {baseline}",
        "정확도    {accuracy} (시험 표본 {total:,}개 중 {correct:,}개)   95 % 신뢰구간 {low} ~ {high}   기준선 {baseline}",
    ),
    "time line": (
        "training  {seconds}, {epochs} epochs, {pace} images a second",
        "학습      {seconds}, {epochs} 에포크, 초당 {pace}장",
    ),
    "model line": ("model     {path}", "모델      {path}"),
    "report line": ("report    {path}", "보고서    {path}"),
    "loss line": ("loss      {loss}", "손실      {loss}"),
    "no runs": ("No runs in {out}.", "{out}에 실행이 없습니다."),
    "resume line": ("resume with: nabi train --resume {path}", "이어서 하기: nabi train --resume {path}"),
    "cut short": (
        "Interrupted: evaluating what was learned so far (Ctrl-C again ends at once).",
        "중단: 지금까지 배운 것을 평가합니다 (Ctrl-C를 다시 누르면 바로 끝납니다).",
    ),
    "begin": (
        "{model} on {data}: {parameters:,} parameters, {train:,} training and {test:,} test samples, seed {seed}",
        "{data} 데이터의 {model}: 매개변수 {parameters:,}개, 학습 표본 {train:,}개, 시험 표본 {test:,}개, 시드 {seed}",
    ),
    "seen": (
        "{data} and {other} share pictures: this model may have learned the test samples, so the figure says little.",
        "{data}와(과) {other}는 같은 그림을 담고 있습니다. 시험 표본을 이미 배웠을 수 있어 이 값은 믿을 수 없습니다.",
    ),
    "file": ("file", "파일"),
    "class": ("class", "클래스"),
    "precision": ("precision", "정밀도"),
    "recall": ("recall", "재현율"),
    "samples": ("samples", "표본"),
    "run": ("run", "실행"),
    "data": ("data", "데이터"),
    "network": ("network", "신경망"),
    "epochs": ("epochs", "에포크"),
    "test": ("test accuracy", "시험 정확도"),
    "validation": ("best val_accuracy", "최고 val_accuracy"),
    "state": ("state", "상태"),
    "finished": ("finished", "마침"),
    "failed": ("failed", "실패"),
    "unfinished": ("unfinished", "끝나지 않음"),
    "seconds": ("seconds", "초"),
}


def t(key: str, **values: object) -> str:
    """The text of a key in the user's language."""
    return say(WORDS, key, **values)
