"""Digits: how well the shipped reader reads MNIST's test digits, and digits on photographed sheets.

    python benchmarks/digit_reader.py ship        trains the network and writes it with its card: some five minutes of one core
    python benchmarks/digit_reader.py sheets      sheets of ten kinds (digit_sheets.py): found, in order, read right
    python benchmarks/digit_reader.py mnist       the 10,000 test digits: read as they are; framed anew, against themselves
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np
import torch
from digit_sheets import CONDITIONS, sheets
from digit_strokes import marks, varied
from harness import RESULTS, machine

from nabi import zoo
from nabi.core.version import __version__
from nabi.datasets import mnist
from nabi.handwriting.framing import framed
from nabi.handwriting.reader import NAMES, WEIGHTS, Digit, DigitReader
from nabi.lab.environment import versions
from nabi.optimizers import Adam
from nabi.schedules import OneCycle

EPOCHS, BATCH, RATE, MARKS, CHUNK, PLAIN = 9, 100, 0.004, 0.2, 10_000, 0.3
FILE = RESULTS / "digit-sheets.json"


def batches(x: np.ndarray, y: np.ndarray, seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches without an end: varied digits, a share of them as they are, and marks that are no digits."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(x))
        for some in np.split(order, range(CHUNK, len(order), CHUNK)):
            others = marks(x, y, round(MARKS * len(some)), rng)
            pictures = np.concatenate([x[some], others])
            truth = np.concatenate([y[some], np.full(len(others), 10)]).astype(np.int64)
            changed = rng.random(len(pictures)) > PLAIN
            pictures[changed] = varied(pictures[changed], rng)
            mixed = rng.permutation(len(pictures))
            for part in np.split(mixed, range(BATCH, len(mixed), BATCH)):
                yield pictures[part][..., None].astype(np.float32) / 255, truth[part]


def ship(options) -> None:
    """Trains the network on MNIST's 60,000 training digits and writes it with its card."""
    torch.set_num_threads(options.threads)
    (x, y), (x_test, y_test) = mnist.load_data()
    steps = round(len(x) * (1 + MARKS) / BATCH)
    model = zoo.build("fast-cnn", classes=len(NAMES), pixels=1)
    model.compile(Adam(OneCycle(RATE, options.epochs * steps, warmup=0.2), beta_2=0.99), "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    cpu = time.process_time()
    model.fit(batches(x, y), steps_per_epoch=steps, epochs=options.epochs, verbose=2)
    cpu = time.process_time() - cpu
    p = np.asarray(model.predict(x_test[..., None].astype(np.float32) / 255, batch_size=500, verbose=0))
    accuracy = float((p[:, :10].argmax(axis=1) == y_test).mean())
    model.card = {
        "title": "Digit reader of nabi", "class_names": list(NAMES),
        "preprocessing": {"scale": 1 / 255, "input_shape": [28, 28, 1], "ink": True},
        "data": {"name": "mnist", "trained_on": len(x), "source": "LeCun, Cortes, Burges, MNIST, CC BY-SA 3.0; and marks that "
                 "are no digits: digits side by side and above each other, printed letters and signs, scribbles"},
        "recipe": {"model": "fast-cnn", "epochs": options.epochs, "batch_size": BATCH, "optimizer": "adam", "learning_rate": RATE,
                   "schedule": "one-cycle", "marks": MARKS, "plain": PLAIN},
        "made_by": "python benchmarks/digit_reader.py ship",
        "metrics": {"mnist_test": {"digits": len(x_test), "accuracy": round(accuracy, 4),
                                   "taken for no digit": int((p.argmax(axis=1) == 10).sum())}},
        "limits": "Digits 0 to 9 as American clerks and pupils wrote them around 1990: a 1 is mostly a stroke.",
        "versions": {"nabi": __version__, **versions()},
    }
    model.save(options.out or WEIGHTS)
    print(f"{accuracy:.4f} of the test digits, {cpu:.0f} s of CPU, {model.card['metrics']}")


def matched(truth: np.ndarray, digits: list[Digit]) -> np.ndarray:
    """For each digit that was found, the number of the one on the sheet that it is, -1 for none; each once, nearest first."""
    answer = np.full(len(digits), -1)
    if not digits or not len(truth):
        return answer
    middles = np.array([(d.box[0] + d.box[2] / 2, d.box[1] + d.box[3] / 2) for d in digits])
    away = np.linalg.norm(middles[:, None] - truth[None, :, 1:3], axis=2) / truth[None, :, 3]
    for k in np.argsort(away, axis=None):
        i, j = divmod(int(k), len(truth))
        if away[i, j] > 0.35:
            break
        if answer[i] < 0 and j not in answer:
            answer[i] = j
    return answer


def score(truth: np.ndarray, digits: list[Digit]) -> dict[str, int]:
    """What of a sheet was found, in which order, and read right."""
    to = matched(truth, digits)
    known = to[to >= 0]
    right = sum(int(truth[j, 0]) == d.digit for j, d in zip(to, digits, strict=True) if j >= 0)
    return {"digits": len(truth), "found": len(known), "right": right, "extra": int((to < 0).sum()),
            "in_order": int((np.diff(known) > 0).sum()), "steps": max(len(known) - 1, 0)}


def measure(options) -> None:
    """Reads sheets of each condition made of MNIST's test digits."""
    torch.set_num_threads(options.threads)
    _, (x, y) = mnist.load_data()
    reader, rows = DigitReader(options.model), []
    for condition in options.conditions or CONDITIONS:
        total: Counter = Counter()
        for sheet in sheets(condition, options.count, x, y, options.seed):
            start = time.process_time()
            digits = reader.read(sheet.pixels)
            total["seconds"] += time.process_time() - start
            total.update(score(sheet.truth, digits))
        row = {"condition": condition, "sheets": options.count, **{k: round(v, 2) for k, v in total.items()}}
        rows.append(row)
        print(f"{condition:14} {row['digits']:5} digits  found {row['found'] / row['digits']:7.2%}  read right "
              f"{row['right'] / row['digits']:7.2%}  of those found {row['right'] / max(row['found'], 1):7.2%}  in order "
              f"{row['in_order'] / max(row['steps'], 1):7.2%}  extra {row['extra'] / row['digits']:6.2%}  "
              f"{row['seconds'] / options.count:.2f} s", flush=True)
    if options.write:
        known = {row["condition"]: row for row in json.loads(FILE.read_text())["rows"]} if FILE.exists() else {}
        known |= {row["condition"]: row for row in rows}
        result = {"name": "digit-sheets", "command": "python benchmarks/digit_reader.py sheets --write", "seed": options.seed,
                  "rows": [known[condition] for condition in CONDITIONS if condition in known],
                  "machine": machine(), "date": time.strftime("%Y-%m-%d")}
        FILE.write_text(json.dumps(result, indent=1) + "\n")


def mnist_itself(options) -> None:
    """The 10,000 test digits as they are: read, and framed anew at their own scale."""
    torch.set_num_threads(options.threads)
    _, (x, y) = mnist.load_data()
    again = np.stack([framed(picture) for picture in x]).astype(float)
    error = np.abs(again - x).mean(axis=(1, 2))
    total = again.sum(axis=(1, 2))
    away = np.stack([again.sum(axis=3 - axis) @ np.arange(28) / total - 14 for axis in (1, 2)])
    p = DigitReader(options.model).probabilities(list(x))
    result = {"name": "digit-mnist", "command": "python benchmarks/digit_reader.py mnist", "digits": len(x),
              "right": round(float((p[:, :10].argmax(axis=1) == y).mean()), 4),
              "same_picture": round(float((error == 0).mean()), 4),
              "mean_error_of_255": round(float(error.mean()), 4), "middle_away_at_most": round(float(np.abs(away).max()), 3),
              "middle_within_half_a_pixel": round(float((np.abs(away) <= 0.5 + 1e-9).all(axis=0).mean()), 4),
              "machine": machine(), "date": time.strftime("%Y-%m-%d")}
    print({key: value for key, value in result.items() if key != "machine"})
    (RESULTS / "digit-mnist.json").write_text(json.dumps(result, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    shipped = actions.add_parser("ship")
    shipped.add_argument("--epochs", type=int, default=EPOCHS)
    shipped.add_argument("--threads", type=int, default=1)
    shipped.add_argument("--out", metavar="FILE", help="another place than where nabi looks for it")
    shipped.set_defaults(run=ship)
    sheet = actions.add_parser("sheets")
    sheet.add_argument("--conditions", nargs="*", choices=CONDITIONS)
    sheet.add_argument("--count", type=int, default=12)
    sheet.add_argument("--seed", type=int, default=2)
    sheet.add_argument("--model", metavar="FILE")
    sheet.add_argument("--threads", type=int, default=1)
    sheet.add_argument("--write", action="store_true", help="keep the figures in results/digit-sheets.json")
    sheet.set_defaults(run=measure)
    plain = actions.add_parser("mnist")
    plain.add_argument("--model", metavar="FILE")
    plain.add_argument("--threads", type=int, default=1)
    plain.set_defaults(run=mnist_itself)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
