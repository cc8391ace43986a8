"""Transfer: EfficientNet-Lite0 as ImageNet taught it, to ten things in 1,000 small photographs and to smiles in 500 grey faces.

    python benchmarks/transfer.py sizes cifar10           a head on pictures brought to several sizes: accuracy and seconds
    python benchmarks/transfer.py speed cifar10           seconds of an epoch by each way to learn: how many make 30 s
    python benchmarks/transfer.py rates cifar10 all 0.001 0.003    these rates, judged on validation pictures
    python benchmarks/transfer.py run cifar10:all:0,1     whole trainings with these seeds, judged on test pictures
    python benchmarks/transfer.py table                   what stands in results/transfer.json, as in zoo.md

    head    new classifier on features that are computed once       same    the same network, from scratch
    top     its last quarter learns along                           small   fast-cifar, made for small pictures, from scratch
    all     every layer learns                                      fit     head by `fit`, nothing kept (its time only)
    still   every layer learns but the norms, which keep the means and variances, gamma and beta of ImageNet

A seed chooses the training pictures, the weights that are drawn and the order. Sizes and rates are chosen on validation pictures
of seed 0, drawn from the training set; test pictures are read once a run. CIFAR-10: 100 pictures of each class from
`cifar10.tar.gz` (JPEG copies: these accuracies compare with each other, not with papers), the first 4,000 test pictures, 400 of
each class. Smiles: 250 + 250 faces of `smiles.tar.gz`, 1,000 + 1,000 others to test. All but `head` learn for the
number of epochs that comes nearest to 30 s on two cores, by what `speed` has measured, from pictures mirrored and moved by up to
an eighth.
"""

import io
import json
import os
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from harness import RESULTS, machine
from PIL import Image

import nabi
from nabi import Input, Model, zoo
from nabi.datasets import cifar10, sources, tar
from nabi.layers import BatchNormalization, RandomFlip, RandomTranslation, Rescaling
from nabi.schedules import OneCycle
from nabi.zoo.heads import retraced

FILE = RESULTS / "transfer.json"
BUDGET, BATCH = 30.0, 50  # seconds on two cores; pictures a step
HEAD_EPOCHS = 30
SIDES = (64, 96, 128, 160, 224)


@dataclass(frozen=True)
class Task:
    """A task: sides of its pictures and of what Lite0 gets, classes, pictures of each for training, validation and test."""

    native: int
    side: int
    classes: int
    train: int
    held: int
    test: int
    rates: dict[str, float]


RATES = {"head": 3e-3, "top": 1e-2, "all": 1e-2, "still": 1e-2, "same": 1e-2, "small": 3e-3}
TASKS = {"cifar10": Task(32, 128, 10, 100, 100, 400, RATES), "smiles": Task(64, 128, 2, 250, 250, 1000, RATES | {"top": 3e-3})}


@dataclass(frozen=True)
class Parts:
    """Pictures (N, side, side, 3) uint8 and labels: to train, to choose by, to test."""

    x: np.ndarray
    y: np.ndarray
    x_held: np.ndarray
    y_held: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def data(name: str, seed: int, test: bool) -> Parts:
    """The parts of a task; without `test` there are no test pictures to be tempted by."""
    task, rng = TASKS[name], np.random.default_rng(seed)
    if name == "cifar10":
        (x, y), (x_test, y_test) = cifar10.load_data()
        y, y_test = y.ravel(), y_test.ravel()
    else:
        x, y = faces()
    order = rng.permutation(len(x))
    each = [order[y[order] == k] for k in range(task.classes)]
    chosen = [np.concatenate([part[a:b] for part in each]) for a, b in (
        (0, task.train), (task.train, task.train + task.held), (task.train + task.held, task.train + task.held + task.test))]
    if name == "cifar10":
        last = (x_test[:task.test * task.classes], y_test[:task.test * task.classes])
    else:
        last = (x[chosen[2]], y[chosen[2]])
    if not test:
        last = (last[0][:0], last[1][:0])
    train, held = ((x[index], y[index].astype(np.int64)) for index in chosen[:2])
    return Parts(*train, *held, last[0], last[1].astype(np.int64))


def faces() -> tuple[np.ndarray, np.ndarray]:
    """Grey faces as three equal channels; 1 smiles."""
    found = [folder / "smiles.tar.gz" for folder in sources.folders().values() if (folder / "smiles.tar.gz").is_file()]
    if not found:
        raise SystemExit("smiles.tar.gz is in none of the data folders; NABI_DATA names one")
    read = {file: (pixels(content), int(file.startswith("smile/"))) for file, content in
            tar.files(found[0], 2**28, 2**20) if file.endswith(".jpg")}
    x, y = zip(*(read[file] for file in sorted(read)), strict=True)
    return np.stack(x), np.array(y)


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def sized(x: np.ndarray, side: int) -> np.ndarray:
    """Pictures brought to side x side, bicubic."""
    if x.shape[1:3] == (side, side):
        return x
    return np.stack([np.asarray(Image.fromarray(p).resize((side, side), Image.Resampling.BICUBIC)) for p in x])


