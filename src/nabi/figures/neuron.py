"""Neuron: activations with their derivatives, what depth makes of these, the threshold, and what a perceptron cannot learn."""

from typing import Any

import numpy as np
import torch

from nabi import activations, viz
from nabi.core.random import seeded
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.layers import Dense, Input
from nabi.models import Sequential
from nabi.zoo.perceptron import Perceptron

CURVES = ("sigmoid", "tanh", "relu", "leaky_relu", "linear", "step")
DEEP, WIDE, SAMPLES = 20, 64, 64  # layers, units, samples of the net in which gradients vanish
GATES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
PASSES = (1, 2, 3, 6)


def curve(name: str, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f and its slope by autograd, float64."""
    at = torch.tensor(x, requires_grad=True)
    y = activations.get(name)(at)
    if not y.requires_grad:
        return y.numpy(), np.zeros_like(x)
    (slope,) = torch.autograd.grad(y.sum(), at)
    return y.detach().numpy(), slope.numpy()


@figure("activations", "neuron", ("Activation functions and their slopes", "활성화 함수와 기울기"),
        ("Backward propagation multiplies by the slope (orange) at every layer. That of the sigmoid is at most 1/4, that of tanh "
         "at most 1; ReLU's is 0 or 1. The perceptron's step has none, so gradients cannot train it.",
         "역전파는 층마다 기울기(주황)를 곱합니다. 시그모이드의 기울기는 최대 1/4, tanh는 최대 1이고 ReLU는 0 또는 1입니다. "
         "퍼셉트론의 계단 함수는 기울기가 0이어서 경사 하강법으로 학습할 수 없습니다."))
def activation_curves(scene: Scene) -> Drawn:
    """Six functions, derived by autograd."""
    x = np.linspace(-5, 5, 401)
    found = {name: curve(name, x) for name in CURVES}
    values, slopes = ({name: pair[k] for name, pair in found.items()} for k in (0, 1))
    return Drawn({"x": x, "values": values, "slopes": slopes},
                 viz.activation_curves(x, values, slopes, title=scene.say("Activation functions", "활성화 함수")))


def gradient_by_layer(activation: str, initializer: str, seed: int) -> np.ndarray:
    """Mean |dE/dW| of each layer of a deep net at its first step, the last layer first."""
    with seeded(seed):
        model = Sequential([Input((WIDE,)), *(Dense(WIDE, activation=activation, kernel_initializer=initializer)
                                              for _ in range(DEEP))])
    kernels = [torch.tensor(w, requires_grad=True) for w in model.get_weights() if w.ndim == 2]
    h = torch.from_numpy(np.random.default_rng(seed).standard_normal((SAMPLES, WIDE)).astype(np.float32))
    for kernel in kernels:
        h = activations.get(activation)(h @ kernel)
    found = torch.autograd.grad((h**2).mean(), kernels)
    return np.array([float(g.abs().mean()) for g in reversed(found)])


@figure("vanishing_product", "neuron", ("The vanishing gradient", "기울기 소실"),
        ("Each sigmoid layer multiplies the gradient by at most 1/4: after n layers by at most 1/4 to the n. Measured in nets of "
         "20 layers at their first step, it falls at about that rate; with tanh and Xavier's, or ReLU and He's initial weights "
         "it hardly falls.",
         "시그모이드 층을 하나 지날 때마다 기울기에 많아야 1/4이 곱해져 n층 뒤에는 많아야 1/4의 n제곱이 됩니다. 20층 신경망의 "
         "첫 스텝에서 "
         "재어 보면 실제로 그 정도로 줄어듭니다. tanh와 Xavier 초깃값, ReLU와 He 초깃값에서는 거의 줄지 않습니다."))
def vanishing_product(scene: Scene) -> Drawn:
    """The bound, and gradients measured layer by layer."""
    depth = np.arange(DEEP)
    bound = 0.25 ** depth
    kinds = {"sigmoid": ("sigmoid", "glorot_uniform"), "tanh, Xavier": ("tanh", "glorot_uniform"),
             "ReLU, He": ("relu", "he_normal")}
    measured = {name: gradient_by_layer(*kind, scene.seed) for name, kind in kinds.items()}
    shares = {name: values / values[0] for name, values in measured.items()}
    series = {scene.say("1/4 to the n", "1/4의 n제곱"): bound, **shares}
    return Drawn({"depth": depth, "bound": bound, "measured": measured},
                 viz.lines(depth, series, scene.say("What is left of the gradient after n layers", "n층을 거슬러 온 뒤 남은 "
                                                                                                   "기울기"),
                           scene.say("Mean |dE/dW| of a layer as a share of the last layer's, at the first step.",
                                     "첫 스텝에서 층별 |dE/dW|의 평균을 마지막 층의 값으로 나눈 것입니다."),
                           scene.say("layers n from the end", "끝에서부터 센 층 "
                                                              "n"), scene.say("share, logarithmic", "비율(로그 눈금)"),
                           "y"))


@figure("bias", "neuron", ("Bias and threshold", "편향과 임계값"),
        ("A neuron answers when w x + b is above 0, that is when x is above the threshold -b/w: the bias moves the threshold, "
         "the "
         "weight makes the sigmoid steeper. The step is its limit.",
         "뉴런은 w x + b가 0보다 클 때, 곧 x가 임계값 -b/w보다 클 때 반응합니다. 편향은 임계값을 옮기고 가중치는 "
         "시그모이드를 가파르게 "
         "만듭니다. 그 끝이 계단 함수입니다."))
def bias(scene: Scene) -> Drawn:
    """A unit of nabi with several weights and biases."""
    x = np.linspace(-6, 6, 241)
    units = {"w = 1, b = 0": (1.0, 0.0), "w = 1, b = 3": (1.0, 3.0), "w = 1, b = \N{MINUS SIGN}3": (1.0, -3.0),
             "w = 4, b = \N{MINUS SIGN}12": (4.0, -12.0)}
    curves = {}
    for name, (w, b) in units.items():
        unit = Sequential([Input((1,)), Dense(1, activation="sigmoid")])
        unit.set_weights([[[w]], [b]])
        curves[name] = unit.predict(x[:, None], verbose=0)[:, 0]
    thresholds = {name: -b / w for name, (w, b) in units.items()}
    last = list(units)[-1]
    step = Perceptron([1.0], -3.0).answer(x[:, None]).astype(float)
    series = {**curves, scene.say("step, threshold 3", "계단, 임계값 3"): step}
    return Drawn({"x": x, "units": units, "values": curves, "thresholds": thresholds, "step": step, "steepest": last},
                 viz.lines(x, series, scene.say("The bias moves the threshold, the weight the slope",
                                                "편향은 임계값을, 가중치는 기울기를 바꿉니다"),
                           scene.say("sigmoid(w x + b) is 1/2 where x = \N{MINUS SIGN}b/w.",
                                     "sigmoid(w x + b)는 x = \N{MINUS SIGN}b/w에서 1/2입니다."),
                           "x", scene.say("answer", "출력")))


@figure("perceptron", "neuron", ("What a perceptron learns, and what it cannot", "퍼셉트론이 배우는 것과 배우지 못하는 것"),
        ("Its line after 1, 2, 3 and 6 passes over the four points. AND and OR are parted after a few mistakes; for XOR there is "
         "no such line, so that the mistakes never end: within a pass the line moves back and forth, and can stand at its end "
         "where it stood before.",
         "네 점을 1, 2, 3, 6번 모두 본 뒤의 직선입니다. AND와 OR는 몇 번 틀린 뒤 나누지만, XOR를 나누는 직선은 없으므로 끝없이 "
         "틀립니다. XOR에서는 네 점을 보는 동안 직선이 왔다 갔다 하다가 끝날 때 같은 자리로 돌아오기도 합니다."))
def perceptron(scene: Scene) -> Drawn:
    """Rosenblatt's rule on three gates, pass by pass."""
    x, y, places = viz.plane(CORNERS, cells=120, room=0.5)
    panels, mistakes, weights = [], {}, {}
    for gate, labels in GATES.items():
        unit = Perceptron()
        mistakes[gate], weights[gate] = [], []
        for number in range(1, max(PASSES) + 1):
            if not mistakes[gate] or mistakes[gate][-1]:
                mistakes[gate] += unit.fit(CORNERS, labels, epochs=1)
            else:
                mistakes[gate].append(0)
            w = np.zeros(2) if unit.w is None else unit.w
            weights[gate].append((*map(float, w), unit.b))
            if number in PASSES:
                wrong = int((unit.answer(CORNERS) != np.array(labels)).sum())
                said = scene.say("{gate}, pass {n}: {wrong} wrong", "{gate} {n}번째: {wrong}개 "
                                                                    "틀림", gate=gate, n=number, wrong=wrong)
                panels.append({"x": x, "y": y, "shares": unit.answer(places).reshape(len(y), len(x)), "points": CORNERS,
                               "labels": labels, "title": said})
    return Drawn({"passes": PASSES, "mistakes": mistakes, "weights": weights},
                 viz.decision_boundary(panels, scene.say("A perceptron learns AND and OR, but never XOR",
                                                         "퍼셉트론은 AND와 OR를 배우지만 XOR는 배우지 못합니다"),
                                       "", [scene.say("answer 0", "답 0"), scene.say("answer 1", "답 1")], columns=len(PASSES)))


def answers(model: Any, places: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The share of class 1 at each place."""
    return model.predict(places, verbose=0).reshape(shape)


