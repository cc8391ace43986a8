"""Depth: what happens to numbers and gradients on their way through many layers: initialisation, normalisation, dropout."""

import numpy as np

from nabi import callbacks, initializers, viz
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.figures.training_runs import deep, dense, enough, parts, percent, some, trained
from nabi.layers import Dropout
from nabi.models import Model
from nabi.viz.labels import power

DEPTH, EPOCHS = 8, 5
WATCHED = 200  # pictures
LINEAR = 2.0  # |z| up to which the sigmoid is nearly a straight line


@figure("vanishing_gradients", "training", ("Vanishing gradients", "기울기 소실"),
        ("How large the gradient of each hidden layer's output is. The sigmoid's slope is at most 1/4, and each layer "
         "multiplies by it once more; ReLU with He's initialisation hands the gradient on.",
         "은닉층마다 출력 기울기의 크기입니다. 시그모이드의 기울기는 최대 1/4이고 층을 지날 때마다 곱해집니다. He 초기화를 쓴 "
         "ReLU는 기울기를 그대로 전합니다."))
def vanishing_gradients(scene: Scene) -> Drawn:
    """Root mean square of dL/da by hidden layer, before training and after it, sigmoid against ReLU; and 0.25^k."""
    found = {}
    for name, initializer in (("sigmoid", "glorot_uniform"), ("relu", "he_normal")):
        watch = trained(scene, deep(scene, DEPTH, 64, name, initializer), EPOCHS, watched=64).watch
        found[name] = np.array([[np.hypot(layer["gradients"]["mean"], layer["gradients"]["std"]) for layer in row["layers"]
                                 if layer["layer"].startswith("a")] for row in watch.rows])
    back = np.arange(DEPTH)  # layers from the answer back
    theory = found["sigmoid"][0, -1] * 0.25**back
    before, after = scene.say("before", "학습 전"), scene.say("after {n} epochs", "{n} 에포크 뒤", n=EPOCHS)
    series = {f"ReLU + He, {before}": found["relu"][0, ::-1], f"ReLU + He, {after}": found["relu"][-1, ::-1],
              f"sigmoid, {before}": found["sigmoid"][0, ::-1], f"sigmoid, {after}": found["sigmoid"][-1, ::-1],
              scene.say("0.25 a layer", "층마다 0.25"): theory}
    times = float(found["sigmoid"][0, -1] / found["sigmoid"][0, 0])
    title = scene.say("Through {n} sigmoid layers the gradient shrinks {times:,.0f} times",
                      "시그모이드 {n}개 층을 지나면 기울기가 {times:,.0f}분의 1로 줄어듭니다", n=DEPTH, times=times)
    below = scene.say("Measured on 64 pictures, from the last hidden layer (0) back to the first ({n}).",
                      "그림 64장에서, 마지막 은닉층(0)부터 첫 은닉층({n})까지 거슬러 가며 쟀습니다.", n=DEPTH - 1)
    drawn = viz.lines(back, series, title, below, scene.say("layers back from the answer", "출력에서 거슬러 간 층수"),
                      scene.say("Gradient dL/da, root mean square, logarithmic",
                                "기울기 dL/da의 제곱평균제곱근(로그 눈금)"), log="y")
    return Drawn({"sigmoid": found["sigmoid"], "relu": found["relu"], "theory": theory}, drawn)


@figure("batch_normalization", "training", ("Activations without and with batch normalisation", "배치 정규화 전후의 분포"),
        ("What goes into each sigmoid through training. Without batch normalisation the numbers drift into the flat parts, "
         "with it they stay where the sigmoid is nearly a straight line.",
         "학습하는 동안 시그모이드에 들어가는 값의 분포입니다. 배치 정규화가 없으면 평평한 구간으로 흘러가고, 있으면 거의 "
         "직선인 구간에 머뭅니다."))