def varied(model: Model) -> Model:
    """The model behind a mirror and a move of up to an eighth, in training only."""
    image = Input(model.input_shape[1:])
    moved = RandomTranslation(1 / 8, 1 / 8, "reflect", "nearest")(RandomFlip("horizontal")(image))
    made = {id(model.inputs[0]): moved}
    return Model(image, retraced(model.outputs[0], made, {}), name=model.name)


def lite0(side: int, weights) -> Model:
    """EfficientNet-Lite0 for pixels 0-255, whose running means follow within ten steps: there are few of them."""
    model = zoo.efficientnet_lite0((side, side, 3), include_top=False, pooling="avg", weights=weights)
    for layer in model.layers:
        if isinstance(layer, BatchNormalization):
            layer.momentum = 0.9
    if weights:
        return model
    image = Input((side, side, 3))
    return Model(image, retraced(model.outputs[0], {id(model.inputs[0]): Rescaling(1 / 128, -127 / 128)(image)}, {}))


def network(task: Task, method: str) -> Model:
    """What learns in a certain way."""
    if method == "small":
        small = zoo.fast_cifar((task.native, task.native, 3), classes=task.classes, pixels=0)
        image = Input((task.native, task.native, 3))
        scaled = retraced(small.outputs[0], {id(small.inputs[0]): Rescaling(1 / 255)(image)}, {})
        return varied(Model(image, scaled, name="small"))
    base = lite0(task.side, None if method == "same" else "imagenet")
    if method in ("head", "fit"):
        return nabi.transfer(base, task.classes, "head", dropout=0.2)
    return nabi.transfer(varied(base), task.classes, "top" if method == "top" else "all", dropout=0.2,
                         rate=1.0 if method == "same" else 0.1, norms=method != "still")


