"""Answers: what a trained network says on a test set: confusions, misread pictures, class by class, and how sure it may be."""

import numpy as np

from nabi import viz
from nabi.core.errors import StateError
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.figures.training_runs import percent
from nabi.lab.evaluation import Evaluation, evaluate

MOST, CLASSES = 24, 40  # misread pictures and classes that are drawn


def answered(scene: Scene) -> Evaluation:
    """What the scene's model answers for the scene's pictures.

    Raises: StateError for a model with several outputs.
    """
    if len(scene.model.outputs) != 1:
        raise StateError("figures", "a model with one output, the shares of the classes", f"{len(scene.model.outputs)} outputs",
                         "Take a part of it: nabi.Model(model.inputs, model.outputs[0]).")
    return evaluate(scene.model, scene.images, scene.labels, scene.class_names)


def is_ink(scene: Scene) -> bool:
    """Whether pictures are strokes on an empty ground, as digits are: drawn black on white."""
    return scene.images.shape[-1] == 1 and float((scene.images == 0).mean()) > 0.5


@figure("confusion_matrix", "output", ("Confusion matrix", "혼동 행렬"),
        ("Which class was taken for which: rows are the truth, columns the answers.",
         "무엇을 무엇으로 읽었는지: 행은 정답, 열은 신경망의 답입니다."))
def confusion_matrix(scene: Scene) -> Drawn:
    """Counts of truth against answer."""
    found = answered(scene)
    return Drawn({"counts": found.confusion, "accuracy": found.accuracy}, viz.confusion_matrix(found.confusion,
                                                                                               scene.class_names))


@figure("misread", "output", ("Misread digits", "잘못 읽은 숫자"),
        ("The test pictures that were read wrong, the surest mistakes first.",
         "잘못 읽은 시험 그림을 가장 확신한 것부터 보입니다."))
def misread(scene: Scene) -> Drawn:
    """The surest mistakes with truth, answer and probability."""
    found = answered(scene)
    wrong = found.misread[:MOST]
    picture = viz.misread_grid(scene.images[wrong], found.truth[wrong], found.answers[wrong], found.sure[wrong],
                               scene.class_names,
                               ink=is_ink(scene), total=len(found.misread))
    return Drawn({"numbers": wrong, "truth": found.truth[wrong], "answers": found.answers[wrong], "sure": found.sure[wrong],
                  "total": len(found.misread)}, picture)


@figure("class_accuracy", "output", ("Accuracy class by class", "클래스별 정확도"),
        ("Of the pictures of each class, the share that was read right.",
         "클래스마다 그림 중 맞힌 비율입니다."))
def class_accuracy(scene: Scene) -> Drawn:
    """Recall of each class."""
    found = answered(scene)
    rows = {row["name"]: row["recall"] for row in found.by_class if row["recall"] is not None}
    worst = min(rows, key=lambda name: rows[name])
    title = scene.say("Hardest: {name}, {share} read right", "가장 어려운 클래스: {name}, 맞힌 비율 {share}", name=worst,
                      share=percent(rows[worst], 1))
    below = scene.say("All together {share} of {n:,} test pictures.", "시험 그림 {n:,}장 전체로는 {share}입니다.",
                      share=percent(found.accuracy, 1), n=found.total)
    shown = rows
    if len(rows) > CLASSES:
        hardest = set(sorted(rows, key=lambda name: rows[name])[:CLASSES])
        shown = {name: recall for name, recall in rows.items() if name in hardest}
        below += scene.say(" Here the {n} hardest of {all} classes.", " 클래스 {all}개 중 가장 어려운 {n}개를 보입니다.",
                           n=CLASSES, all=len(rows))
    return Drawn({"recall": rows, "accuracy": found.accuracy}, viz.bars(shown, title, below, percent=True))


@figure("calibration", "output", ("How sure, and how often right", "확신과 적중"),
        ("A calibrated network that is 80 % sure is right eight times out of ten: its bars end on the dashed line.",
         "보정이 잘된 신경망은 80 % 확신할 때 열 번 중 여덟 번 맞힙니다. 이때 막대는 점선에서 끝납니다."))
def calibration(scene: Scene) -> Drawn:
    """Reliability diagram and expected calibration error."""
    found = answered(scene).calibration
    numbers = {"counts": found.counts, "confidence": found.confidence, "accuracy": found.accuracy, "error": found.error}
    return Drawn({**numbers, "bins": np.linspace(0, 1, len(found.counts) + 1)},
                 viz.reliability(found.confidence, found.accuracy, found.counts))