def batch_normalization(scene: Scene) -> Drawn:
    """Histograms of z before each of four sigmoids, after some epochs, without and with BN."""
    epochs, edges, (x, y) = (1, 2, 4, 8), np.linspace(-8, 8, 65), parts(scene)[0]
    sample, _ = some(x, y, WATCHED)
    found = {}
    for name, normal in (("without", False), ("with", True)):
        model = deep(scene, 4, 64, "sigmoid", "glorot_uniform", normal)
        model.compile("adam", "sparse_categorical_crossentropy")
        model.optimizer.learning_rate = 0.003
        inside = Model(model.inputs, [model.get_layer(f"{'bn' if normal else 'z'}{k}").output for k in range(1, 5)])
        taken: list[list[np.ndarray]] = []
        take = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs, inside=inside, taken=taken: taken.append(
            [np.asarray(z) for z in inside.predict(sample, verbose=0)]))
        model.fit(x, y, batch_size=64, epochs=epochs[-1], verbose=0, callbacks=[take])
        found[name] = {k: [taken[e - 1][k - 1] for e in epochs] for k in range(1, 5)}
    said = {"without": scene.say("without", "배치 정규화 없음"), "with": scene.say("with", "배치 정규화 있음")}
    layer = {k: scene.say("layer {k}", "{k}층", k=k) for k in range(1, 5)}
    shares = {said[name]: {layer[k]: [share(z, edges) for z in zs] for k, zs in group.items()} for name, group in found.items()}
    linear = {name: {k: float((abs(zs[-1]) < LINEAR).mean()) for k, zs in group.items()} for name, group in found.items()}
    notes = {said[name]: {layer[k]: percent(value) for k, value in group.items()} for name, group in linear.items()}
    title = scene.say("In the straight part of the sigmoid: {a} without, {b} with batch normalisation",
                      "시그모이드의 직선 구간에 있는 값: 없으면 {a}, 있으면 {b}",
                      a=percent(np.mean(list(linear["without"].values()))),
                      b=percent(np.mean(list(linear["with"].values()))))
    below = scene.say("Orange: share of the numbers between -2 and 2 after epoch {n}.",
                      "주황색은 {n}번째 에포크 뒤 −2와 2 사이에 있는 값의 비율입니다.", n=epochs[-1])
    steps = [scene.say("epoch {n}", "{n} 에포크", n=n) for n in epochs]
    drawn = viz.distributions(edges, shares, steps, title, below.replace("-", "\N{MINUS SIGN}"),
                              scene.say("input z of the sigmoid", "시그모이드의 입력 z"), notes)
    return Drawn({"z": found, "linear": linear, "edges": edges}, drawn)


