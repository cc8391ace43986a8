"""Training: curves and the epoch to stop at, schedules, gradients, dead units, pace, and where the time goes."""

from typing import Any

import numpy as np

from nabi import optimizers, schedules, viz
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.figures.training_runs import BATCH, course, dense, enough, parts, percent, seen, trained
from nabi.lab.timing import convolution_share, time_by_layer
from nabi.viz import style
from nabi.zoo.lecture import lecture_cnn, lecture_dense

STEPS = 1000
RATES = (0.001, 0.01, 0.03)


@figure("loss_curve", "training", ("The loss curve and where to stop", "손실 곡선과 조기 종료 지점"),
        ("Training loss goes on falling; validation loss turns round where the network begins to learn its samples by heart. "
         "Early stopping keeps the weights of the turning point.",
         "학습 손실은 계속 줄지만 검증 손실은 신경망이 표본을 외우기 시작하면 다시 늘어납니다. 조기 종료는 그 전환점의 "
         "가중치를 남깁니다."))
def loss_curve(scene: Scene) -> Drawn:
    """Training and validation loss, the lowest validation loss marked."""
    history = scene.history if scene.given is not None and "val_loss" in scene.history else course(scene).history
    losses = {name: history[name] for name in ("loss", "val_loss")}
    return Drawn({**losses, "best epoch": int(np.nanargmin(losses["val_loss"])) + 1}, viz.learning_curves(losses))


@figure("train_and_test", "training", ("Training against test", "학습과 시험"),
        ("Loss and accuracy on the pictures that were learned and on others. The gap between the two lines is overfitting.",
         "배운 그림과 처음 보는 그림에서의 손실과 정확도입니다. 두 선의 차이가 과대적합입니다."))
def train_and_test(scene: Scene) -> Drawn:
    """Loss and accuracy of both sets, epoch by epoch."""
    history = course(scene).history
    numbers = {name: history[name] for name in ("loss", "test_loss", "accuracy", "test_accuracy")}
    logs = {"loss": numbers["loss"], "val_loss": numbers["test_loss"], "accuracy": numbers["accuracy"],
            "val_accuracy": numbers["test_accuracy"]}
    gap = 100 * (numbers["accuracy"][-1] - numbers["test_accuracy"][-1])
    title = scene.say("At the end the training set is read {gap:.1f} points better than the test set",
                      "끝에서는 학습 데이터를 시험 데이터보다 {gap:.1f}%p 더 잘 읽습니다", gap=gap)
    names = scene.say("training", "학습"), scene.say("test", "시험")
    return Drawn(numbers, viz.learning_curves(logs, monitor=None, title=title, names=names))


@figure("validation_and_test", "training",
        ("The lowest validation loss and the lowest test loss", "검증 손실의 최소와 시험 손실의 최소"),
        ("Whoever chooses the epoch on the test set reports the luckiest one: optimistic. Chosen on validation pictures, the "
         "test figure is honest.",
         "시험 데이터로 에포크를 고르면 가장 운이 좋은 값을 보고하게 됩니다. 검증 데이터로 고르면 시험 결과가 정직합니다."))
def validation_and_test(scene: Scene) -> Drawn:
    """Both losses, their minima, and what each choice would report."""
    enough(scene)
    history = course(scene).history
    losses = {"validation": np.array(history["val_loss"]), "test": np.array(history["test_loss"])}
    epochs = np.arange(1, len(losses["test"]) + 1)
    honest, lucky = int(losses["validation"].argmin()), int(losses["test"].argmin())
    numbers = {**losses, "validation epoch": honest + 1, "test epoch": lucky + 1,
               "honest test accuracy": history["test_accuracy"][honest], "best test accuracy": max(history["test_accuracy"])}
    title = scene.say("Chosen on validation: {a}; the luckiest epoch on test: {b}",
                      "검증으로 고르면 {a}, 시험에서 가장 운 좋은 에포크는 {b}",
                      a=percent(numbers["honest test accuracy"], 2), b=percent(numbers["best test accuracy"], 2))
    below = scene.say("Rings: the lowest loss of each line, epochs {a} and {b}.",
                      "고리는 각 선의 가장 낮은 손실로, {a}번째와 {b}번째 에포크입니다.",
                      a=honest + 1, b=lucky + 1)
    named = {scene.say("validation", "검증"): losses["validation"], scene.say("test", "시험"): losses["test"]}
    drawn = viz.lines(epochs, named, title, below, scene.say("epoch", "에포크"), scene.say("Loss", "손실"))
    for values, color in zip(named.values(), style.SERIES, strict=False):
        ring(drawn, epochs[values.argmin()], values.min(), color)
    return Drawn(numbers, drawn)


