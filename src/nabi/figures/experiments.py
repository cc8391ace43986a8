"""Experiments: the lectures' comparisons, trained on the spot with three seeds each: activations, depth, optimizers, rates.

    pictures    28 x 28 digits, each 2 x 2 block its mean: 14 x 14, so that a run takes less than a second
    line = mean over seeds      band = lowest to highest      dot = one run: test accuracy after the last epoch

The same on one's own data, longer, and with a verdict: `nabi compare` and `nabi.compare`.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nabi import optimizers, viz
from nabi.core.random import set_seed
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene, digits
from nabi.models import Sequential
from nabi.race.rates import NET_RATES, NINE, entered
from nabi.zoo.altering import altered
from nabi.zoo.lecture import lecture_cnn
from nabi.zoo.mlp import mlp

SEEDS, TRAIN, HELD, BATCH, SIDE = (0, 1, 2), 1000, 500, 50, 14
DEEP, UNITS, DEPTHS = 6, 64, (1, 2, 4, 6)
RATES = (1e-4, 1e-3, 1e-2, 0.1, 1.0)
SCALES = (0.1, 1.0, 10.0)
Make = Callable[[], tuple[Sequential, Any]]  # -> (network, optimizer)


@functools.cache
def halved() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The embedded digits with each block of 2 x 2 as one number, its mean."""
    (x, y), (x_test, y_test) = digits()
    small = [part.reshape(-1, SIDE, 2, SIDE, 2, 1).mean(axis=(2, 4)) for part in (x, x_test)]
    return (small[0], y), (small[1], y_test)


def trained(make: Make, epochs: int, seed: int) -> dict[str, Any]:
    """One run: its losses and validation accuracies, NaN after a loss that was no number; test accuracy, None for such a run."""
    (x, y), (x_test, y_test) = halved()
    set_seed(seed)
    model, optimizer = make()
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x[:TRAIN], y[:TRAIN], batch_size=BATCH, epochs=epochs, verbose=0, validation_batch_size=HELD,
                        validation_data=(x[TRAIN:TRAIN + HELD], y[TRAIN:TRAIN + HELD]))
    logs = {name: (history.history.get(name, []) + [np.nan] * epochs)[:epochs] for name in ("loss", "val_accuracy")}
    if history.failure:
        return {"logs": logs, "accuracy": None}
    answers = model.predict(x_test, batch_size=HELD, verbose=0).argmax(axis=1)
    return {"logs": logs, "accuracy": float((answers == y_test).mean())}


def compared(makes: Mapping[str, Make], epochs: int) -> dict[str, dict[str, Any]]:
    """Every variant with every seed: name -> {"curves": {log: (seeds, epochs)}, "reached": accuracies}, as the figure has it."""
    found = {}
    for name, make in makes.items():
        runs = [trained(make, epochs, seed) for seed in SEEDS]
        curves = {log: np.array([run["logs"][log] for run in runs], dtype=float) for log in ("loss", "val_accuracy")}
        found[name] = {"curves": curves,
                       "reached": np.array([run["accuracy"] for run in runs if run["accuracy"] is not None])}
    return found


def drawn(scene: Scene, found: dict[str, dict[str, Any]], title: str, epochs: int) -> Drawn:
    """Curves and dots of the runs."""
    below = scene.say("{n} seeds each, {epochs} epochs on {samples:,} digits. Line: mean; band: lowest to highest; dot: one run.",
                      "시드 {n}개, 숫자 {samples:,}장으로 에포크 {epochs}개. 선은 평균, 띠는 최저에서 최고까지, 점은 한 번의 "
                      "학습입니다.",
                      n=len(SEEDS), epochs=epochs, samples=TRAIN)
    return Drawn(found, viz.experiment(found, title, below, scene.say("Test accuracy", "시험 정확도")))


def deep(activation: str, layers: int = DEEP) -> Make:
    """A chain of dense layers, trained by Adam."""
    return lambda: (mlp((SIDE, SIDE, 1), units=(UNITS,) * layers, activation=activation, initializer="glorot_uniform"), "adam")


def small(optimizer: Callable[[], Any], **changes: Any) -> Make:
    """The lectures' CNN, a quarter as wide, without dropout."""
    return lambda: (altered(lecture_cnn((SIDE, SIDE, 1), width=0.25), dropout=0, **changes), optimizer())


@figure("compare_activations", "training", ("Sigmoid, tanh and ReLU in a deep net", "깊은 신경망의 시그모이드, tanh, ReLU"),
        ("Six hidden layers of 64 units. The sigmoid's small slopes multiply up, so that hardly any gradient reaches the first "
         "layers: its loss stands still for epochs. Tanh and ReLU learn at once.",
         "유닛 64개인 은닉층이 6개입니다. 시그모이드의 작은 기울기가 층마다 곱해져 앞쪽 층까지 기울기가 거의 오지 않으므로 "
         "손실이 줄지 않습니다. tanh와 ReLU는 바로 학습합니다."))
def compare_activations(scene: Scene) -> Drawn:
    """Loss, validation and test accuracy of three activations."""
    epochs = 8
    found = compared({name: deep(name) for name in ("sigmoid", "tanh", "relu")}, epochs)
    return drawn(scene, found, scene.say("A deep net needs an activation that lets gradients through",
                                         "깊은 신경망에는 기울기를 잘 전하는 활성화 함수가 필요합니다"), epochs)


