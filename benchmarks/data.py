"""Pictures in: CIFAR-10 as 50,000 JPEG files in class folders, through nabi and through a torch DataLoader.

    python benchmarks/data.py                     pictures a second: loading alone, training; first epoch, later epochs
    python benchmarks/data.py more train          one more round of training, or of `load`
    python benchmarks/data.py memory              200,000 pictures of 64 x 64 x 3 (2.4 GB) within a budget of 500 MB

Engines, each in a process of its own, in turn:
    nabi        first: from_folder into an empty cache (listing, workers, cache) and `fit` of one epoch; later: `fit` of one more
    torch       ImageFolder's work (Pillow opens, converts; ToTensor) in a DataLoader with two workers, and the same network in
                plain PyTorch, channels last, its usual loop; its workers live on between epochs

Both read the same tree, in batches of 128, shuffled. The network is small on purpose: pictures are what is measured. Files come
from the system's cache in both. Goals: first epoch at least 1.5x, later epochs at least 10x.

The goal for later epochs is about pictures, so it is read without the network, too: `load` is a pass over all batches alone.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np
from harness import RESULTS, cpu_times, machine

ARCHIVE = Path(os.environ.get("NABI_DATA", "../shared/data")) / "cifar10.tar.gz"
PLACE = Path(tempfile.gettempdir()) / "nabi-benchmark-data"
BATCH, ROUNDS = 128, 3
BUDGET, PICTURES, SIDE = 500_000_000, 200_000, 64


def tree() -> Path:
    """train/<class>/*.jpg, unpacked once."""
    root = PLACE / "cifar10"
    if not (root / "done").exists():
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(root, filter="data")
        (root / "done").touch()
    return next(path for path in [root / "train", *root.glob("*/train")] if path.is_dir())