def ring(drawn: Any, x: float, y: float, color: str) -> None:
    """A ring around a point of the first panel."""
    drawn.axes[0].plot([x], [y], marker="o", markersize=10, markerfacecolor="none", markeredgecolor=color, markeredgewidth=2,
                       linestyle="none", zorder=6, clip_on=False)


@figure("learning_rates", "training", ("Learning rates over the steps", "스텝에 따른 학습률"),
        ("Schedules of nabi: large steps at first, small ones at the end. One-cycle begins small, too.",
         "nabi의 학습률 스케줄입니다. 처음에는 크게, 끝에는 작게 움직입니다. 원사이클은 시작도 작게 합니다."))
def learning_rates(scene: Scene) -> Drawn:
    """The rate of five schedules at each step."""
    made = {scene.say("constant", "일정"): lambda step: 0.1,
            scene.say("step decay", "계단 감소"): schedules.StepDecay(0.1, 0.5, STEPS // 4),
            scene.say("exponential", "지수 감소"): schedules.ExponentialDecay(0.1, STEPS // 4, 0.5),
            scene.say("cosine", "코사인"): schedules.CosineDecay(0.1, STEPS),
            scene.say("one-cycle", "원사이클"): schedules.OneCycle(0.1, STEPS)}
    steps = np.arange(0, STEPS + 1, 5)
    rates = {name: np.array([schedule(int(step)) for step in steps]) for name, schedule in made.items()}
    return Drawn({"step": steps, **rates}, viz.lines(
        steps, rates, scene.say("Learning rate over {n:,} steps", "{n:,}스텝 동안의 학습률", n=STEPS),
        scene.say("All begin or peak at 0.1.", "시작값 또는 최댓값은 모두 0.1입니다."), scene.say("step", "스텝"),
        scene.say("Learning rate", "학습률")))


@figure("gradient_norms", "training", ("Gradient norms by layer and epoch", "층과 에포크별 기울기 크기"),
        ("How large the gradient of each layer's weights is, always on the same pictures: before training, and after each "
         "epoch.",
         "층마다 가중치 기울기의 크기입니다. 늘 같은 그림으로 학습 전과 매 에포크 뒤에 쟀습니다."))
def gradient_norms(scene: Scene) -> Drawn:
    """||dL/dw|| of each layer of the lectures' CNN."""
    norms = seen(scene).watch.table("gradient_norm")
    epochs = np.arange(len(next(iter(norms.values()))))
    largest = max(norms, key=lambda name: norms[name][-1])
    title = scene.say("The gradient of {layer} is the largest: {a:.2g} at its peak, {b:.2g} at the end",
                      "{layer}의 기울기가 가장 큽니다: 최대 {a:.2g}, 마지막 {b:.2g}", layer=largest, a=max(norms[largest]),
                      b=norms[largest][-1])
    below = scene.say("Norm of the gradient of each layer's weights on {n} pictures; epoch 0 is before training.",
                      "그림 {n}장에서 잰 층별 가중치 기울기의 크기. 에포크 0은 학습 전입니다.", n=len(seen(scene).watch.x))
    drawn = viz.lines(epochs, norms, title, below, scene.say("epoch", "에포크"),
                      scene.say("||dL/dw||, logarithmic", "||dL/dw||(로그 눈금)"),
                      log="y")
    return Drawn({"epoch": epochs, **norms}, drawn)


@figure("dead_units", "training", ("Dead units", "죽은 유닛"),
        ("A ReLU unit that is 0 for every picture has no gradient and never comes back. Too large a learning rate kills many.",
         "모든 그림에서 0인 ReLU 유닛은 기울기가 없어 되살아나지 않습니다. 학습률이 너무 크면 많은 유닛이 죽습니다."))
def dead_units(scene: Scene) -> Drawn:
    """Share of units that are 0 on 256 pictures, two hidden layers, at three learning rates of Adam."""
    dead = {}
    for rate in RATES:
        watch = trained(scene, dense(scene, (128, 128)), 6, optimizers.Adam(rate), watched=256).watch
        layers = watch.table("dead")
        dead[rate] = [float(np.mean(row)) for row in zip(*layers.values(), strict=True)]
    epochs = np.arange(7)
    named = {scene.say("rate {rate}", "학습률 {rate}", rate=rate): values for rate, values in dead.items()}
    title = scene.say("At a learning rate of {rate}, {share} of the units end dead",
                      "학습률 {rate}에서는 유닛의 {share}이(가) 죽습니다",
                      rate=RATES[-1], share=percent(dead[RATES[-1]][-1]))
    below = scene.say("Share of 256 ReLU units that are 0 for all of 256 pictures; Adam.",
                      "ReLU 유닛 256개 중 그림 256장 모두에서 0인 비율. 옵티마이저는 Adam입니다.")
    drawn = viz.lines(epochs, named, title, below, scene.say("epoch", "에포크"), scene.say("Dead units", "죽은 유닛"),
                      percent=True)
    return Drawn({"epoch": epochs, **{str(rate): values for rate, values in dead.items()}}, drawn)


@figure("time_by_layer", "training", ("Where a step's time goes", "한 스텝의 시간은 어디에 쓰이나"),
        ("Forward and backward seconds of each layer of a training step, measured here and now. The lectures say that "
         "convolution takes over 60 %.",
         "학습 한 스텝에서 층마다 순전파와 역전파에 든 시간을 지금 여기서 쟀습니다. 강의에서는 합성곱이 60 % 넘게 차지한다고 "
         "합니다."))
def layer_times(scene: Scene) -> Drawn:
    """Share of a step by layer, of the lectures' CNN or one's own model."""
    if scene.given is None:
        model = lecture_cnn()
        model.compile("adam", "sparse_categorical_crossentropy")
        x, y = parts(scene)[0]
    else:
        model, x, y = scene.model, scene.images, scene.labels
    rows = time_by_layer(model, x[:BATCH], y[:BATCH], steps=5)
    share = convolution_share(rows)
    ms = 1000 * sum(row["forward"] + row["backward"] for row in rows)
    names = {"loss": scene.say("loss", "손실"), "optimizer": scene.say("optimizer", "옵티마이저")}
    shown: dict[str, float] = {}
    for row in rows:
        name = f"{row['layers'][0]}: {row['kind']}" if row["layers"] else names[row["kind"]]
        shown[name] = shown.get(name, 0) + row["share"]
    title = scene.say("Convolution takes {share} of a training step", "합성곱이 학습 한 스텝의 {share}을(를) 차지합니다",
                      share=percent(share))
    below = scene.say("A step of {n} pictures takes {ms:.0f} ms, forward, backward and update.",
                      "그림 {n}장의 한 스텝은 순전파, 역전파, 갱신을 합쳐 {ms:.0f} ms입니다.", n=len(x[:BATCH]), ms=ms)
    return Drawn({"rows": rows, "convolution": share, "milliseconds": ms}, viz.bars(shown, title, below, percent=True))


@figure("throughput", "training", ("Pictures a second", "초당 그림 수"),
        ("Training pictures a second, epoch by epoch: the lectures' CNN against a dense network of as many parameters.",
         "에포크마다 1초에 학습한 그림 수입니다. 강의의 CNN과 매개변수가 같은 전결합 신경망을 비교합니다."))
def throughput(scene: Scene) -> Drawn:
    """Images a second of the CNN, and of a dense network with as many parameters."""
    cnn = seen(scene)
    size, inputs, classes = cnn.model.count_params(), int(np.prod(scene.images.shape[1:])), len(scene.class_names)
    units = max(1, round((size - classes) / (inputs + classes + 1)))
    other = trained(scene, lecture_dense(scene.images.shape[1:], classes, units), 6)
    pace = {"CNN": cnn.pace, scene.say("dense", "전결합"): other.pace}
    times = float(np.median(other.pace) / np.median(cnn.pace))
    title = scene.say("The dense network learns {times:.0f} times as many pictures a second",
                      "전결합 신경망은 1초에 {times:.0f}배 많은 그림을 학습합니다", times=times)
    below = scene.say("{a:,} parameters in the CNN, {b:,} in the dense network.", "매개변수: CNN {a:,}개, 전결합 {b:,}개.",
                      a=size, b=other.model.count_params())
    drawn = viz.lines(np.arange(1, 7), pace, title, below, scene.say("epoch", "에포크"),
                      scene.say("Pictures a second, logarithmic", "초당 그림 수(로그 눈금)"), log="y")
    return Drawn({"CNN": cnn.pace, "dense": other.pace, "parameters": [size, other.model.count_params()], "times": times}, drawn)
