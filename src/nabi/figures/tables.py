"""Tables: softmax, from the last layer's numbers to the answer."""

import numpy as np

from nabi import viz
from nabi.core.errors import StateError
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.layers import Activation, Softmax
from nabi.models import Model
from nabi.viz.labels import short

MOST = 12  # classes that are drawn


def last_layer(scene: Scene, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The features that the last layer reads of some pictures, its kernel and its bias: z = f K + b, in float64.

    Raises: StateError for a model that ends otherwise.
    """
    layers = [layer for layer in scene.model.layers if not isinstance(layer, (Activation, Softmax))]
    layer = layers[-1] if layers else scene.model.layers[-1]
    shapes = [weight.shape for weight in layer.get_weights()]
    if len(shapes) != 2 or len(shapes[0]) != 2 or shapes[0][1] < 2:
        raise StateError("last_layer", "a Dense layer with a number for each class at the end", f"'{layer.name}'",
                         "This figure shows how classes share an answer.")
    features = Model(scene.model.inputs, layer.input).predict(x, verbose=0)
    kernel, bias = layer.get_weights()
    return features.astype(np.float64), kernel.astype(np.float64), bias.astype(np.float64)


@figure("softmax", "output", ("Softmax as a table", "표로 보는 소프트맥스"),
        ("From the numbers z of the last layer to shares that add up to 1: e^z, divided by the sum of all. One-hot is the answer "
         "that the training asks for.",
         "마지막 층의 값 z에서 합이 1인 확률로: e^z를 전체 합으로 나눕니다. 원-핫은 학습이 요구하는 정답입니다."))
def softmax(scene: Scene) -> Drawn:
    """Logit, exp, share and one-hot of the first picture."""
    features, kernel, bias = last_layer(scene, scene.images[:1])
    z = (features @ kernel + bias)[0]
    with np.errstate(over="ignore"):
        e = np.exp(z)
    share = np.exp(z - z.max()) / np.exp(z - z.max()).sum()  # the same, and right where e^z is too large for a number
    truth, best = int(scene.labels[0]), int(z.argmax())
    numbers = {"logit": z, "exp": e, "share": share, "one-hot": np.eye(len(z))[truth]}
    order = sorted(range(len(z)), key=lambda k: (k != truth, -z[k]))  # the right one, and the likeliest of the others
    rows = np.sort(order[:MOST])
    columns = {scene.say("class", "클래스"): [short(scene.class_names[k], 40) for k in rows],
               scene.say("logit z", "로짓 z"): z[rows], "e^z": e[rows], scene.say("share", "확률"): share[rows],
               scene.say("one-hot", "원-핫"): numbers["one-hot"].astype(int)[rows]}
    title = scene.say("Softmax: the answer is {name}, {share:.1%} sure", "소프트맥스: 답은 {name}, 확률 {share:.1%}",
                      name=short(scene.class_names[best], 40), share=float(share.max()))
    below = scene.say("{n} of {all} classes: the right one and the likeliest others.",
                      "클래스 {all}개 중 정답과 확률이 큰 클래스까지 {n}개입니다.", n=len(rows), all=len(z))
    marked = [int(np.flatnonzero(rows == best)[0])]
    return Drawn(numbers, viz.number_table(columns, title, below if len(z) > MOST else "", marked=marked))
