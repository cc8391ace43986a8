"""The zoo's networks of CIFAR-10's size trained on it: nabi and plain PyTorch, from the same weights, for the same epochs.

    python benchmarks/zoo_training.py train resnet20 nabi 0 1    whole trainings with these seeds
    python benchmarks/zoo_training.py rates vgg                  one epoch at each of four learning rates
    python benchmarks/zoo_training.py minutes vgg nin            how long a whole training takes on all cores, from a part of it
    python benchmarks/zoo_training.py table                      what stands in results/zoo-training.json, as in zoo.md

Both sides read the pictures of `cifar10.tar.gz` (JPEG copies: their accuracies compare with each other, not with papers),
mirror half of them and move each by up to 4 pixels, and use momentum SGD with Nesterov's step, decoupled weight decay and one
cycle of the learning rate. PyTorch computes in float32, nabi with precision "auto". The weights of both begin as nabi drew
them; the order of the pictures and how they are varied differ. Test accuracy is read once, at the end.
"""

import json
import os
import statistics
import sys
import time
from dataclasses import dataclass

from harness import RESULTS, machine, unseen

import nabi
from nabi import Input, Model, zoo
from nabi.layers import Dense, GlobalAveragePooling2D, MaxPooling2D, Normalization, RandomFlip, RandomTranslation
from nabi.schedules import OneCycle
from nabi.zoo.fast_cifar import DEVIATION, MEAN
from nabi.zoo.googlenet import MODULES, conv_norm, reduced

FILE = RESULTS / "zoo-training.json"


def vgg():
    """The 13 convolutions of VGG16 with norms, a quarter as wide, the mean of the last maps and one dense layer."""
    features = zoo.vgg16_bn((32, 32, 3), include_top=False, pooling="avg", width=0.25, use_bias=False)
    return Model(features.input, Dense(10, activation="softmax")(features.output), name="vgg")


