"""Descent: optimizers racing on surfaces and on a net, descent on a line fit, learning rates, a saddle, first steps."""

import functools
from typing import Any

import numpy as np

from nabi import race, viz
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.race.nets import NetRace, network

RATES = "sgd:0.003,sgd:0.05,sgd:0.0975,sgd:0.104"  # on the quadratic: too small, right, at the edge, too large (above 2/20)
SADDLE_START = (0.6, 1e-3)


def raced(found: Any) -> dict[str, Any]:
    """The numbers of a race: its table and the paths."""
    return {"columns": race.contest.COLUMNS, "rows": found.rows(), "paths": {p.name: p.points for p in found.paths},
            "values": {p.name: p.values for p in found.paths}, "start": found.start, "steps": found.steps,
            "tolerance": found.tolerance}


@figure("race_beale", "descent", ("Optimizers on Beale's function", "빌 함수 위의 옵티마이저"),
        ("Nine optimizers from one start, each with its usual rate. Momentum overshoots into the other valley, NAG brakes; who "
         "reaches "
         "the minimum and leaves it again is told.",
         "아홉 옵티마이저가 같은 곳에서 출발합니다. 모멘텀은 지나쳤다가 돌아오고 NAG는 미리 브레이크를 겁니다. 최솟값에 "
         "도달했다가 다시 벗어나는 것도 "
         "표시합니다."))
def race_beale(scene: Scene) -> Drawn:
    """Nine paths from one start, and what became of them."""
    found = race.race("beale")
    return Drawn(raced(found), found.figure())


@figure("race_long_valley", "descent", ("Optimizers in a long valley", "긴 골짜기의 옵티마이저"),
        ("Steep across, nearly flat along, with a saddle on the floor: plain SGD, red, stops at the saddle; those that adapt "
         "their "
         "steps or remember their direction get past.",
         "옆으로는 가파르고 길이로는 거의 평평하며 바닥에 안장점이 있습니다. 빨간 SGD는 안장점에서 멈추고, 걸음이나 방향을 "
         "조절하는 옵티마이저는 "
         "지나갑니다."))
def race_long_valley(scene: Scene) -> Drawn:
    """Nine paths past a saddle, or not."""
    found = race.race("long-valley")
    return Drawn(raced(found), found.figure())


@figure("saddle_escape", "descent", ("Escape from a saddle", "안장점에서 벗어나기"),
        ("A start almost on the ridge, where the gradient to the sides is tiny: plain SGD is the last to move away from it, "
         "those that divide by that tiny gradient are the first. Steps in the table count the whole way: who leaves the ridge "
         "early and then walks slowly, as Adadelta does, still takes many.",
         "거의 능선 위에서 출발하므로 옆으로의 기울기가 아주 작습니다. 능선에서 가장 늦게 벗어나는 것은 SGD이고, 그 작은 "
         "기울기로 나누는 적응형 옵티마이저가 먼저 벗어납니다. 표의 스텝 수는 전체 경로의 것이어서, Adadelta처럼 일찍 "
         "벗어나도 그 뒤에 천천히 가면 스텝이 많습니다."))
def saddle_escape(scene: Scene) -> Drawn:
    """A race on the saddle, from beside its ridge."""
    found = race.race("saddle", start=SADDLE_START, steps=200)
    numbers = raced(found)
    away = {p.name: int(np.argmax(np.abs(p.points[:, 1]) > 0.5)) if (np.abs(p.points[:, 1]) > 0.5).any() else None
            for p in found.paths}
    return Drawn(numbers | {"left the ridge at": away}, found.figure())


