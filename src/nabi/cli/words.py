"""Words of the command line: every text that a person reads, in English and Korean."""

from nabi.cli.words_comparing import COMPARING
from nabi.cli.words_drawing import DRAWING
from nabi.cli.words_figures import FIGURES
from nabi.cli.words_film import FILMING
from nabi.cli.words_race import RACING
from nabi.cli.words_reading import READING
from nabi.cli.words_running import RUNNING
from nabi.cli.words_seeing import SEEING
from nabi.core.language import say

WORDS: dict[str, tuple[str, str]] = COMPARING | DRAWING | FIGURES | FILMING | RACING | READING | RUNNING | SEEING | {
    "nabi": (
        "Convolutional networks that train fast on an ordinary CPU and show their work.",
        "보통 CPU에서도 빠르게 학습하고, 계산 과정을 보여 주는 합성곱 신경망 라이브러리입니다.",
    ),
    "epilog": (
        "nabi COMMAND --help tells more. Results go to standard output, progress to standard error.",
        "자세한 설명은 'nabi 명령 --help'를 보십시오. 결과는 표준 출력으로, 진행 상황은 표준 오류로 나갑니다.",
    ),
    "usage": ("usage", "사용법"),
    "arguments": ("arguments", "인자"),
    "options": ("options", "옵션"),
    "commands": ("commands", "명령"),
    "COMMAND": ("COMMAND", "명령"),
    "error": ("error", "오류"),
    "note": ("note", "알림"),
    "try help": ("See {prog} --help.", "'{prog} --help'를 보십시오."),
    "unknown": ("unknown {value}.", "{value}은(는) 알 수 없습니다."),
    "expected": ("expected {what}, got {got}.", "{what}이(가) 필요하지만 {got}입니다."),
    "required": ("Missing: {names}.", "{names}이(가) 빠졌습니다."),
    "needs value": ("{option} needs a value.", "{option}에는 값이 필요합니다."),
    "takes none": ("{option} takes no value.", "{option}에는 값을 줄 수 없습니다."),
    "number": ("a number from {low}", "{low} 이상의 수"),
    "whole number": ("a whole number from {low}", "{low} 이상의 정수"),
    "interrupted": ("interrupted", "중단됨"),
    "stopped": ("Interrupted.", "중단했습니다."),
    "train": ("train a network and write a report", "신경망을 학습하고 보고서를 씁니다"),
    "train.long": (
        "Trains a network on a data set and writes a run folder: recipe, history, model, checkpoint, report.html.\nCtrl-C "
        "once finishes the batch and keeps everything; --resume goes on exactly where it stopped.",
        "데이터로 신경망을 학습하고 학습 기록 폴더를 만듭니다. 폴더에는 레시피, 이력, 모델, 체크포인트, report.html이 들어 "
        "있습니다.\nCtrl-C를 한 번 누르면 하던 배치를 마치고 모두 저장합니다. --resume을 주면 멈춘 곳에서 그대로 "
        "이어집니다.",
    ),
    "tune": ("search for better hyper-parameters", "더 좋은 하이퍼파라미터를 찾습니다"),
    "tune.long": (
        "Trains many short trials of a recipe, each with other values, gives bad ones up early, and shows which were best\n"
        "on the validation samples. The test set is not looked at. Values are drawn by Optuna's TPE.\n"
        "Ctrl-C once finishes the batch and keeps everything; --resume goes on with the search.\n\n"
        "  --vary learning_rate=1e-4..1e-2   a range; logarithmic from a factor of 10 on, or by log: and lin:\n"
        "  --vary learning_rate=x0.1..x10    so many times the optimizer's own rate\n"
        "  --vary batch_size=16..256         whole numbers, as both ends are; int:16..256 says so\n"
        "  --vary optimizer=adam,sgd         one of these\n"
        "  --vary model.width=0.5,1,2        an argument of the network; optimizer.momentum, augment.rotation likewise\n\n"
        "Without --vary: the learning rate from a tenth to ten times the optimizer's own, batches of 32, 64, 128 or 256, and\n"
        "adam, sgd or rmsprop, but for what other options set.",
        "레시피를 값만 바꾸어 짧게 여러 번 학습하고, 나쁜 시도는 일찍 포기하고, 검증 표본에서 무엇이 가장 좋았는지 보여 줍니다.\n"
        "시험 데이터는 보지 않습니다. 값은 Optuna의 TPE로 고릅니다.\n"
        "Ctrl-C를 한 번 누르면 하던 배치를 마치고 모두 저장합니다. --resume을 주면 탐색이 이어집니다.\n\n"
        "  --vary learning_rate=1e-4..1e-2   범위. 양 끝이 10배 이상 차이 나면 로그 눈금이며, log:와 lin:으로 정할 수 있습니다\n"
        "  --vary learning_rate=x0.1..x10    옵티마이저 기본 학습률의 배수\n"
        "  --vary batch_size=16..256         양 끝이 정수이면 정수만. int:16..256으로 정할 수 있습니다\n"
        "  --vary optimizer=adam,sgd         이 중 하나\n"
        "  --vary model.width=0.5,1,2        신경망의 인자. optimizer.momentum, augment.rotation도 같습니다\n\n"
        "--vary가 없으면 학습률(옵티마이저 기본값의 0.1배 ~ 10배), 배치 크기(32, 64, 128, 256), 옵티마이저(adam, sgd, rmsprop)\n"
        "가운데 다른 옵션으로 정하지 않은 것을 바꿉니다.",
    ),
    "evaluate": ("measure a model on a test set", "시험 데이터로 모델을 평가합니다"),
    "evaluate.long": (
        "Measures a model on the test part of a data set: accuracy with its 95 % interval, loss, each class. A folder of one's "
        "own\npictures with a folder for each class works as well: nabi evaluate MODEL FOLDER.",
        "데이터의 시험 부분으로 모델을 평가합니다. 정확도와 95 % 신뢰구간, 손실, 클래스별 값을 보여 줍니다.\n"
        "클래스마다 하위 폴더가 있는 그림 폴더도 됩니다: nabi evaluate MODEL FOLDER.",
    ),
    "predict": ("classify pictures", "그림을 분류합니다"),
    "predict.long": (
        "Classifies pictures (PNG, JPEG, ...), arrays (.npy), idx files, or the pictures of a folder; the model's card says how "
        "to\nprepare them. A model of --crop faces reads the largest face of a picture, and the answer says of how many.",
        "그림(PNG, JPEG 등), 배열(.npy), idx 파일이나 폴더에 든 그림을 분류합니다. 전처리는 모델 카드에 적힌 대로 합니다.\n"
        "--crop faces로 학습한 모델은 가장 큰 얼굴 하나만 읽으며, 얼굴이 여럿이면 몇 개 가운데인지 알려 줍니다.",
    ),
    "summary": ("show the layers of a model or network", "모델이나 신경망의 층을 보여 줍니다"),
    "summary.long": (
        "Shows each layer's output shape, parameters, multiply-adds, memory and receptive field.",
        "층마다 출력 형태, 매개변수, 곱셈-덧셈 수, 메모리, 수용 영역을 보여 줍니다.",
    ),
    "runs": ("list and compare runs", "학습 기록을 나열하고 비교합니다"),
    "runs.long": (
        "Lists runs, as `nabi runs` does by itself, or sets them side by side.",
        "학습 기록을 나열하거나 나란히 비교합니다. `nabi runs`만 쓰면 나열합니다.",
    ),
    "runs.list": ("one line a run", "학습 기록을 한 줄에 하나씩 보여 줍니다"),
    "runs.list.long": ("One line a run, oldest first.", "학습 기록을 오래된 것부터 한 줄에 하나씩 보여 줍니다."),
    "runs.compare": (
        "what differs, and whether the difference is more than noise",
        "무엇이 다르고, 그 차이가 우연이 아닌지 보여 줍니다",
    ),
    "runs.compare.long": (
        "Sets runs side by side: recipes, results, and whether accuracies differ by more than chance.",
        "학습 기록을 나란히 비교합니다. 레시피와 결과를 보여 주고, 정확도 차이가 우연이 아닌지 검정합니다.",
    ),
    "data": ("look at pictures before training", "학습하기 전에 그림을 살펴봅니다"),
    "data.long": ("Looks at pictures before training.", "학습하기 전에 그림을 살펴봅니다."),
    "data.preview": ("what augmentation makes of pictures", "데이터 증강이 그림을 어떻게 바꾸는지 보여 줍니다"),
    "data.preview.long": (
        "Writes a sheet of variants of a picture, or of some of a folder's, made by the layers of training.\nWithout --augment "
        "the sheet shows what each known word does.",
        "그림 한 장이나 폴더의 그림 몇 장을 학습 때와 같은 층으로 바꾸어 한 장의 PNG에 모읍니다.\n--augment가 없으면 단어마다 "
        "어떤 효과가 있는지 보여 줍니다.",
    ),
    "data.curve": ("accuracy against the number of pictures: would more help?", "그림 수에 따른 정확도: 더 모으면 좋아질까요?"),
    "data.curve.long": (
        "Trains on ever more of the training pictures, with several seeds, and shows the test accuracy against their number,\n"
        "as a table and as a figure. DATA, --model and the other options are those of nabi train; each run takes as many steps\n"
        "as the one on all pictures, though at most four times as many epochs. Ctrl-C keeps everything; --resume goes on.",
        "학습 그림의 수를 늘려 가며 시드를 바꾸어 여러 번 학습하고, 그림 수에 따른 시험 정확도를 표와 그림으로 보여 줍니다.\n"
        "DATA, --model 같은 옵션은 nabi train과 같습니다. 학습마다 그림을 모두 쓸 때와 같은 스텝 수만큼, 다만 에포크는\n"
        "4배까지만 학습합니다. Ctrl-C를 눌러도 모두 남고, --resume을 주면 이어집니다.",
    ),
    "help.curve_epochs": ("epochs of the run on all pictures", "그림을 모두 쓸 때의 에포크 수"),
    "help.sizes": (
        "numbers of training pictures (default: all, a half, a quarter, ... as far as each class keeps four)",
        "학습 그림 수 (기본값: 전체, 1/2, 1/4, ... 클래스마다 네 장이 남을 때까지)",
    ),
    "help.seeds": ("runs for each number (default 3)", "그림 수마다 학습할 횟수 (기본값 3)"),
    "help.resume_curve": ("go on with a stopped curve", "멈춘 곡선을 이어서 합니다"),
    "data.check": ("find damaged, repeated, odd and mislabelled pictures", "손상되거나 겹치거나 라벨이 틀린 그림을 찾습니다"),
    "data.check.long": (
        "Looks at every picture of a folder, table or archive before training: what is damaged, what is there twice, also\n"
        "across train and test and under two labels, what is odd; with --labels, which labels are probably wrong. Writes a\n"
        "page with the pictures, and quarantine.txt, which nabi train skips. Nothing else is changed.",
        "폴더, 표, 묶음 파일의 그림을 학습하기 전에 모두 살펴봅니다. 손상된 그림, 겹치는 그림(학습과 시험에 모두 있거나\n"
        "라벨이 둘인 것도), 특이한 그림을 찾고, --labels를 주면 틀린 것 같은 라벨도 찾습니다. 그림이 든 보고서와\n"
        "quarantine.txt를 쓰며, nabi train은 여기 적힌 그림을 제외합니다. 그 밖에는 아무것도 바꾸지 않습니다.",
    ),
    "help.checked": ("folder, table or archive of pictures; .npz, idx", "그림이 든 폴더, 표, 묶음 파일, .npz, idx"),
    "help.labels": (
        "judge the labels by cross-validation: network, features (nabi[pretrained]) or auto (takes a while)",
        "교차 검증으로 라벨을 판정합니다: network, features (nabi[pretrained]), auto (시간이 걸립니다)",
    ),
    "help.page": ("the page (default check.html)", "저장할 보고서 (기본값 check.html)"),
    "help.quarantine": (
        "the list of what is left out (default: quarantine.txt in the folder, or beside the file)",
        "제외할 그림의 목록 (기본값: 폴더 안이나 파일 옆의 quarantine.txt)",
    ),
    "help.source": ("a picture's file, or a folder or archive of pictures", "그림 파일, 또는 그림이 든 폴더나 묶음 파일"),
    "help.augment": (
        "words in their order, each with a strength or without: flip,rotate=0.1,contrast=0.1:0.3",
        "차례대로 적용할 단어, 필요하면 세기도 함께: flip,rotate=0.1,contrast=0.1:0.3",
    ),
    "help.count": ("variants of each picture (default 8)", "그림마다 만들 변형의 수 (기본값 8)"),
    "help.preview_size": ("side of the pictures in pixels (default 96)", "그림 한 변의 픽셀 수 (기본값 96)"),
    "help.preview_seed": ("another seed gives other variants (default 0)", "시드가 다르면 변형도 달라집니다 (기본값 0)"),
    "help.sheet": ("the sheet (default preview.png)", "저장할 PNG 파일 (기본값 preview.png)"),
    "no face": ("no face", "얼굴 없음"),
    "no face in": ("{name}: no face in {n:,} frames.", "{name}: 프레임 {n:,}개에서 얼굴을 찾지 못했습니다."),
    "frames a second": ("frames/s", "프레임/초"),
    "picture line": ("picture   {path}", "그림      {path}"),
    "doctor": ("check this machine: versions, kernels, data", "이 컴퓨터의 버전, 커널, 데이터를 점검합니다"),
    "doctor.long": (
        "Says what nabi finds on this machine, what is missing, and what to do about it.",
        "이 컴퓨터에 있는 것과 없는 것, 그리고 해결 방법을 알려 줍니다.",
    ),
    "help.help": ("show this help", "이 도움말을 보여 줍니다"),
    "help.version": ("show the version", "버전을 보여 줍니다"),
    "help.json": ("print the result as JSON", "결과를 JSON으로 출력합니다"),
    "help.data": (
        "data set: {sets} (default digits); or a folder, table or archive of pictures",
        "데이터: {sets} (기본값 digits), 또는 그림이 든 폴더, 표, 묶음 파일",
    ),
    "help.size": (
        "of one's own pictures: side in pixels (default: their own, at most 64 where they differ)",
        "그림 폴더: 한 변의 픽셀 수 (기본값: 그림의 크기, 서로 다르면 64까지)",
    ),
    "help.fit": (
        "of one's own pictures: pad (default), crop or stretch",
        "그림 폴더: pad는 여백을 더하고(기본값), crop은 가운데를 자르고, stretch는 늘립니다",
    ),
    "help.other_data": (
        "data set: {sets}; or a folder of pictures, a subfolder for each class (default: the one it was trained on)",
        "데이터: {sets}, 또는 클래스마다 하위 폴더가 있는 그림 폴더 (기본값: 학습에 쓴 것)",
    ),
    "help.model": (
        "network, such as lecture-cnn (default) or fast-pictures (default of one's own pictures)",
        "신경망, 예: lecture-cnn (기본값), fast-pictures (그림 폴더의 기본값)",
    ),
    "help.weights": (
        "imagenet: trained weights and a new head, for a folder of pictures (efficientnet-lite0; default: random ones)",
        "imagenet: ImageNet으로 학습한 가중치와 새 분류층, 그림 폴더용 (efficientnet-lite0. 기본값: 무작위)",
    ),
    "help.depth": (
        "with --weights: head (default) learns the new head alone, top the last layers too, all every layer",
        "--weights와 함께: head(기본값)는 새 분류층만, top은 위쪽 층까지, all은 모든 층을 학습합니다",
    ),
    "help.a_model": (
        "a .safetensors file, a run folder, or a run's name in runs/",
        ".safetensors 파일, 학습 기록 폴더, 또는 runs/ 안의 학습 기록 이름",
    ),
    "help.model_or_network": (
        "a .safetensors file, a run folder, or a network such as lecture-cnn",
        ".safetensors 파일, 학습 기록 폴더, 또는 lecture-cnn 같은 신경망 이름",
    ),
    "help.epochs": (
        "passes over the training data (default 12; of one's own pictures 8 to 40, by their number)",
        "학습 데이터를 되풀이하는 횟수 (기본값 12. 그림 폴더는 그림 수에 따라 8 ~ 40)",
    ),
    "help.trial_epochs": (
        "passes over the training data in a trial (default 5, or the recipe's)",
        "시도마다 학습 데이터를 되풀이하는 횟수 (기본값 5, 또는 레시피의 값)",
    ),
    "help.vary": ("what to vary, see above; may be given several times", "바꿀 것 (위 설명 참고). 여러 번 줄 수 있습니다"),
    "help.trials": ("how many trials in all (default 20)", "시도의 수 (기본값 20)"),
    "help.time": (
        "begin no trial after this long: 90s, 10m, 1h30m",
        "이 시간이 지나면 새 시도를 시작하지 않습니다: 90s, 10m, 1h30m",
    ),
    "help.resume_search": ("go on with a stopped search", "멈춘 탐색을 이어서 합니다"),
    "a time": ("a time such as 90s, 10m or 1h30m", "90s, 10m, 1h30m 같은 시간"),
    "help.batch_size": (
        "samples of one gradient (default 200; of one's own pictures 32, 64 or 128, by their number)",
        "기울기를 한 번 구할 때 쓰는 표본 수 (기본값 200. 그림 폴더는 그림 수에 따라 32, 64, 128)",
    ),
    "help.at_once": ("samples computed at once (default 256)", "한 번에 계산하는 표본 수 (기본값 256)"),
    "help.optimizer": ("such as adam (default), sgd, rmsprop", "예: adam (기본값), sgd, rmsprop"),
    "help.learning_rate": (
        "learning rate (default: the optimizer's own; of one's own pictures 0.004)",
        "학습률 (기본값: 옵티마이저의 기본값. 그림 폴더는 0.004)",
    ),
    "help.crop": (
        "faces: learn the largest face of each picture (root/person/*.jpg); one without a face is left out",
        "faces: 그림마다 가장 큰 얼굴만 학습합니다(root/사람/*.jpg). 얼굴이 없는 그림은 제외합니다",
    ),
    "help.sampling": (
        "balanced: draw every class equally often, instead of weighing uneven ones",
        "balanced: 고르지 않은 클래스에 가중치를 주는 대신 모든 클래스를 똑같은 횟수로 뽑습니다",
    ),
    "help.schedule": (
        "constant (default), cosine: down to 0, or one-cycle (of one's own pictures): up, then down to 0",
        "constant (기본값), 0까지 줄이는 cosine, 또는 올렸다가 0까지 줄이는 one-cycle (그림 폴더의 기본값)",
    ),
    "help.seed": (
        "the same seed gives the same numbers (default: drawn and recorded)",
        "시드가 같으면 결과도 같습니다 (기본값: 무작위로 뽑아 기록)",
    ),
    "help.precision": ("{names}", "{names}"),
    "help.validation_split": (
        "share held out to choose the best epoch (default 0.1)",
        "가장 좋은 에포크를 고르려고 떼어 두는 비율 (기본값 0.1)",
    ),
    "help.patience": (
        "stop after so many epochs without a better val_loss",
        "val_loss가 이만큼의 에포크 동안 나아지지 않으면 멈춥니다",
    ),
    "help.name": ("name of the run", "학습 기록의 이름"),
    "help.out": ("folder of the run folders (default runs)", "학습 기록 폴더를 만들 곳 (기본값 runs)"),
    "help.where": ("folder of the runs (default runs)", "학습 기록이 있는 폴더 (기본값 runs)"),
    "help.recipe": (
        "start from a recipe: a TOML file, demo, or for mnist fast or accurate; other options change it",
        "레시피(TOML 파일, demo, mnist에는 fast와 accurate도)로 시작합니다. 다른 옵션이 레시피보다 우선합니다",
    ),
    "help.resume": ("go on with a stopped run", "멈춘 학습을 이어서 합니다"),
    "help.dry_run": ("show what would be trained, and end", "무엇을 학습할지 보여 주기만 합니다"),
    "help.quiet": ("no progress", "진행 상황을 보여 주지 않습니다"),
    "help.files": ("pictures, folders of pictures, .npy arrays or idx files", "그림, 그림 폴더, .npy 배열, idx 파일"),
    "largest": ("largest of {n} faces", "얼굴 {n}개 중 가장 큰 것"),
    "help.top": ("how many classes to show (default 3)", "보여 줄 클래스 수 (기본값 3)"),
    "help.invert": (
        "yes, no, or auto: dark writing on light paper is inverted for a model of ink values",
        "yes, no, auto: auto는 잉크 값을 배운 모델일 때 밝은 종이의 어두운 글씨를 뒤집습니다",
    ),
    "help.csv": ("print the result as CSV", "결과를 CSV로 출력합니다"),
    "help.show": ("arithmetic: how each number comes about", "arithmetic: 각 숫자가 나온 계산 과정"),
    "help.runs": ("run folders, or names of runs", "학습 기록 폴더, 또는 학습 기록의 이름"),
    "accuracy line": (
        "accuracy  {accuracy} ({correct:,} of {total:,} test samples)\n          95 % interval {low} to {high}, baseline "
        "{baseline}",
        "정확도    {accuracy} (시험 표본 {total:,}개 중 {correct:,}개)\n          95 % 신뢰구간 {low} ~ {high}, 기준선 "
        "{baseline}",
    ),
    "time line": (
        "training  {seconds}, {epochs}, {pace} images a second",
        "학습      {seconds}, {epochs}, 초당 {pace}장",
    ),
    "model line": ("model     {path}", "모델      {path}"),
    "report line": ("report    {path}", "보고서    {path}"),
    "loss line": ("loss      {loss}", "손실      {loss}"),
    "no runs": ("No runs in {out}.", "{out} 폴더에 학습 기록이 없습니다."),
    "resume line": ("resume with: nabi train --resume {path}", "이어서 학습하려면: nabi train --resume {path}"),
    "seen": (
        "{data} and {other} share pictures: this model may have learned the test samples, so the figure says little.",
        "{data}와(과) {other}에는 같은 그림이 있습니다. 모델이 시험 표본을 이미 배웠을 수 있으므로 이 값은 믿기 어렵습니다.",
    ),
    "training samples": ("training samples", "학습 표본"),
    "validation samples": ("validation samples", "검증 표본"),
    "test samples": ("test samples", "시험 표본"),
    "steps": ("steps", "스텝"),
    "parameters": ("parameters", "매개변수"),
    "file": ("file", "파일"),
    "class": ("class", "클래스"),
    "answer n": ("answer {n}", "답 {n}"),
    "probability": ("probability", "확률"),
    "precision": ("precision", "정밀도"),
    "recall": ("recall", "재현율"),
    "samples": ("samples", "표본 수"),
    "the run": ("run", "학습 기록"),
    "data set": ("data", "데이터"),
    "network": ("network", "신경망"),
    "epochs": ("epochs", "에포크"),
    "kept": ("kept epoch", "저장한 에포크"),
    "test": ("test accuracy", "시험 정확도"),
    "validation": ("val_accuracy", "val_accuracy"),
    "state": ("state", "상태"),
    "finished": ("finished", "마침"),
    "failed": ("failed", "실패"),
    "pruned": ("pruned", "중도 포기"),
    "unfinished": ("unfinished", "끝나지 않음"),
    "seconds": ("{n} seconds", "{n}초"),
    "one epoch": ("1 epoch", "1 에포크"),
    "epochs done": ("{n} epochs", "{n} 에포크"),
    "d.nabi": ("nabi", "nabi"),
    "d.torch": ("torch", "torch"),
    "d.processor": ("processor", "프로세서"),
    "d.threads": ("threads", "스레드"),
    "d.bfloat16": ("bfloat16", "bfloat16"),
    "d.kernels": ("kernels", "커널"),
    "d.cache": ("cache", "캐시"),
    "d.compiled": ("compiled kernels", "컴파일된 커널"),
    "d.data": ("data {rest}", "데이터 {rest}"),
    "d.extras": ("extras", "선택 패키지"),
    "d.font": ("Korean font", "한글 글꼴"),
    "d.no torch": ("cannot be imported: {error}", "불러올 수 없습니다: {error}"),
    "d.install torch": (
        "Install it: pip install torch==2.13.0 (a CPU build is enough).",
        "설치하십시오: pip install torch==2.13.0 (CPU 빌드면 충분합니다).",
    ),
    "d.cuda": ("{version}, a CUDA build, and no GPU here", "{version}. CUDA 빌드이지만 GPU가 없습니다"),
    "d.take cpu": (
        "The CPU build does the same and is several gigabytes smaller: see README, Start.",
        "CPU 빌드도 똑같이 동작하며 몇 기가바이트 작습니다. README의 '시작하기'를 보십시오.",
    ),
    "d.so many": ("{threads} of torch, {cores} processors", "torch 스레드 {threads}개, 프로세서 {cores}개"),
    "d.fewer": (
        "More threads than processors slow each other down: OMP_NUM_THREADS={cores}.",
        "스레드가 프로세서보다 많으면 서로 느려집니다. OMP_NUM_THREADS={cores}(으)로 정하십시오.",
    ),
    "d.native": (
        "native: precision 'auto' uses it in classifiers",
        "지원합니다. 분류 모델에서 precision 'auto'가 씁니다",
    ),
    "d.not native": (
        "not native: precision 'auto' means float32",
        "지원하지 않습니다. precision 'auto'는 float32가 됩니다",
    ),
    "d.plain": ("plain: {why}", "기본 구현: {why}"),
    "d.fused": ("fused", "융합 커널"),
    "d.unwritable": ("{path} cannot be written", "{path}에 쓸 수 없습니다"),
    "d.set cache": (
        "Downloads and decoded data need it: set XDG_CACHE_HOME to a folder that can be written.",
        "내려받은 데이터를 둘 곳입니다. XDG_CACHE_HOME을 쓸 수 있는 폴더로 정하십시오.",
    ),
    "d.kept": ("kept near {path}", "{path} 아래에 보관합니다"),
    "d.not kept": ("cannot be kept", "보관할 수 없습니다"),
    "d.set numba": (
        "They are compiled anew in each process, some seconds: set NUMBA_CACHE_DIR.",
        "프로세스마다 몇 초씩 다시 컴파일합니다. NUMBA_CACHE_DIR을 정하십시오.",
    ),
    "d.not here": ("not here", "없음"),
    "d.get data": (
        "It is downloaded when first used, or put its files where NABI_DATA points.",
        "처음 쓸 때 내려받습니다. 또는 NABI_DATA가 가리키는 폴더에 파일을 두십시오.",
    ),
    "d.put data": (
        "It is not downloaded: put {file} where NABI_DATA points.",
        "내려받지 않습니다. {file} 파일을 NABI_DATA가 가리키는 폴더에 두십시오.",
    ),
    "d.get extras": ("pip install -e '.[all]' brings them.", "pip install -e '.[all]' 명령으로 설치합니다."),
    "d.hangul": ("there, for figures", "있음 (그림에 씁니다)"),
    "d.no hangul": ("none: Hangul in figures (.png) appears as boxes", "없음. 그림(.png)의 한글이 네모로 나옵니다"),
    "d.get font": (
        "On Debian: apt install fonts-noto-cjk.",
        "데비안에서는 apt install fonts-noto-cjk 명령으로 설치합니다.",
    ),
}


def t(key: str, **values: object) -> str:
    """The text of a key in the user's language."""
    return say(WORDS, key, **values)
