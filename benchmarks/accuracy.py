"""Accuracies of the lectures' networks, several seeds each, with spread.

    python benchmarks/accuracy.py dense            784-512-10 on MNIST: the lectures' protocol and the honest one
    python benchmarks/accuracy.py cnn              lecture CNN on MNIST, 12 epochs
    python benchmarks/accuracy.py demo             lecture CNN on the embedded digits, with the demo's recipe
    python benchmarks/accuracy.py precision        lecture CNN on MNIST, 12 epochs: precision "auto" against "float32", same seeds

The lectures stop early on the test set: the epoch with the lowest `val_loss` is chosen with the test set as validation data, so
the test set has a say in what it then judges. The honest protocol chooses the epoch on 6,000 training digits that were held out.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from harness import RESULTS, machine

import nabi
from nabi.zoo import lecture_cnn, lecture_dense


def mnist():
    """Pixels 0-1 with a channel axis, labels as integers: (x, y), (x_test, y_test)."""
    (x, y), (x_test, y_test) = nabi.datasets.mnist.load_data()
    return ((x[..., None] / 255).astype(np.float32), y), ((x_test[..., None] / 255).astype(np.float32), y_test)


def train(network, seed, data, held, epochs, precision="auto", **options):
    """One training run; gives its History and its seconds."""
    nabi.utils.set_random_seed(seed)
    model = network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], precision=precision)
    begin = time.perf_counter()
    history = model.fit(*data, batch_size=200, epochs=epochs, validation_data=held, verbose=0, **options)
    return model, history.history, time.perf_counter() - begin


def dense(options):
    """The lectures' dense net under both protocols."""
    data, test = mnist()
    for seed in range(options.seeds or 5):
        _, seen, seconds = train(lecture_dense, seed, data, test, options.epochs or 20)
        chosen = int(np.argmin(seen["val_loss"]))
        order = np.random.default_rng(seed).permutation(60000)
        fit, held = [tuple(part[index] for part in data) for index in (order[:54000], order[54000:])]
        keep = nabi.callbacks.EarlyStopping("val_loss", patience=100, restore_best_weights=True)
        model, honest, _ = train(lecture_dense, seed, fit, held, options.epochs or 20, callbacks=[keep])
        yield {"seed": seed, "lecture": seen["val_accuracy"][chosen], "epoch": chosen + 1, "best": max(seen["val_accuracy"]),
               "test_loss": seen["val_loss"][chosen], "train_accuracy": seen["accuracy"][chosen],
               "honest": model.evaluate(*test, verbose=0, batch_size=1000)[1],
               "honest_epoch": int(np.argmin(honest["val_loss"])) + 1, "seconds": seconds}


def cnn(options):
    """The lecture CNN, accuracy after the last epoch."""
    data, test = mnist()
    for seed in range(options.seeds or 3):
        _, seen, seconds = train(lecture_cnn, seed, data, test, options.epochs or 12)
        yield {"seed": seed, "last": seen["val_accuracy"][-1], "best": max(seen["val_accuracy"]), "seconds": seconds,
               "epochs": seen["val_accuracy"]}


def precision(options):
    """The lecture CNN after the last epoch in each precision; one run at a time, added to those made before."""
    data, test = mnist()
    file = RESULTS / "accuracy-precision.json"
    chosen = [(name, seed) for name in options.only or ("auto", "float32")
              for seed in options.which or range(options.seeds or 5)]
    known = json.loads(file.read_text())["rows"] if file.exists() else []
    yield from [row for row in known if (row["precision"], row["seed"]) not in chosen]
    for name, seed in chosen:
        _, seen, seconds = train(lecture_cnn, seed, data, test, options.epochs or 12, name)
        yield {"precision": name, "seed": seed, "last": seen["val_accuracy"][-1], "seconds": seconds}


def interval(first: list[float], second: list[float], confidence: float = 0.9) -> tuple[float, float]:
    """Welch's interval of the difference of two means."""
    from scipy import stats

    found = stats.ttest_ind(first, second, equal_var=False).confidence_interval(confidence)
    return float(found.low), float(found.high)


def demo(options):
    """The demo's recipe on the embedded digits: 4,000 to train, 1,000 held out."""
    from dataclasses import replace

    from nabi.lab import Recipe
    from nabi.lab import train as run_recipe

    for seed in range(options.seeds or 3):
        with tempfile.TemporaryDirectory() as folder:
            run = run_recipe(replace(Recipe.read("demo"), seed=seed), out=folder, verbose=0)
            end = run.last("end")
            yield {"seed": seed, "accuracy": run.result["accuracy"], "seconds": end["seconds"], "epochs": run.epochs,
                   "validation": run.history["val_accuracy"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["dense", "cnn", "demo", "precision"])
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--only", nargs="*", choices=["auto", "float32"], help="precision: of these")
    parser.add_argument("--which", nargs="*", type=int, help="precision: these seeds")
    options = parser.parse_args()
    rows: list[dict] = []
    for row in {"dense": dense, "cnn": cnn, "demo": demo, "precision": precision}[options.what](options):
        rows.append(row)
        print({k: v for k, v in row.items() if not isinstance(v, list)}, flush=True)
        write(options.what, rows)
    for name, found in summary(options.what, rows).items():
        print(f"{name:20s} {found['mean']:.4f} +- {found['sd']:.4f}  (n = {found['n']})" if isinstance(found, dict) else
              f"{name}: {100 * found[0]:+.3f} to {100 * found[1]:+.3f} points")


def summary(what: str, rows: list[dict]) -> dict:
    """Mean and spread of each figure; of the precisions each its own, and the interval of their difference."""
    groups = {"": rows} if what != "precision" else {
        f"{name} ": [row for row in rows if row["precision"] == name] for name in ("auto", "float32")}
    found: dict = {}
    for group, chosen in groups.items():
        for key in chosen[0] if chosen else ():
            values = [row[key] for row in chosen]
            if key != "seed" and isinstance(values[0], float):
                spread = statistics.stdev(values) if len(values) > 1 else 0.0
                found[group + key] = {"mean": statistics.mean(values), "sd": spread, "n": len(values)}
    if what == "precision" and all(len(chosen) > 1 for chosen in groups.values()):
        found["auto - float32, 90 % interval"] = interval(*([row["last"] for row in chosen] for chosen in groups.values()))
    return found


def write(what: str, rows: list[dict]) -> None:
    """Rows, summary and machine into the result file, after every row."""
    RESULTS.mkdir(exist_ok=True)
    result = {"name": f"accuracy-{what}", "rows": rows, "summary": summary(what, rows), "machine": machine(),
              "date": time.strftime("%Y-%m-%d")}
    (Path(RESULTS) / f"accuracy-{what}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