def googlenet():
    """Six inception modules with norms, a quarter as wide, on maps of 16, 8 and 4 pixels behind one convolution."""
    image = Input((32, 32, 3))
    x = MaxPooling2D(2)(conv_norm(image, 48, 3, "conv1"))
    for name in ("3a", "3b", "4a", "4b", "5a", "5b"):
        x = MaxPooling2D(2)(x) if name in ("4a", "5a") else x
        x = reduced(x, tuple(n // 4 for n in MODULES[name]), conv_norm, name)
    return Model(image, Dense(10, activation="softmax")(GlobalAveragePooling2D()(x)), name="googlenet")


@dataclass(frozen=True)
class Plan:
    """How a network is trained: the same for both sides."""

    build: object
    epochs: int
    rate: float
    batch_size: int = 128
    decay: float = 2e-3
    momentum: float = 0.9


PLANS = {
    "resnet20": Plan(lambda: zoo.build("resnet20"), 50, 0.2),
    "densenet-bc40": Plan(lambda: zoo.build("densenet-bc40"), 2, 0.2, 64),
    "googlenet": Plan(googlenet, 4, 0.4),
    "vgg": Plan(vgg, 5, 0.1),
    "nin": Plan(lambda: zoo.build("nin", width=0.5, dropout=0.1), 3, 0.025),
}


def data():
    from nabi.lab.data import load_data

    return load_data("cifar10")


class Nabi:
    """nabi's side."""

    def __init__(self, plan: Plan, seed: int, x, y, epochs: int):
        nabi.utils.set_random_seed(seed)
        network, image = plan.build(), Input((32, 32, 3))
        varied = RandomTranslation(4 / 32, 4 / 32, "reflect", "nearest")(RandomFlip("horizontal")(image))
        self.model = Model(image, network(Normalization(mean=MEAN, variance=[d * d for d in DEVIATION])(varied)))
        rates = OneCycle(plan.rate, epochs * -(-len(x) // plan.batch_size))
        self.model.compile(nabi.optimizers.SGD(rates, plan.momentum, nesterov=True, weight_decay=plan.decay),
                           "sparse_categorical_crossentropy", metrics=["accuracy"])
        self.x, self.y, self.plan, self.epochs = x, y, plan, epochs

    def train(self):
        with unseen():
            self.model.fit(self.x, self.y, batch_size=self.plan.batch_size, epochs=self.epochs)

    def accuracy(self, x, y) -> float:
        return self.model.evaluate(x, y, batch_size=500, verbose=0, return_dict=True)["accuracy"]


class Torch:
    """The same in plain PyTorch."""

    def __init__(self, plan: Plan, seed: int, x, y, epochs: int):
        import torch
        from translated import translated

        nabi.utils.set_random_seed(seed)
        torch.manual_seed(seed)
        self.model = translated(plan.build(), same_weights=True).train()
        self.x, self.y = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)
        self.plan, self.epochs = plan, epochs
        self.optimizer = torch.optim.SGD(self.model.parameters(), plan.rate, plan.momentum, nesterov=True)
        self.mean, self.deviation = (torch.tensor(t).view(3, 1, 1) for t in (MEAN, DEVIATION))

    def train(self):
        import torch
        import torch.nn.functional as F
        from cifar_fast import varied

        plan, learned, step = self.plan, list(self.model.parameters()), 0
        rates = OneCycle(plan.rate, self.epochs * -(-len(self.x) // plan.batch_size))
        for _ in range(self.epochs):
            for index in torch.randperm(len(self.x)).split(plan.batch_size):
                rate = self.optimizer.param_groups[0]["lr"] = rates(step)
                x = (varied(self.x[index], 4) - self.mean) / self.deviation
                self.optimizer.zero_grad()
                F.cross_entropy(self.model(x), self.y[index]).backward()
                with torch.no_grad():
                    torch._foreach_mul_(learned, 1 - rate * plan.decay)
                self.optimizer.step()
                step += 1

    def accuracy(self, x, y) -> float:
        import torch

        self.model.eval()
        with torch.no_grad():
            right = 0
            for i in range(0, len(x), 500):
                part = (torch.from_numpy(x[i:i + 500].transpose(0, 3, 1, 2).copy()) - self.mean) / self.deviation
                right += int((self.model(part).argmax(1).numpy() == y[i:i + 500]).sum())
        return right / len(x)


SIDES = {"nabi": Nabi, "torch": Torch}


def run(name: str, engine: str, seed: int, plan: Plan, epochs: int) -> dict:
    """One training and its test accuracy."""
    import torch

    cifar = data()
    side = SIDES[engine](plan, seed, cifar.x_train, cifar.y_train, epochs)
    begin = time.perf_counter()
    side.train()
    seconds = time.perf_counter() - begin
    return {"network": name, "engine": engine, "seed": seed, "epochs": epochs, "rate": plan.rate,
            "accuracy": side.accuracy(cifar.x_test, cifar.y_test), "seconds": seconds, "threads": torch.get_num_threads()}


NABI_ALONE = {"resnet20"}  # its shortcuts are slices and zeros, which translated.py does not know


def minutes(name: str, rounds: int = 3, n: int = 3200) -> None:
    """Minutes of a whole training by each side: the median time for n pictures, in turns, times what is left out."""
    cifar, plan = data(), PLANS[name]
    engines = ["nabi"] if name in NABI_ALONE else list(SIDES)
    sides = {engine: SIDES[engine](plan, 0, cifar.x_train[:n], cifar.y_train[:n], 1) for engine in engines}
    seconds: dict[str, list[float]] = {engine: [] for engine in sides}
    for turn in range(rounds + 1):
        for engine, side in sides.items():
            begin = time.perf_counter()
            side.train()
            if turn:  # the first one warms up
                seconds[engine].append(time.perf_counter() - begin)
    whole = {engine: statistics.median(s) * len(cifar.x_train) / n * plan.epochs / 60 for engine, s in seconds.items()}
    print(name, {engine: round(m, 1) for engine, m in whole.items()}, "minutes", flush=True)
    if "torch" in seconds:
        print("median ratio", round(statistics.median(t / s for s, t in zip(seconds["nabi"], seconds["torch"], strict=True)), 2))


def kept(row: dict) -> None:
    """Adds a row to the file, in place of an older one of the same training."""
    def key(row):
        return row["network"], row["engine"], row["seed"], row["epochs"], row["rate"]

    print({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
    rows = [r for r in rows_kept() if key(r) != key(row)] + [row]
    text = {"name": "zoo-training", "rows": sorted(rows, key=key), "machine": machine(), "date": time.strftime("%Y-%m-%d")}
    part = FILE.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(text, indent=1) + "\n")
    part.replace(FILE)


def rows_kept() -> list[dict]:
    return json.loads(FILE.read_text())["rows"] if FILE.exists() else []


def table() -> None:
    """Mean and spread over the seeds of each network's plan."""
    print("| network | epochs | rate | nabi, % | seeds | PyTorch, % | seeds | nabi - PyTorch |\n| --- " + "| ---: " * 7 + "|")
    for name, plan in PLANS.items():
        found = [r for r in rows_kept() if (r["network"], r["epochs"], r["rate"]) == (name, plan.epochs, plan.rate)]
        cells, means = [], []
        for engine in SIDES:
            shares = [100 * r["accuracy"] for r in found if r["engine"] == engine]
            spread = f" ± {statistics.stdev(shares):.2f}" if len(shares) > 1 else ""
            cells += [f"{statistics.mean(shares):.2f}{spread}" if shares else "", str(len(shares))]
            means += [statistics.mean(shares)] if shares else []
        gap = f"{means[0] - means[1]:+.2f}" if len(means) == 2 else ""
        print(f"| {name} | {plan.epochs} | {plan.rate:g} | " + " | ".join([*cells, gap]) + " |")


if __name__ == "__main__":
    order, *words = sys.argv[1:] or ["table"]
    if order == "train":
        name, engine, *seeds = words
        for seed in map(int, seeds or [0]):
            kept(run(name, engine, seed, PLANS[name], PLANS[name].epochs))
    elif order == "rates":
        from dataclasses import replace

        for factor in (0.25, 0.5, 1.0, 2.0):
            plan = PLANS[words[0]]
            kept(run(words[0], "nabi", 0, replace(plan, rate=plan.rate * factor), 1))
    elif order == "minutes":
        for name in words:
            minutes(name)
    else:
        table()
