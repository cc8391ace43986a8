"""CIFAR-10 at speed: `nabi train cifar10 --recipe fast` against the same recipe in plain PyTorch (float32, eager).

    python benchmarks/cifar_fast.py                     images a second of both, in turns
    python benchmarks/cifar_fast.py train nabi 0 1 2    whole runs with these seeds, from process start to saved model
    python benchmarks/cifar_fast.py train torch 0       the same network, data, order of work and number of epochs in PyTorch

Both read the same files, and their test accuracies compare with each other, not with papers: the pictures of `cifar10.tar.gz` are
JPEG copies. Whole runs are added to `results/cifar-fast.json`; seeds mean different numbers on the two sides.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time

from harness import RESULTS, machine, main, unseen

from nabi.lab import Recipe, Run
from nabi.zoo.fast_cifar import DEVIATION, MEAN, looks

RECIPE = Recipe.read("fast", "cifar10")
FILE = RESULTS / "cifar-fast.json"


def nabi_fit(options):
    from nabi.lab.data import load_data
    from nabi.lab.evaluation import targets
    from nabi.lab.experiment import prepare

    data = load_data("cifar10")
    model = prepare(RECIPE, data)
    x = data.x_train[:options.batches * RECIPE.batch_size]
    y = targets(model, data.y_train[:len(x)])

    def work():
        with unseen():
            model.fit(x, y, batch_size=RECIPE.batch_size, epochs=1)
        return len(x)

    return work


def network():
    """The network of `nabi.zoo.fast_cifar` in torch.nn, for pictures (N, 3, 32, 32), 0-1."""
    import torch
    from torch import nn

    class Scaled(nn.Module):
        def forward(self, x):
            return x / 9

    class Normal(nn.Module):
        def forward(self, x):
            return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)

    look = nn.Conv2d(3, 24, 2, bias=False).requires_grad_(False)
    look.weight.copy_(torch.from_numpy(looks()).permute(3, 2, 0, 1))
    parts, channels = [Normal(), look, nn.ReLU()], 24
    for width in (64, 128, 256):
        for pool in (True, False):
            conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
            nn.init.xavier_uniform_(conv.weight)
            parts += [conv, *([nn.MaxPool2d(2)] if pool else []), nn.BatchNorm2d(width, eps=1e-3, momentum=0.4), nn.ReLU()]
            channels = width
    dense = nn.Linear(channels, 10, bias=False)
    nn.init.xavier_uniform_(dense.weight)
    return nn.Sequential(*parts, nn.MaxPool2d(3), nn.Flatten(), dense, Scaled())


def varied(x, pixels=2):
    """Half of the pictures mirrored, each moved by up to so many pixels, its edge reflected."""
    import torch
    import torch.nn.functional as F

    n = len(x)
    x = torch.where((torch.rand(n) < 0.5).view(n, 1, 1, 1), x.flip(3), x)
    x, (down, right) = F.pad(x, 4 * [pixels], mode="reflect"), torch.randint(0, 2 * pixels + 1, (2, n))
    return torch.stack([p[:, i:i + 32, j:j + 32] for p, i, j in zip(x, down.tolist(), right.tolist(), strict=True)])


class Plain:
    """The recipe in plain PyTorch."""

    def __init__(self, x, y):
        import torch

        self.x, self.y = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)
        self.model = network().train()
        options = RECIPE.optimizer_options
        self.decay, self.top = options["weight_decay"], RECIPE.learning_rate
        self.learned = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.SGD(self.learned, self.top, options["momentum"], nesterov=True)
        self.steps, self.done = RECIPE.epochs * -(-50_000 // RECIPE.batch_size), 0

    def epoch(self):
        import torch
        import torch.nn.functional as F

        for index in torch.randperm(len(self.x)).split(RECIPE.batch_size):
            up = RECIPE.warmup * self.steps
            part = 0.04 + 0.96 * self.done / up if self.done < up else 1 - (self.done - up) / (self.steps - up)
            rate = self.optimizer.param_groups[0]["lr"] = self.top * part
            self.optimizer.zero_grad()
            scores = self.model(varied(self.x[index]))
            F.cross_entropy(scores, self.y[index], label_smoothing=RECIPE.label_smoothing).backward()
            with torch.no_grad():
                torch._foreach_mul_(self.learned, 1 - rate * self.decay)
            self.optimizer.step()
            self.done += 1

    def accuracy(self, x, y):
        import torch

        self.model.eval()
        with torch.no_grad():
            right = sum(int((self.model(torch.from_numpy(x[i:i + 500].transpose(0, 3, 1, 2).copy())).argmax(1).numpy()
                             == y[i:i + 500]).sum()) for i in range(0, len(x), 500))
        return right / len(x)


def torch_eager(options):
    from nabi.lab.data import load_data

    data, n = load_data("cifar10"), options.batches * RECIPE.batch_size
    plain = Plain(data.x_train[:n], data.y_train[:n])

    def work():
        plain.epoch()
        return n

    return work


def whole(engine: str, seed: int) -> dict:
    """One whole run in a process of its own: seconds from its start to its end, and test accuracy."""
    begin = time.perf_counter()
    if engine == "torch":
        told = subprocess.run([sys.executable, __file__, "plain", str(seed)], check=True, capture_output=True, text=True).stdout
        return {"engine": engine, "seed": seed, **json.loads(told.splitlines()[-1]), "seconds": time.perf_counter() - begin}
    with tempfile.TemporaryDirectory() as out:
        command = ["train", "cifar10", "--recipe", "fast", "--seed", str(seed), "--quiet", "--json", "--out", out]
        told = subprocess.run([sys.executable, "-m", "nabi", *command], check=True, capture_output=True, text=True).stdout
        seconds, run = time.perf_counter() - begin, Run(json.loads(told)["run"])
        return {"engine": engine, "seed": seed, "accuracy": run.result["accuracy"],
                "training_seconds": run.last("end")["seconds"], "seconds": seconds}


def plain(seed: int) -> None:
    """Trains the PyTorch side and prints what came out."""
    import torch

    from nabi.lab.data import load_data

    torch.manual_seed(seed)
    data = load_data("cifar10")
    side, begin = Plain(data.x_train, data.y_train), time.perf_counter()
    for _ in range(RECIPE.epochs):
        side.epoch()
    seconds = time.perf_counter() - begin
    print(json.dumps({"accuracy": side.accuracy(data.x_test, data.y_test), "training_seconds": seconds}))


def train(engine: str, seeds: list[int]) -> None:
    """Whole runs, added to those made before."""
    for seed in seeds:
        rows = json.loads(FILE.read_text())["rows"] if FILE.exists() else []
        row = whole(engine, seed)
        print({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
        rows = [r for r in rows if (r["engine"], r["seed"]) != (engine, seed)] + [row]
        FILE.write_text(json.dumps({"name": "cifar-fast", "rows": rows, "machine": machine(), "date": time.strftime("%Y-%m-%d")},
                                   indent=1) + "\n")
        for name in ("nabi", "torch"):
            ours = [r for r in rows if r["engine"] == name]
            if ours:
                mean, minutes = statistics.mean(r["accuracy"] for r in ours), statistics.median(r["seconds"] for r in ours) / 60
                spread = statistics.stdev(r["accuracy"] for r in ours) if len(ours) > 1 else float("nan")
                print(f"{name:6s} {100 * mean:.2f} +- {100 * spread:.2f} %, {minutes:.1f} minutes (n = {len(ours)})", flush=True)


def arguments(parser):
    parser.add_argument("--batches", type=int, default=12)


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(sys.argv[2], [int(seed) for seed in sys.argv[3:]] or [0, 1, 2])
    elif sys.argv[1:2] == ["plain"]:
        plain(int(sys.argv[2]))
    else:
        main("cifar-speed", __file__, {"nabi": nabi_fit, "torch_eager": torch_eager}, arguments)