@figure("compare_depths", "training", ("How deep a sigmoid net can be", "시그모이드 신경망은 얼마나 깊을 수 있을까"),
        ("The same net with ever more hidden layers, 4 epochs each: with ReLU depth costs little, with the sigmoid the net "
         "stops learning. The vanishing gradient, seen from outside.",
         "은닉층을 늘려 가며 4 에포크씩 학습했습니다. ReLU는 깊어져도 괜찮지만 시그모이드는 깊어지면 학습되지 않습니다. 밖에서 "
         "본 기울기 소실입니다."))
def compare_depths(scene: Scene) -> Drawn:
    """Test accuracy over the number of hidden layers."""
    found = {name: np.array([[trained(deep(name, layers), 4, seed)["accuracy"] for layers in DEPTHS] for seed in SEEDS])
             for name in ("sigmoid", "relu")}
    title = scene.say("Sigmoid nets stop learning as they get deeper", "시그모이드 신경망은 깊어지면 학습되지 않습니다")
    below = scene.say("Mean of {n} seeds; the band reaches from the lowest to the highest.",
                      "시드 {n}개의 평균, 띠는 최저에서 최고까지입니다.", n=len(SEEDS))
    picture = viz.lines(DEPTHS, found, title, below, scene.say("hidden layers", "은닉층 수"),
                        scene.say("Test accuracy", "시험 정확도"), percent=True)
    return Drawn({"depths": np.array(DEPTHS), **found}, picture)


@figure("compare_optimizers", "training", ("Nine optimizers on digits", "옵티마이저 아홉 개로 학습한 숫자"),
        ("A small CNN, each optimizer at the rate behind its name, found on a coarse grid. The dots of one optimizer tell how "
         "much the seed alone changes: a difference that is no larger than that is none.",
         "작은 CNN을 옵티마이저마다 성긴 눈금에서 고른 학습률(이름 뒤의 수)로 학습했습니다. 한 옵티마이저의 점들은 시드만 "
         "바꾸어도 얼마나 달라지는지 보여 줍니다. 그보다 작은 차이는 차이가 아닙니다."))
def compare_optimizers(scene: Scene) -> Drawn:
    """Loss, validation and test accuracy of nine optimizers."""
    epochs, rates = 4, NET_RATES["lecture-cnn"] | {"Momentum": 0.05}  # of 0.02, 0.05 and 0.1 the best on these digits
    makes = {f"{name} {rates[name]:g}": small(lambda name=name: entered("lecture-cnn", f"{name}:{rates[name]}")) for name in NINE}
    return drawn(scene, compared(makes, epochs), scene.say("Nine optimizers on digits, each at a rate found on a coarse grid",
                                                           "성긴 눈금에서 고른 학습률로 비교한 옵티마이저 아홉 개"), epochs)


@figure("compare_rates", "training", ("Too small and too large a learning rate", "너무 작거나 큰 학습률"),
        ("Plain SGD on a small CNN at five rates. Too small: the loss hardly falls. Too large: the first steps throw the weights "
         "away, and the answers are guesses. A factor of ten decides.",
         "작은 CNN을 SGD로 학습률 다섯 가지로 학습했습니다. 너무 작으면 손실이 거의 줄지 않고, 너무 크면 처음 몇 스텝에 가중치가 "
         "망가져 찍는 수준이 됩니다. 열 배 차이가 결과를 가릅니다."))
def compare_rates(scene: Scene) -> Drawn:
    """Loss, validation and test accuracy of SGD at five rates."""
    epochs = 6
    found = compared({f"{rate:g}": small(lambda rate=rate: optimizers.SGD(rate)) for rate in RATES}, epochs)
    return drawn(scene, found, scene.say("SGD at five learning rates", "학습률 다섯 가지의 SGD"), epochs)


@figure("compare_first_weights", "training", ("Batch normalisation forgives bad first weights", "배치 정규화와 처음 가중치"),
        ("A CNN whose first weights, but for the last layer's, are a tenth or ten times of what they should be; with batch "
         "normalisation (BN) each layer's numbers come back to mean 0 and spread 1. Large weights still learn slower: the same "
         "step changes them less.",
         "마지막 층을 뺀 처음 가중치를 10분의 1배, 10배로 바꾼 CNN입니다. 배치 정규화(BN)는 층마다 값을 평균 0, 표준편차 1로 "
         "되돌립니다. 그래도 큰 가중치는 같은 스텝으로 조금만 바뀌므로 더 느리게 학습합니다."))
def compare_first_weights(scene: Scene) -> Drawn:
    """Loss, validation and test accuracy, without and with batch normalisation, from scaled first weights."""
    epochs = 5
    found = compared({f"{'BN, ' * norm}x {scale:g}": small(
        lambda: optimizers.Adam(), initial_scale=scale, **({"batch_norm": True} if norm else {}))
        for norm in (False, True) for scale in SCALES}, epochs)
    return drawn(scene, found, scene.say("First weights a tenth or ten times as large, without and with batch normalisation",
                                         "처음 가중치의 크기와 배치 정규화"), epochs)