@figure("learning_rate_paths", "descent", ("Learning rates: too small, right, too large", "학습률: 너무 작게, 알맞게, 너무 크게"),
        ("SGD on a bowl that is 20 times as steep one way. Too small a rate does not arrive, just below 2/20 it jumps from wall "
         "to wall "
         "and still converges, above it diverges.",
         "한쪽이 20배 가파른 그릇 위의 SGD입니다. 학습률이 너무 작으면 도착하지 못하고, 2/20 바로 아래에서는 벽 사이를 튀면서도 "
         "수렴하며, 그보다 "
         "크면 발산합니다."))
def learning_rate_paths(scene: Scene) -> Drawn:
    """Four rates on the quadratic."""
    found = race.race("quadratic", RATES, steps=120)
    return Drawn(raced(found) | {"bound": 2 / 20}, found.figure())


@figure("rate_sweep", "descent", ("The learning rate of each optimizer", "옵티마이저마다의 학습률"),
        ("f after 300 steps on Beale's function at rates from a hundredth to a hundred times the usual one: each optimizer has "
         "a range "
         "in which it works; lines end where it diverges.",
         "빌 함수에서 300스텝 뒤의 f를 평소 학습률의 100분의 1에서 100배까지 재었습니다. 옵티마이저마다 통하는 범위가 있고, "
         "선은 발산하는 곳에서 "
         "끝납니다."))
def rate_sweep(scene: Scene) -> Drawn:
    """`nabi race --sweep`."""
    found = race.sweep("beale", "sgd,momentum,adagrad,rmsprop,adam", steps=300)
    numbers = {name: {p.learning_rate: (p.final, p.diverged) for p in one.paths} for name, one in found.items()}
    return Drawn(numbers, race.sweep_figure(found))


def fitted(found: Any) -> dict[str, Any]:
    """The numbers of a line fit."""
    return {"x": found.x, "y": found.y, "best": found.best, "sizes": found.sizes, "learning_rate": found.learning_rate,
            "epochs": found.epochs, "paths": {p.name: p.points for p in found.paths},
            "values": {p.name: p.values for p in found.paths}}


@figure("error_surface", "descent", ("The error surface of a line fit", "직선 맞추기의 오차 곡면"),
        ("E(w, b) is the mean squared error of the line w x + b over 40 points: a bowl. Gradient descent runs down it, fast "
         "where it is steep and ever slower towards the bottom.",
         "E(w, b)는 점 40개에 대한 직선 w x + b의 평균 제곱 오차로, 그릇 모양입니다. 경사 하강법은 가파른 곳에서는 빨리, 바닥에 "
         "가까울수록 천천히 내려갑니다."))
def error_surface(scene: Scene) -> Drawn:
    """Batch descent alone."""
    found = race.line_fit(sizes=(40,), epochs=40, seed=scene.seed)
    return Drawn(fitted(found), found.figure())


@figure("batch_paths", "descent", ("GD, mini-batch and SGD", "GD, 미니배치, SGD의 경로"),
        ("The same descent with all 40 points a step, with 8, and with one: 30 epochs are 30, 150 and 1,200 updates. The fewer "
         "points, "
         "the faster at first, and the more it strays at the end.",
         "한 스텝에 점 40개를 모두, 8개씩, 하나씩 쓰는 경사 하강법입니다. 30 에포크는 갱신 30번, 150번, 1,200번입니다. 적게 "
         "쓸수록 처음에는 빠르고 "
         "끝에서는 더 흔들립니다."))
def batch_paths(scene: Scene) -> Drawn:
    """`nabi race --fit`."""
    found = race.line_fit(seed=scene.seed)
    return Drawn(fitted(found), found.figure())


@figure("steps_parabola", "descent", ("Three steps of nine optimizers, for the calculator", "계산기로 따라 하는 옵티마이저 아홉 "
                                                                                            "개의 세 스텝"),
        ("E = (w - 3)² from w = 0, with every intermediate number; the lines are read from the code that trains.",
         "w = 0에서 출발한 E = (w - 3)²의 모든 중간값입니다. 식은 학습에 쓰는 코드에서 그대로 읽은 것입니다."))