def share(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Share of the values in each bin."""
    return np.histogram(values, edges)[0] / max(values.size, 1)


@figure("initialisation", "training", ("First weights", "가중치 초기화"),
        ("What each layer puts out before any training. With zeros nothing comes through, too small weights fade out, too "
         "large ones push tanh to -1 and 1; Glorot's and He's keep the spread.",
         "학습 전에 층마다 내놓는 값의 분포입니다. 0이면 아무것도 전해지지 않고, 너무 작으면 사라지고, 너무 크면 tanh가 −1과 "
         "1로 밀립니다. 글로럿과 He 초기화는 퍼진 정도를 유지합니다."))
def initialisation(scene: Scene) -> Drawn:
    """Activations of five layers under five initialisations."""
    cases = {scene.say("Zeros, tanh", "0, tanh"): ("tanh", "zeros"),
             scene.say("Too small: N(0, 0.01²), tanh", "너무 작음: N(0, 0.01²), tanh"): ("tanh", initializers.RandomNormal(0,
                                                                                                                         0.01)),
             scene.say("Too large: N(0, 1), tanh", "너무 큼: N(0, 1), tanh"): ("tanh", initializers.RandomNormal(0, 1)),
             scene.say("Glorot, tanh", "글로럿, tanh"): ("tanh", "glorot_uniform"),
             scene.say("He, ReLU, zeros left out", "He, ReLU(0은 제외)"): ("relu", "he_normal")}
    edges, (x, y) = np.linspace(-1.275, 1.275, 52), parts(scene)[0]
    sample, _ = some(x, y, WATCHED)
    sample = (sample - sample.mean()) / sample.std()
    shares, notes, spread, taken = {}, {}, {}, {}
    for name, (activation, initializer) in cases.items():
        model = deep(scene, 5, 128, activation, initializer)
        inside = Model(model.inputs, [model.get_layer(f"a{k}").output for k in range(1, 6)])
        columns = {scene.say("layer {k}", "{k}층", k=k): np.asarray(a) for k, a in enumerate(inside.predict(sample, verbose=0),
                                                                                            1)}
        shares[name] = {layer: share(a[a != 0] if activation == "relu" else a, edges) for layer, a in columns.items()}
        taken[name], spread[name] = list(columns.values()), [float(a.std()) for a in columns.values()]
        notes[name] = {layer: said(float(a.std())) for layer, a in columns.items()}
    title = scene.say("Only fitting first weights carry numbers through five layers",
                      "알맞은 초기값이라야 다섯 층을 지나도 값이 살아 있습니다")
    below = scene.say("Orange: the standard deviation. {n} pictures, 128 units a layer.",
                      "주황색은 표준편차입니다. 그림 {n}장, 층마다 유닛 128개.",
                      n=WATCHED)
    drawn = viz.distributions(edges, shares, (), title, below, scene.say("activation", "활성화 값"), notes)
    return Drawn({"std": spread, "activations": taken}, drawn)


def said(value: float) -> str:
    """A standard deviation in two digits.

    Example:
        >>> said(0.512), said(0.00004), said(0.0)
        ('0.51', '4×10⁻⁵', '0')
    """
    return power(value, 0) if 0 < value < 1e-3 else f"{value:.2g}"


@figure("dropout", "training", ("Dropout on and off", "드롭아웃을 켜고 끄기"),
        ("The same network without dropout and with a rate of 0.5. Dropout is there to keep a network from learning its samples "
         "by heart: the training loss falls slower. Whether it pays is told by the validation losses at the end.",
         "같은 신경망을 드롭아웃 없이, 그리고 비율 0.5로 학습했습니다. 드롭아웃은 표본을 외우지 못하게 하므로 학습 손실이 더 "
         "천천히 줄어듭니다. 도움이 되었는지는 마지막의 검증 손실을 견주어 봅니다."))
def dropout(scene: Scene) -> Drawn:
    """Training and validation loss of both."""
    enough(scene)
    runs = {rate: trained(scene, dense(scene, (256, 256), rate), 30, most=1000) for rate in (0.0, 0.5)}
    found, (learned, kept) = {rate: run.history for rate, run in runs.items()}, runs[0.0].sizes
    numbers = {f"{name} {rate}": found[rate][name] for rate in found for name in ("loss", "val_loss")}
    off, on = scene.say("off", "끔"), scene.say("on", "켬")
    train, held = scene.say("training", "학습"), scene.say("validation", "검증")
    series = {f"{off}, {held}": numbers["val_loss 0.0"], f"{off}, {train}": numbers["loss 0.0"],
              f"{on}, {held}": numbers["val_loss 0.5"], f"{on}, {train}": numbers["loss 0.5"]}
    ends = numbers["val_loss 0.0"][-1], numbers["val_loss 0.5"][-1]
    title = scene.say("After 30 epochs: validation loss {a:.2f} without dropout, {b:.2f} with it",
                      "30 에포크 뒤 검증 손실: 드롭아웃 없이 {a:.2f}, 켜면 {b:.2f}", a=ends[0], b=ends[1])
    below = scene.say("Two hidden layers of 256 units, {a} pictures to learn, {b} held out.",
                      "유닛 256개인 은닉층 두 개, 학습 그림 {a}장, 검증 그림 {b}장.", a=learned, b=kept)
    drawn = viz.lines(np.arange(1, 31), series, title, below, scene.say("epoch", "에포크"),
                      scene.say("Loss, logarithmic", "손실(로그 눈금)"), log="y")
    return Drawn(numbers | {"pictures": [learned, kept]}, drawn)


@figure("dropout_masks", "training", ("Masks of dropout", "드롭아웃 마스크"),
        ("A picture through nabi's own dropout layer, rate 0.5: half of the numbers become 0, the others twice as large, anew "
         "each time; on average nothing changes.",
         "nabi의 드롭아웃 층(비율 0.5)을 지난 그림입니다. 절반은 0이 되고 나머지는 두 배가 되며, 할 때마다 새로 뽑습니다. "
         "평균은 그대로입니다."))
def dropout_masks(scene: Scene) -> Drawn:
    """One picture, four draws, and the mean of 10 and of 2,000 draws."""
    picture = np.asarray(scene.images[scene.example(min(3, len(scene.class_names) - 1))], np.float32).mean(-1)
    picture = picture / (abs(picture).max() or 1)
    layer, n = Dropout(0.5, seed=scene.seed), 2000
    draws = np.asarray(layer(np.repeat(picture[None], n, 0), training=True))
    means = {k: draws[:k].mean(0) for k in (10, n)}
    maps = np.stack([picture, *draws[:4], *means.values()], -1)
    titles = [scene.say("picture", "그림"), *(scene.say("draw {k}", "{k}번째", k=k) for k in range(1, 5)),
              *(scene.say("mean of {k:,}", "{k:,}번 평균", k=k) for k in means)]
    ink = abs(draws[0][picture > 0.02] == 0).mean()
    title = scene.say("Each draw another half is gone; the mean is the picture",
                      "매번 다른 절반이 사라지지만 평균은 원래 그림입니다")
    below = scene.say("In the first draw {share} of the stroke's numbers are 0, the others are doubled.",
                      "첫 번째에서는 획의 {share}이(가) 0이 되고 나머지는 두 배가 되었습니다.", share=percent(ink))
    return Drawn({"picture": picture, "draws": draws, "mean": means[n]}, viz.map_grid(maps, titles, title, below, 7, 1.05))
