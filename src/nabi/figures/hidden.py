"""Hidden layers: how XOR becomes separable, what width buys on two moons and on spirals, one backpropagation by hand."""

from typing import Any

import numpy as np

from nabi import viz
from nabi.core.random import seeded
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.neuron import CORNERS, GATES
from nabi.figures.scene import Scene
from nabi.lab.points import POINTS, moons, spirals
from nabi.layers import Dense, Input
from nabi.models import Sequential
from nabi.optimizers import Adam
from nabi.race import backprop_table

EPOCHS = (0, 20, 60, 400)  # at which the boundary of XOR is drawn
MOONS, SPIRALS = (1, 2, 4, 16), (4, 8, 16, 32)  # units of the hidden layer; of each of two
STEPS = 600
MINUS = "\N{MINUS SIGN}"


def mlp(*units: int) -> Any:
    """Two numbers in, hidden layers of tanh, one share out."""
    return Sequential([Input((2,)), *(Dense(n, activation="tanh") for n in units), Dense(1, activation="sigmoid")])


def shares(model: Any, places: np.ndarray, side: int) -> np.ndarray:
    """The share of class 1 on a grid."""
    return model.predict(places, batch_size=len(places), verbose=0).reshape(side, side)


@figure("xor", "neuron", ("XOR with a hidden layer", "은닉층이 있는 XOR"),
        ("Two hidden units turn the plane until one line is enough: the boundary through training, and, at the right, the four "
         "points "
         "as the hidden layer sees them.",
         "은닉 유닛 두 개가 평면을 바꾸어 직선 하나로 나눌 수 있게 합니다. 학습하면서 달라지는 결정 경계와, 맨 오른쪽에 "
         "은닉층에서 본 네 "
         "점입니다."))
def xor(scene: Scene) -> Drawn:
    """A net 2-2-1 that learns, and its hidden space."""
    x, y, places = viz.plane(CORNERS, cells=100, room=0.5)
    labels = np.array(GATES["XOR"])
    with seeded(6):  # two units get stuck from two thirds of all starts
        model = mlp(2)
        model.compile(Adam(0.05), loss="binary_crossentropy")
        panels, losses, done = [], [], 0
        for epoch in EPOCHS:
            if epoch > done:
                losses += model.fit(CORNERS, labels, epochs=epoch - done, batch_size=4, shuffle=False, verbose=0).history["loss"]
                done = epoch
            panels.append({"x": x, "y": y, "shares": shares(model, places, 100), "points": CORNERS, "labels": labels,
                           "title": scene.say("epoch {n}", "{n} 에포크", n=epoch), "xlabel": "x\N{SUBSCRIPT ONE}"})
    kernel, b, v, c = model.get_weights()
    hidden = np.tanh(CORNERS @ kernel + b)
    h1, h2, seen = viz.plane([[-1, -1], [1, 1]], cells=100, room=0.15)
    last = Sequential([Input((2,)), Dense(1, activation="sigmoid")])
    last.set_weights([v, c])
    panels.append({"x": h1, "y": h2, "shares": shares(last, seen, 100), "points": hidden, "labels": labels,
                   "title": scene.say("hidden space", "은닉 공간"), "xlabel": "h\N{SUBSCRIPT ONE}"})
    numbers = {"epochs": EPOCHS, "losses": losses, "hidden": hidden, "labels": labels, "weights": [kernel, b, v, c],
               "answers": model.predict(CORNERS, verbose=0)[:, 0], "shares": [panel["shares"] for panel in panels]}
    return Drawn(numbers, viz.decision_boundary(
        panels, scene.say("A hidden layer learns XOR", "은닉층이 XOR를 배웁니다"),
        scene.say("Net 2-2-1 with tanh; loss {first:.2f} before, {last:.3f} after {n} epochs.",
                  "tanh를 쓰는 2-2-1 신경망. 손실은 처음 {first:.2f}, {n} 에포크 뒤 "
                  "{last:.3f}입니다.", first=losses[0], last=losses[-1],
                  n=EPOCHS[-1]),
        [scene.say("answer 0", "답 0"), scene.say("answer 1", "답 1")], columns=len(panels), side=1.85))


@figure("boundaries", "neuron", ("Decision boundaries of wider nets", "은닉 유닛 수와 결정 경계"),
        ("The same points, hidden layers of several widths: one unit draws a line, each further one may bend it. Spirals ask "
         "for two "
         "wide layers.",
         "같은 점을 은닉 유닛 수가 다른 신경망으로 나눕니다. 유닛 하나는 직선을 긋고 유닛이 늘 때마다 더 굽힐 수 있습니다. "
         "나선에는 넓은 층 두 "
         "개가 필요합니다."))