def nabi_engine(root: str, trains: bool) -> None:
    """First pass with decoding into an empty cache, then later ones."""
    import nabi
    from nabi.datasets import from_folder

    with tempfile.TemporaryDirectory(dir=PLACE) as cache:
        nabi.utils.set_random_seed(0)
        layers = nabi.layers
        model = nabi.Sequential([nabi.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Conv2D(16, 3, activation="relu"),
                                 layers.MaxPooling2D(), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
                                 layers.Flatten(), layers.Dense(10, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        warm = np.random.default_rng(0).integers(0, 256, (BATCH, 32, 32, 3), dtype=np.uint8)
        if trains:
            model.fit(warm, np.arange(BATCH) % 10, verbose=0)  # kernels are compiled

        known = []

        def work():
            known.extend([] if known else [from_folder(root, validation=0.0, test=0.0, cache=cache, verbose=0).train])
            if trains:
                model.fit(known[0], batch_size=BATCH, verbose=0)
            else:
                from nabi.core import random
                from nabi.data import make_feed

                feed = make_feed(known[0], None, None, BATCH, ["x"], ["y"])
                assert sum(batch.size for batch in feed.batches(random.permutation(0, 0, feed.count))) == 50_000

        passes(work)


def torch_engine(root: str, trains: bool) -> None:
    """Pillow in two worker processes, the usual loop."""
    import torch
    from PIL import Image
    from torch import nn

    torch.manual_seed(0)
    classes = sorted(path.name for path in Path(root).iterdir())
    files = [(str(path), label) for label, name in enumerate(classes) for path in sorted((Path(root) / name).iterdir())]

    class Pictures(torch.utils.data.Dataset):
        def __len__(self):
            return len(files)

        def __getitem__(self, place):
            path, label = files[place]
            with open(path, "rb") as file:
                pixels = np.array(Image.open(file).convert("RGB"))
            return torch.from_numpy(pixels).permute(2, 0, 1).float().div(255), label

    loader = torch.utils.data.DataLoader(Pictures(), BATCH, shuffle=True, num_workers=2, persistent_workers=True)
    net = nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
                        nn.Flatten(), nn.Linear(32 * 6 * 6, 10)).to(memory_format=torch.channels_last)
    optimizer, loss = torch.optim.Adam(net.parameters()), nn.CrossEntropyLoss()

    def work():
        seen = 0
        for x, y in loader:
            seen += len(x)
            if trains:
                optimizer.zero_grad()
                value = loss(net(x.contiguous(memory_format=torch.channels_last)), y)
                value.backward()
                optimizer.step()
        assert seen == len(files)

    passes(work)


def passes(work) -> None:
    """Answers each line on standard input with the seconds of one pass."""
    print("ready", flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        work()
        print(f"seconds {time.perf_counter() - begin}", flush=True)


class Child:
    """An engine's process."""

    def __init__(self, engine: str, root: Path, kind: str):
        source = str(Path(__file__).parent.parent / "src")
        self.process = subprocess.Popen([sys.executable, __file__, "engine", engine, str(root), kind], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": source})
        self.answer("ready")

    def answer(self, word: str) -> str:
        for line in self.process.stdout:
            if line.startswith(word):
                return line
        raise SystemExit("an engine died")

    def go(self) -> float:
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.answer("seconds").split()[1])

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


ENGINES = {"nabi": nabi_engine, "torch": torch_engine}


def compare(kinds: list[str], rounds: int, goes_on: bool = False) -> None:
    """Rounds of fresh processes in turn, each with a first and a later pass; `goes_on` adds to the rounds measured before."""
    root, before = tree(), cpu_times()
    file = RESULTS / "data.json"
    known = json.loads(file.read_text()).get("passes", {}) if goes_on and file.exists() else {}
    for path in root.rglob("*.jpg"):  # into the system's cache, for all alike
        path.read_bytes()
    for _ in range(rounds):
        for kind in kinds:
            for engine in ENGINES:
                child = Child(engine, root, kind)
                for which in ("first", "later"):
                    row = known.setdefault(f"{kind}, {which}", {"seconds": {}})
                    row["seconds"].setdefault(engine, []).append(round(child.go(), 3))
                    print(f"{kind}, {which}: {engine} {row['seconds'][engine][-1]} s", flush=True)
                child.close()
    after = cpu_times()
    for name, row in known.items():
        row["ratio"] = statistics.median(b / a for a, b in zip(row["seconds"]["nabi"], row["seconds"]["torch"], strict=True))
        row["pictures_per_second"] = {engine: 50_000 / statistics.median(row["seconds"][engine]) for engine in ENGINES}
        pace = "   ".join(f"{engine} {rate:9,.0f}" for engine, rate in row["pictures_per_second"].items())
        print(f"{name:13s} {pace} pictures/s   {row['ratio']:.2f}x   {len(row['seconds']['nabi'])} rounds", flush=True)
    spent = {k: after[k] - before[k] for k in before}
    total = max(sum(spent.values()), 1)
    health = {k: round(spent.get(k, 0) / total, 4) for k in ("steal", "iowait", "idle")}
    write({"passes": known, "batch_size": BATCH, "health": health})


def write(found: dict) -> None:
    """Adds to results/data.json."""
    file = RESULTS / "data.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    known.update({"name": "data", "machine": machine(), "date": time.strftime("%Y-%m-%d"), **found})
    file.write_text(json.dumps(known, indent=1) + "\n")


def memory() -> None:
    """One epoch over more pictures than the budget holds, in a process of its own; prints what it held at most."""
    PLACE.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=PLACE))
    try:
        pixels = np.lib.format.open_memmap(folder / "x.npy", "w+", np.uint8, (PICTURES, SIDE, SIDE, 3))
        block = np.random.default_rng(0).integers(0, 256, (2000, SIDE, SIDE, 3), dtype=np.uint8)
        for begin in range(0, PICTURES, len(block)):
            pixels[begin:begin + len(block)] = np.roll(block, begin // 2000, axis=0)
        del pixels
        source = str(Path(__file__).parent.parent / "src")
        found = subprocess.run([sys.executable, __file__, "epoch", str(folder / "x.npy")], stdout=subprocess.PIPE, text=True,
                               check=True, env={**os.environ, "PYTHONPATH": source})
        result = json.loads(found.stdout.splitlines()[-1])
        print(json.dumps(result, indent=1))
        write({"memory": result})
    finally:
        shutil.rmtree(folder)


def epoch(file: str) -> None:
    """Trains a tiny network for one epoch within the budget, and watches what the process holds."""
    import threading

    import nabi
    from nabi.core.memory import resident
    from nabi.core.rows import Part, Rows

    pixels = np.load(file, mmap_mode="r")
    part = Part(Rows(pixels, np.arange(len(pixels)), BUDGET), np.arange(len(pixels)) % 10, [], list("abcdefghij"))
    layers = nabi.layers
    model = nabi.Sequential([nabi.Input((SIDE, SIDE, 3)), layers.Rescaling(1 / 255), layers.Conv2D(4, 3, strides=4),
                             layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    held, over = [], threading.Event()

    def watch():
        while not over.wait(0.05):
            held.append(resident())

    watcher = threading.Thread(target=watch)
    before = resident()
    watcher.start()
    begin = time.perf_counter()
    model.fit(part, batch_size=128, verbose=0)
    seconds = time.perf_counter() - begin
    over.set()
    watcher.join()
    peak = next(int(line.split()[1]) * 1024 for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    print(json.dumps({"pictures": len(pixels), "bytes": int(pixels.nbytes), "budget": BUDGET, "resident_before_fit": before,
                      "resident_most_sampled": max(held), "VmHWM": peak,
                      "seconds": round(seconds, 1), "pictures_per_second": round(len(pixels) / seconds)}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["memory"]:
            memory()
        case ["epoch", file]:
            epoch(file)
        case ["engine", engine, root, kind]:
            ENGINES[engine](root, kind == "train")
        case ["load" | "train" as kind]:
            compare([kind], ROUNDS)
        case ["more", "load" | "train" as kind]:
            compare([kind], 1, goes_on=True)
        case _:
            compare(["load", "train"], ROUNDS)