def steps_parabola(scene: Scene) -> Drawn:
    """`nabi race --table all`."""
    found = dict(zip(race.NINE, race.all_steps("parabola"), strict=True))
    return Drawn({name: one.data() for name, one in found.items()},
                 viz.step_tables({name: one.rows for name, one in found.items()},
                                 scene.say("Three steps on E = (w - 3)²", "E = (w - 3)²에서 세 스텝"),
                                 scene.say("From w = 0: symbol, formula, numbers, value.", "w = 0에서 출발: 기호, 식, 숫자, "
                                                                                           "값.")))


@figure("steps_line", "descent", ("Three steps of nine optimizers on a line fit", "직선 맞추기에서 옵티마이저 아홉 개의 세 스텝"),
        ("The line w x + b through four points, from w = b = 0: errors e, the two slopes, memory, new w and b.",
         "네 점을 지나는 직선 w x + b를 w = b = 0에서 찾습니다. 오차 e, 두 기울기, 기억하는 값, 새 w와 b입니다."))
def steps_line(scene: Scene) -> Drawn:
    """`nabi race --table all --fit`."""
    found = dict(zip(race.NINE, race.all_steps("line"), strict=True))
    rows = {name: [(step, symbol, formula, value) for step, symbol, formula, _, value in one.rows] for name, one in found.items()}
    return Drawn({name: one.data() for name, one in found.items()},
                 viz.step_tables(rows, scene.say("Three steps of a line fit", "직선 맞추기의 세 스텝"),
                                 scene.say("Points (1, 3) (2, 5) (3, 7) (4, 9), from w = b = 0: symbol, formula, value.",
                                           "점 (1, 3) (2, 5) (3, 7) (4, 9), w = b = 0에서 출발: 기호, 식, 값."), columns=5))


@functools.cache
def on_digits() -> NetRace:
    """Nine optimizers train a dense net on digits; once a process."""
    return network("mlp", steps=120, cells=21)


@figure("race_net", "descent", ("Optimizers on a real network", "실제 신경망에서의 옵티마이저"),
        ("The dense net 784-64-10 on digits: equal first weights and equal batches for all nine, loss of the same 500 training "
         "pictures "
         "after every few steps.",
         "숫자를 배우는 784-64-10 신경망입니다. 아홉 옵티마이저 모두 처음 가중치와 배치가 같고, 몇 스텝마다 같은 학습 그림 "
         "500장의 손실을 "
         "잽니다."))
def race_net(scene: Scene) -> Drawn:
    """The race on a net as loss curves."""
    found = on_digits()
    losses = {p.name: p.values for p in found.paths}
    at = max((p.at for p in found.paths), key=len)
    return Drawn({"columns": race.nets.COLUMNS, "rows": found.rows(), "at": at, "losses": losses},
                 viz.optimizer_curves(found.data()))


@figure("loss_surface", "descent", ("A slice of a network's loss surface", "신경망 손실 곡면의 단면"),
        ("The plane through the best end along the two directions in which the nine paths spread most, the loss computed at "
         "every point "
         "of a grid. Real surfaces have 50,890 directions: the paths lie beside this plane.",
         "가장 좋은 끝점을 지나고 아홉 경로가 가장 크게 퍼진 두 방향으로 펼친 평면에서 격자마다 손실을 계산했습니다. 실제 "
         "곡면에는 방향이 50,890개 "
         "있어 경로는 이 평면 곁에 놓입니다."))
def loss_surface(scene: Scene) -> Drawn:
    """The slice with the paths on it."""
    found = on_digits()
    plane = found.plane
    assert plane is not None
    points = {p.name: at for p, at in zip(found.paths, plane.points, strict=True)}
    return Drawn({"explained": plane.explained, "x": plane.x, "y": plane.y, "z": plane.z, "center": plane.center,
                  "directions": plane.directions, "points": points}, viz.optimizer_race(found.data()))