def prepared(task: Task, method: str, seed: int, rate: float, steps: int) -> Model:
    nabi.utils.set_random_seed(seed)
    model = network(task, method)
    model.compile(nabi.optimizers.Adam(OneCycle(rate, steps)), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def epochs_of(name: str, method: str) -> int:
    """Epochs that a method has: those that come nearest to the budget, by the measured speed."""
    if method in ("head", "fit"):
        return HEAD_EPOCHS
    found = [r["epoch_seconds"] for r in rows("speed") if (r["task"], r["method"], r["side"]) == (name, method, TASKS[name].side)]
    return round(BUDGET / found[0])


def trained(name: str, method: str, seed: int, rate: float, parts: Parts, epochs: int) -> tuple[Model, float]:
    """One training and its seconds, features included."""
    task = TASKS[name]
    x = parts.x if method == "small" else sized(parts.x, task.side)
    model = prepared(task, method, seed, rate, epochs * -(-len(x) // BATCH))
    begin = time.perf_counter()
    if method == "head":
        zoo.fit_cached(model, x, parts.y, batch_size=BATCH, epochs=epochs, verbose=0)
    else:
        model.fit(x, parts.y, batch_size=BATCH, epochs=epochs, verbose=0)
    return model, time.perf_counter() - begin


def accuracy(model: Model, x: np.ndarray, y: np.ndarray) -> float:
    """Share of right answers; classes are equally many, so that it is the balanced one, too."""
    side = model.input_shape[1]
    right = sum(int((model.predict(sized(x[i:i + 500], side), verbose=0).argmax(1) == y[i:i + 500]).sum())
                for i in range(0, len(x), 500))
    return right / len(x)


def sizes(name: str, sides: Iterable[int]) -> None:
    """A head on features of pictures of several sizes, at its best rate of three on the validation pictures."""
    parts = data(name, 0, test=False)
    for side in sides:
        nabi.utils.set_random_seed(0)
        base = nabi.transfer(lite0(side, "imagenet"), TASKS[name].classes, "head", dropout=0.2)
        base.compile("adam", "sparse_categorical_crossentropy")
        x, x_held = sized(parts.x, side), sized(parts.x_held, side)
        keep({"what": "sizes", "task": name, "side": side, "accuracy": head_on(base, x, parts.y, x_held, parts.y_held)})


def head_on(base, x, y, x_held, y_held) -> dict[str, float]:
    """Validation accuracy of heads by rate."""
    from nabi.zoo.cutting import learning_part

    seen, held, found = zoo.cached_features(base, x), zoo.cached_features(base, x_held), {}
    start = base.get_weights()
    for rate in (1e-3, 3e-3, 1e-2):
        base.set_weights(start)
        part = learning_part(base)
        part.counters.whole.drawn = 0
        part.compile(nabi.optimizers.Adam(OneCycle(rate, HEAD_EPOCHS * -(-len(x) // BATCH))), "sparse_categorical_crossentropy")
        part.fit(seen, y, batch_size=BATCH, epochs=HEAD_EPOCHS, verbose=0)
        found[f"{rate:g}"] = float((part.predict(held, verbose=0).argmax(1) == y_held).mean())
    return found


def speed(name: str, methods: list[str]) -> None:
    """Seconds of an epoch by each method, the median of three short fits after one that is not counted; those of features."""
    task, parts = TASKS[name], data(name, 0, test=False)
    for side in () if methods else SIDES:
        base, x = prepared(replace(task, side=side), "head", 0, 1e-4, 1000), sized(parts.x[:256], side)
        spent = []
        for _ in range(4):
            begin = time.perf_counter()
            zoo.cached_features(base, x)
            spent.append(1e3 * (time.perf_counter() - begin) / len(x))
        keep({"what": "speed", "task": name, "method": "features", "side": side, "threads": threads(),
              "milliseconds": statistics.median(spent[1:])})
    for method in methods or ("fit", "top", "all", "still", "same", "small"):
        x = parts.x if method == "small" else sized(parts.x, task.side)
        model, n, spent = prepared(task, method, 0, 1e-4, 1000), 500 if method == "small" else 200, []
        for _ in range(4):
            begin = time.perf_counter()
            model.fit(x[:n], parts.y[:n], batch_size=BATCH, verbose=0)
            spent.append((time.perf_counter() - begin) * len(x) / n)
        keep({"what": "speed", "task": name, "method": method, "side": task.side, "threads": threads(),
              "epoch_seconds": statistics.median(spent[1:])})


def threads() -> int:
    import torch

    return torch.get_num_threads()


def rates(name: str, method: str, values: list[float]) -> None:
    """Accuracy on validation pictures at these rates, with seed 0."""
    parts, epochs = data(name, 0, test=False), epochs_of(name, method)
    for rate in values:
        model, seconds = trained(name, method, 0, rate, parts, epochs)
        keep({"what": "rates", "task": name, "method": method, "side": TASKS[name].side, "rate": rate, "seconds": seconds,
              "threads": threads(), "epochs": epochs, "accuracy": accuracy(model, parts.x_held, parts.y_held)})


def run(name: str, method: str, seeds: list[int]) -> None:
    """Whole trainings, judged on the test pictures."""
    for seed in seeds:
        parts, rate, epochs = data(name, seed, test=True), TASKS[name].rates[method], epochs_of(name, method)
        model, seconds = trained(name, method, seed, rate, parts, epochs)
        keep({"what": "run", "task": name, "method": method, "side": TASKS[name].side, "rate": rate, "seed": seed,
              "epochs": epochs, "seconds": seconds, "threads": threads(),
              "accuracy": accuracy(model, parts.x_test, parts.y_test)})


def rows(what: str) -> list[dict]:
    return [r for r in (json.loads(FILE.read_text())["rows"] if FILE.exists() else []) if what in (r["what"], "")]


def keep(row: dict) -> None:
    """Adds a row to the file, in place of an older one of the same kind."""
    def key(row):
        return [str(row.get(k, "")) for k in ("what", "task", "method", "side", "rate", "seed")]

    print({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
    found = sorted([r for r in rows("") if key(r) != key(row)] + [row], key=key)
    part = FILE.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps({"name": "transfer", "rows": found, "machine": machine(), "date": time.strftime("%Y-%m-%d")},
                               indent=1) + "\n")
    part.replace(FILE)


def table() -> None:
    """Mean and spread of the test accuracy by task and method; seconds by the measured speed, but of `head`, which has none."""
    print("| task | way | rate | epochs | seconds | test, % | seeds |\n| --- | --- " + "| ---: " * 5 + "|")
    for name, task in TASKS.items():
        for method, rate in task.rates.items():
            found = [r for r in rows("run") if (r["task"], r["method"], r["side"], r["rate"]) == (name, method, task.side, rate)]
            if found:
                shares = [100 * r["accuracy"] for r in found]
                spread = f" ± {statistics.stdev(shares):.1f}" if len(shares) > 1 else ""
                each = [r["epoch_seconds"] for r in rows("speed") if (r["task"], r["method"]) == (name, method)]
                seconds = found[0]["epochs"] * each[0] if each else statistics.median(r["seconds"] for r in found)
                print(f"| {name} | {method} | {rate:g} | {found[0]['epochs']} | {seconds:.1f} | "
                      f"{statistics.mean(shares):.1f}{spread} | {len(shares)} |")


if __name__ == "__main__":
    order, *words = sys.argv[1:] or ["table"]
    if order == "sizes":
        sizes(words[0], map(int, words[1:] or SIDES))
    elif order == "speed":
        speed(words[0], words[1:])
    elif order == "rates":
        rates(words[0], words[1], [float(word) for word in words[2:]])
    elif order == "run":
        for name, method, seeds in (word.split(":") for word in words):
            run(name, method, [int(seed) for seed in seeds.split(",")])
    else:
        table()