def boundaries(scene: Scene) -> Drawn:
    """Two-moons and spirals, trained on the spot."""
    panels, numbers = [], {}
    sets = (("moons", moons(), [(n,) for n in MOONS]), ("spirals", spirals(), [(n, n) for n in SPIRALS]))
    for name, (points, labels), nets in sets:
        x, y, places = viz.plane(points, cells=90)
        found = {"points": points, "labels": labels, "accuracy": {}, "weights": {}}
        for units in nets:
            with seeded(1):
                model = mlp(*units)
                model.compile(Adam(0.02), loss="binary_crossentropy")
                model.fit(points, labels, epochs=STEPS, batch_size=POINTS, shuffle=False, verbose=0)
            right = float(((model.predict(points, verbose=0)[:, 0] > 0.5) == labels).mean())
            called = "-".join(map(str, (2, *units, 1)))
            found["accuracy"][called], found["weights"][called] = right, model.get_weights()
            panels.append({"x": x, "y": y, "shares": shares(model, places, 90), "points": points, "labels": labels,
                           "title": f"{called}:  {100 * right:.0f} %"})
        numbers[name] = found
    return Drawn(numbers, viz.decision_boundary(
        panels, scene.say("What the width of hidden layers buys", "은닉층이 넓을수록 더 굽은 경계를 그립니다"),
        scene.say("Units of each layer, and the share of the points on their own side after {n} epochs.",
                  "층마다의 유닛 수와, {n} 에포크 뒤 제 편에 놓인 점의 비율입니다.", n=STEPS),
        [scene.say("class 0", "클래스 0"), scene.say("class 1", "클래스 1")]))


def short(value: float) -> str:
    """A number with three digits after the point."""
    return f"{value:.3f}".replace("-", MINUS)


def indexed(name: str) -> str:
    """A name of the table with its numbers below the line.

    Example:
        >>> indexed("w21"), indexed("c")
        ('w\u2082\u2081', 'c')
    """
    return "".join(chr(0x2080 + int(letter)) if letter.isdigit() else letter for letter in name)


@figure("backprop_by_hand", "neuron", ("Backpropagation by hand", "손으로 하는 역전파"),
        ("One step of a net 2-2-1 with sigmoids and E = (y - t)²/2. Blue: what each unit gives; orange: its delta, and the new "
         "weights: old weight - rate x delta x input.",
         "시그모이드 2-2-1 신경망의 한 스텝, E = (y - t)²/2. 파란색은 각 유닛의 출력, 주황색은 델타와 새 가중치(옛 가중치 - "
         "학습률 x 델타 x "
         "입력)입니다."))
def backprop_by_hand(scene: Scene) -> Drawn:
    """The table of `race.backprop_table`, laid onto the net."""
    from nabi.race.small import START

    rows = backprop_table().rows
    made = {row[0]: row[-1] for row in rows}

    def changed(name: str) -> str:
        return f"{short(START[name])} \N{RIGHTWARDS ARROW} {short(made[name])}"

    def unit(name: str, number: str, delta: str, bias: str) -> dict[str, str]:
        return {"name": name, "above": f"{indexed(number)} = {short(made[number])}",
                "below": f"\N{GREEK SMALL LETTER DELTA} = {short(made[delta])},  {indexed(bias)} {changed(bias)}"}

    layers = [[{"name": "x\N{SUBSCRIPT ONE}", "above": short(START["x1"])},
               {"name": "x\N{SUBSCRIPT TWO}", "above": short(START["x2"])}],
              [unit("a\N{SUBSCRIPT ONE}", "a1", "d1", "b1"), unit("a\N{SUBSCRIPT TWO}", "a2", "d2", "b2")],
              [unit("y", "y", "d", "c")]]
    ends = {"w11": ((0, 0), (1, 0), 0.45), "w21": ((0, 1), (1, 0), 0.28),
            "w12": ((0, 0), (1, 1), 0.28), "w22": ((0, 1), (1, 1), 0.45),
            "v1": ((1, 0), (2, 0), 0.5), "v2": ((1, 1), (2, 0), 0.5)}
    lines = [{"from": a, "to": b, "text": f"{indexed(name)} = {short(START[name])}", "at": at,
              "second": f"\N{RIGHTWARDS ARROW} {short(made[name])}"} for name, (a, b, at) in ends.items()]
    error = scene.say("target t = {t:g}, E = {e:.4f}, rate {lr:g}; x\N{SUBSCRIPT TWO} = 0, so that its weights stay.",
                      "목표 t = {t:g}, E = {e:.4f}, 학습률 {lr:g}. x\N{SUBSCRIPT TWO}가 0이므로 그 가중치는 "
                      "그대로입니다.", t=START["t"],
                      e=made["E"], lr=START["lr"])
    return Drawn({"start": START, "rows": rows, "after": made},
                 viz.tiny_net(layers, lines, scene.say("One backpropagation by hand", "손으로 하는 역전파 한 번"), error))
