"""Words of the report: every text on the page, in English and Korean."""

from nabi.core.language import say
from nabi.lab.report.words_inside import INSIDE

WORDS: dict[str, tuple[str, str]] = {
    "title": ("{model} on {data}", "{data} 데이터로 학습한 {model}"),
    "accuracy": ("test accuracy", "시험 정확도"),
    "right": (
        "{correct:,} of {total:,} test samples were read right.",
        "시험 표본 {total:,}개 중 {correct:,}개를 맞혔습니다.",
    ),
    "interval": ("95 % interval", "95 % 신뢰구간"),
    "interval is": ("{low} to {high}", "{low} ~ {high}"),
    "baseline": ("baseline", "기준선"),
    "baseline is": ("always answering the most frequent class: {share}", "늘 가장 흔한 클래스로 답할 때: {share}"),
    "validation only": (
        "on the validation samples, epoch {epoch}; no test set was given",
        "검증 표본으로 잰 값입니다({epoch}번째 에포크). 시험 데이터는 주어지지 않았습니다.",
    ),
    "test unread": (
        "on the validation samples, epoch {epoch}; the test set was not looked at",
        "검증 표본으로 잰 값입니다({epoch}번째 에포크). 시험 데이터는 보지 않았습니다.",
    ),
    "best val_accuracy": ("validation accuracy", "검증 정확도"),
    "best val_loss": ("validation loss", "검증 손실"),
    "last loss": ("training loss", "학습 손실"),
    "last epoch": (
        "after epoch {epoch}; neither validation nor test data were given",
        "{epoch}번째 에포크까지 학습한 값입니다. 검증 데이터와 시험 데이터는 주어지지 않았습니다.",
    ),
    "time": ("training time", "학습 시간"),
    "pace": ("images a second", "초당 이미지 수"),
    "parameters": ("parameters", "매개변수"),
    "epochs": ("epochs", "에포크"),
    "loss": ("test loss", "시험 손실"),
    "interrupted": (
        "Ctrl-C ended this run early. It goes on with: {command}",
        "Ctrl-C로 일찍 끝난 학습입니다. 이어서 학습하려면: {command}",
    ),
    "failed": ("Training failed: {why}", "학습에 실패했습니다: {why}"),
    "pruned": (
        "The search gave this trial up after epoch {epoch}: others were better by then.",
        "탐색 중에 {epoch}번째 에포크 뒤 포기한 시도입니다. 그때까지 다른 시도들이 더 좋았습니다.",
    ),
    "curves": ("Learning curves", "학습 곡선"),
    "two": ("'{name}', yes or no", "'{name}'인지 아닌지"),
    "two note": (
        "A sample counts as '{name}' from a score of {threshold:.2f} on: the best F1 on the validation samples.",
        "점수가 {threshold:.2f} 이상이면 '{name}'(으)로 봅니다. 검증 표본에서 F1이 가장 높은 값입니다.",
    ),
    "auc": ("area under the ROC curve", "ROC 곡선 아래 넓이"),
    "threshold": ("threshold", "문턱값"),
    "f1": ("F1", "F1"),
    "balanced_accuracy": ("balanced accuracy", "균형 정확도"),
    "kept": (
        "Validation loss was lowest after epoch {epoch} of {epochs}, at {loss}: the early-stopping point. "
        "model.safetensors has its weights.",
        "검증 손실은 {epochs} 에포크 중 {epoch}번째 에포크에서 {loss}(으)로 가장 낮았습니다(조기 종료 지점). "
        "model.safetensors에는 그때의 가중치가 들어 있습니다.",
    ),
    "kept late": (
        "model.safetensors has the weights of epoch {epoch} of {epochs}, validation loss {loss}: the lowest of the last epochs, "
        "which alone are kept where few are held out. It was {lowest} after epoch {where}, which may be luck.",
        "model.safetensors에는 {epochs} 에포크 중 {epoch}번째 에포크의 가중치가 들어 있고, 그때의 검증 손실은 {loss}입니다. "
        "검증 표본이 적어 뒤쪽 에포크에서만 골랐습니다. {where}번째 에포크에서는 {lowest}였지만 우연일 수 있습니다.",
    ),
    "falling": (
        "Validation loss was still falling at the end, {loss} after epoch {epoch}: more epochs may help.",
        "검증 손실은 마지막까지 줄어 {epoch}번째 에포크에서 {loss}이(가) 되었습니다. 에포크를 늘리면 더 나아질 수 있습니다.",
    ),
    "no validation": (
        "Nothing was held out for validation: model.safetensors has the weights of the last epoch.",
        "검증용으로 떼어 둔 표본이 없어, model.safetensors에는 마지막 에포크의 가중치가 들어 있습니다.",
    ),
    "one epoch": ("One epoch was trained.", "한 에포크만 학습했습니다."),
    "gap": (
        "Training accuracy is {gap} points above validation accuracy at that epoch.",
        "그 에포크에서 학습 정확도는 검증 정확도보다 {gap}%p 높습니다.",
    ),
    "log loss": ("Loss", "손실"),
    "log accuracy": ("Accuracy", "정확도"),
    "training": ("training", "학습"),
    "validation": ("validation", "검증"),
    "epoch": ("epoch", "에포크"),
    "epoch n": ("epoch {n}", "{n} 에포크"),
    "confusion": ("What was taken for what", "무엇을 무엇으로 읽었나(혼동 행렬)"),
    "confusion note": (
        "Rows are the truth, columns the answers. Right answers are blue, mistakes orange.",
        "행은 정답, 열은 신경망의 답입니다. 맞힌 것은 파란색, 틀린 것은 주황색입니다.",
    ),
    "worst": (
        "Most frequent mistake: {truth} read as {answer}, {times} of {samples}.",
        "가장 잦은 실수는 {truth}을(를) {answer}(으)로 읽은 것으로, {samples}개 중 {times}개입니다.",
    ),
    "no mistake": ("There was no mistake.", "틀린 것이 하나도 없습니다."),
    "answer": ("answer", "답"),
    "truth": ("truth", "정답"),
    "recall": ("recall", "재현율"),
    "misread": ("Misread", "잘못 읽은 그림"),
    "misread note": (
        "{n:,} misread. Each picture with its truth, the answer, and the probability that the network gave its answer.",
        "{n:,}개를 잘못 읽었습니다. 그림 아래에 정답, 신경망의 답, 그 답에 준 확률을 적었습니다.",
    ),
    "misread some": (
        "{n:,} misread; these are the {shown} of which the network was surest. Each with its truth, the answer, and the "
        "probability that the network gave its answer.",
        "{n:,}개를 잘못 읽었습니다. 그중 신경망이 가장 확신한 {shown}개입니다. 그림 아래에 정답, 신경망의 답, 그 답에 준 "
        "확률을 적었습니다.",
    ),
    "read as": ("{truth}, read as {answer}, {sure} sure", "정답 {truth}, 답 {answer}, 확률 {sure}"),
    "classes": ("Class by class", "클래스별 결과"),
    "classes note": (
        "Precision: of the answers that name this class, the share that is right. Recall: of its samples, the share found.",
        "정밀도는 이 클래스라고 답한 것 중 맞은 비율이고, 재현율은 이 클래스의 표본 중 찾아낸 비율입니다.",
    ),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    "class": ("class", "클래스"),
    "precision": ("precision", "정밀도"),
    "samples": ("samples", "표본 수"),
    "network": ("The network", "신경망"),
    "recipe": ("Recipe", "레시피"),
    "recipe note": (
        "All that is needed to repeat the run: save it as recipe.toml and call",
        "이 학습을 그대로 되풀이하는 데 필요한 것이 모두 있습니다. recipe.toml로 저장하고 다음 명령을 쓰십시오.",
    ),
    "settings note": ("What fit was given.", "fit에 주어진 값입니다."),
    "environment": ("Environment", "환경"),
    "environment note": (
        "The same recipe in the same environment gives the same numbers, bit for bit.",
        "같은 환경에서 같은 레시피로 학습하면 비트까지 같은 값이 나옵니다.",
    ),
    "not exact": (
        "The run was resumed under another environment: {changes}.",
        "다른 환경에서 이어서 학습했습니다: {changes}.",
    ),
    "wilson": (
        "95 % interval after Wilson (1927): (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n), p = {correct}/{total}, z = "
        "1.96. It says how far chance in the choice of test samples may move the figure.",
        "95 % 신뢰구간은 윌슨(Wilson, 1927)의 식으로 구합니다: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n), p = "
        "{correct}/{total}, z = 1.96. 시험 표본이 우연히 어떻게 뽑혔는지에 따라 이 값이 얼마나 달라질 수 있는지 나타냅니다.",
    ),
    "made": ("Made by nabi {version}, {day}.", "nabi {version}, {day}"),
    "untouched": ("The test set was read once, after training.", "시험 데이터는 학습이 끝난 뒤 한 번만 보았습니다."),
    "read again": (
        "The test set was read {n} times: each time that training ended, for the run was resumed.",
        "시험 데이터를 {n}번 보았습니다. 이어서 학습했으므로, 학습이 끝날 때마다 한 번씩 보았습니다.",
    ),
    "seconds": ("{n} s", "{n}초"),
    "minutes": ("{m} min {s} s", "{m}분 {s}초"),
    "hours": ("{h} h {m} min", "{h}시간 {m}분"),
    **INSIDE,
}


def t(key: str, **values: object) -> str:
    """The text of a key in the user's language."""
    return say(WORDS, key, **values)


def duration(seconds: float) -> str:
    """Seconds as people say them.

    Example:
        >>> duration(41.26), duration(125), duration(7260)
        ('41.3 s', '2 min 5 s', '2 h 1 min')
    """
    if seconds < 60:
        return t("seconds", n=f"{seconds:.1f}")
    whole = round(seconds)
    if whole < 3600:
        return t("minutes", m=whole // 60, s=whole % 60)
    return t("hours", h=whole // 3600, m=whole % 3600 // 60)


def percent(share: float) -> str:
    r"""A share in per cent with one decimal, with two where one would round an imperfect figure to 100 or a small one to 0.

    Example:
        >>> percent(0.96), percent(0.9996), percent(1.0), percent(0.0004)
        ('96.0\xa0%', '99.96\xa0%', '100\xa0%', '0.04\xa0%')
    """
    digits = 0 if share in (0, 1) else 2 if share > 0.999 or share < 0.001 else 1
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"
