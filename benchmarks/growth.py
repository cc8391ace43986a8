"""Growth: what becomes of a step when batches, data and epochs grow.

    python benchmarks/growth.py batches     lecture CNN, time over that batch size's own floor, batch 16 to 1,000
    python benchmarks/growth.py images      lectures' dense net, 1,000 to 1,000,000 images in memory: time of an image
    python benchmarks/growth.py epochs      lectures' dense net, epochs 1 to 100: time of an epoch, resident memory

Flat means: no more than 10 % between the first and the last.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from harness import RESULTS, machine

BATCHES = (16, 32, 64, 200, 512, 1000)
IMAGES = (1_000, 10_000, 100_000, 1_000_000)


def batches(rounds: int) -> dict:
    """Time over the floor by batch size; each side in a process of its own, in turns."""
    found = {}
    for size in BATCHES:
        script, samples = str(Path(__file__).with_name("lecture_cnn.py")), max(3000, 4 * size)
        options = "--batch-size", str(size), "--samples", str(samples), "--rounds", str(rounds), "--only", "nabi", "floor"
        subprocess.run([sys.executable, script, *options], check=True, capture_output=True)
        name = f"lecture-batch_size{size}-samples{samples}-networkcnn-precisionauto.json"
        result = json.loads((RESULTS / name).read_text())
        found[size] = 1 / result["engines"]["floor"]["times_ours"]
        print(f"batch {size:5d}: {found[size]:.2f} of its floor", flush=True)
        (RESULTS / name).unlink()
    return found


def network():
    """The lectures' dense net, ready to fit."""
    from nabi.zoo import lecture_dense

    model = lecture_dense()
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def pictures(n: int):
    rng = np.random.default_rng(0)
    return rng.random((n, 28, 28, 1), dtype=np.float32), rng.integers(0, 10, n)


def images(rounds: int) -> dict:
    """Microseconds an image by the number of images in memory; every size trains as many images, in turns."""
    data = {n: pictures(n) for n in IMAGES}
    model, times = network(), {n: [] for n in IMAGES}
    for turn in range(rounds + 1):
        for n, (x, y) in data.items():
            epochs = max(1, 100_000 // n)
            begin = time.perf_counter()
            model.fit(x, y, batch_size=200, epochs=epochs, verbose=0)
            if turn:
                times[n].append((time.perf_counter() - begin) / (n * epochs) * 1e6)
    found = {n: statistics.median(t) for n, t in times.items()}
    for n, t in found.items():
        print(f"{n:9,d} images: {t:.2f} us an image")
    return found


def epochs(rounds: int) -> dict:
    """Seconds of an epoch and resident memory along 100 epochs: medians of tens."""
    import nabi

    seconds, memory = [], []

    class Watch(nabi.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.begin = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            seconds.append(time.perf_counter() - self.begin)
            memory.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20)

    network().fit(*pictures(20_000), batch_size=200, epochs=100, verbose=0, callbacks=[Watch()])
    tens = [statistics.median(seconds[i:i + 10]) for i in range(0, 100, 10)]
    found = {"seconds": tens, "megabytes": memory[::10] + memory[-1:]}
    print("seconds", [round(s, 3) for s in found["seconds"]], "megabytes", [round(m) for m in found["megabytes"]])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["batches", "images", "epochs"])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    found = {"batches": batches, "images": images, "epochs": epochs}[options.what](options.rounds)
    result = {"name": f"growth-{options.what}", "found": found, "machine": machine(), "date": time.strftime("%Y-%m-%d")}
    (RESULTS / f"growth-{options.what}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
