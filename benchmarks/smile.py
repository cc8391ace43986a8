"""Smiles: how well and how fast the smile detector is.

    python benchmarks/smile.py cv                 five-fold cross-validation of the recipe `smiles`: balanced accuracy at least
                                                  93 %, area under the ROC curve at least 0.975
    python benchmarks/smile.py cv --folds 2 3     only these; they are added to those measured before
    python benchmarks/smile.py ship               fold 0 anew; its model becomes the one that nabi ships
    python benchmarks/smile.py speed              frames a second, 640 x 480, two faces, two threads: at least 15

Folds hold the classes alike and near duplicates together (`nabi.pictures.duplicates`). Each fold trains the shipped recipe with
the last epoch's weights: nothing of a fold that is tested chooses anything. A score is the mean over ten views of a face, as in
`SmileDetector`. Balanced accuracy is at a score of 0.5, as the classes count the same in training; F1 at the threshold that
is best on the four other folds. The pictures themselves stay in their archive.
"""

import argparse
import json
import statistics
import time
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch
from harness import RESULTS, cpu_times, machine
from PIL import Image

from nabi import load_model
from nabi.core import random
from nabi.core.version import __version__
from nabi.datasets import smiles
from nabi.faces import SmileDetector, SmileStream
from nabi.faces.detector import WEIGHTS, mean_of_views
from nabi.lab.data import Data, labels, scaled
from nabi.lab.environment import versions
from nabi.lab.experiment import prepare, targets
from nabi.lab.recipe import Recipe
from nabi.lab.two_classes import TwoClasses, at_thresholds, auc, best_f1, best_threshold
from nabi.pictures.boxes import DOWN, SIDE
from nabi.pictures.finding import opencv

FOLDS = 5
FILE, SPEED = RESULTS / "smile-cv.json", RESULTS / "smile-speed.json"
LIMITS = (
    "Faces from the front, upright or leaning, in the light of press photographs; who is in the data, and whether all ages and "
    "looks are, is not known. Labels are somebody's, some are doubtful. Posed smiles. A look on a picture is not a feeling: not "
    "for decisions about people."
)
WIDTH, HEIGHT, SECONDS = 640, 480, 20


def folds(y: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Fold of each face (N,): large groups first, each where its classes are fewest."""
    order = random.stream(0, random.SPLIT).permutation(len(y))
    place = np.argsort(order)
    members: dict[int, list[int]] = {}
    for i in order:
        members.setdefault(int(group[i]), []).append(int(i))
    size, fold = np.zeros((FOLDS, 2)), np.empty(len(y), int)
    for some in sorted(members.values(), key=lambda m: (-len(m), place[m[0]])):
        count = np.bincount(y[some], minlength=2)
        least = int(np.argmin(size @ count + 1e-3 * size.sum(axis=1)))
        size[least] += count
        fold[some] = least
    return fold


def train(recipe: Recipe, x: np.ndarray, y: np.ndarray, tested: np.ndarray) -> tuple[Any, np.ndarray]:
    """A network that never saw the tested faces, and its scores of them."""
    seen = ~tested
    data = Data("smiles", scaled(x[seen]), labels(y[seen]), scaled(x[tested]), labels(y[tested]), smiles.class_names, False, "")
    model = prepare(recipe, data)
    model.fit(data.x_train, targets(model, data.y_train), batch_size=recipe.batch_size, epochs=recipe.epochs, verbose=0,
              class_weight=recipe.class_weight)
    return model, mean_of_views(model, data.x_test)[:, 1]


def cross_validate(options) -> None:
    """Trains and tests the folds, writes after each."""
    torch.set_num_threads(options.threads)
    recipe = replace(Recipe.read("smiles"), seed=0, validation_split=0.0)
    x, y, group = smiles.faces()
    fold = folds(y, group)
    rows = {row["fold"]: row for row in json.loads(FILE.read_text())["rows"]} if options.folds and FILE.exists() else {}
    for k in options.folds or range(FOLDS):
        begin, cpu = time.perf_counter(), time.process_time()
        model, p = train(recipe, x, y, fold == k)
        if options.keep:
            model.save(f"{options.keep}/smile-{k}.safetensors")
        truth = y[fold == k]
        caught, false = at_thresholds(truth, p)
        rows[k] = {"fold": k, "faces": len(truth), "smiles": int(truth.sum()), "auc": round(auc(truth, p), 5),
                   "caught": caught.tolist(), "false": false.tolist(), "seconds": round(time.perf_counter() - begin, 1),
                   "cpu_seconds": round(time.process_time() - cpu, 1)}
        write([rows[n] for n in sorted(rows)], recipe)


def shipped_recipe() -> Recipe:
    """The recipe of the model that nabi ships: `smiles` without faces held out for choosing."""
    return replace(Recipe.read("smiles"), seed=0, validation_split=0.0)


def ship(options) -> None:
    """Trains the recipe on all faces but fold 0, which chooses the threshold, and writes the model with its card."""
    torch.set_num_threads(options.threads)
    recipe, (x, y, group) = shipped_recipe(), smiles.faces()
    held = folds(y, group) == 0
    if options.model is None:
        model, p = train(recipe, x, y, held)
    else:
        model = load_model(options.model)
        p = SmileDetector(model).score(x[held])
    threshold = best_threshold(y[held], p)
    found = TwoClasses(y[held], p, threshold, "smile").summary()
    model.card = {
        "title": "Smile detector of nabi", "threshold": threshold, "class_names": list(smiles.class_names),
        "preprocessing": {"scale": 1 / 255, "input_shape": [64, 64, 1], "ink": False, "crop": {"side": SIDE, "down": DOWN}},
        "data": {"name": "smiles", "faces": len(y), "smiles": int(y.sum()), "trained_on": int((~held).sum()),
                 "source": "SMILEsmileD: grey faces of 64 x 64, no licence text; none of its pictures is part of nabi"},
        "recipe": {name: value for name, value in asdict(recipe).items() if value not in (None, {}, [])},
        "made_by": "python benchmarks/smile.py ship",
        "metrics": {"held_out": {"faces": int(held.sum()), **{k: round(v, 4) for k, v in found.items()}}},
        "limits": LIMITS, "versions": {"nabi": __version__, **versions()},
    }
    model.save(WEIGHTS)
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size:,} bytes, {model.card['metrics']['held_out']}")


def balanced(row: dict, n: int = 50) -> float:
    """Balanced accuracy at a score of n / 100."""
    return (row["caught"][n] / row["smiles"] + 1 - row["false"][n] / (row["faces"] - row["smiles"])) / 2


def at_best_f1(row: dict, others: list[dict]) -> dict:
    """F1, precision and recall of a fold at the threshold that is best on the others."""
    sums = [np.sum([other[name] for other in others], axis=0) for name in ("caught", "false", "smiles")]
    n = best_f1(*sums)
    caught, false, smiling = row["caught"][n], row["false"][n], row["smiles"]
    return {"threshold": n / 100, "f1": 2 * caught / (caught + false + smiling), "precision": caught / (caught + false),
            "recall": caught / smiling}


def write(rows: list[dict], recipe: Recipe) -> None:
    """Prints and writes what was measured so far."""
    summary: dict = {"n": len(rows)}
    found = [{"auc": row["auc"], "balanced_accuracy": balanced(row),
              **(at_best_f1(row, [other for other in rows if other is not row]) if len(rows) > 1 else {})} for row in rows]
    for name in found[0]:
        values = [one[name] for one in found]
        summary[name] = {"mean": round(statistics.mean(values), 4), "sd": round(statistics.stdev(values), 4) if rows[1:] else 0.0,
                         "folds": [round(value, 4) for value in values]}
        print(f"{name:18} {summary[name]['mean']:.4f} +- {summary[name]['sd']:.4f}  {summary[name]['folds']}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    result = {"name": "smile-cv", "command": "python benchmarks/smile.py cv", "summary": summary, "rows": rows,
              "epochs": recipe.epochs, "machine": machine(), "date": time.strftime("%Y-%m-%d")}
    FILE.write_text(json.dumps(result) + "\n")


def speed(options) -> None:
    """Frames a second of `SmileStream` on a frame that shows one free photograph twice."""
    from skimage import data as photographs

    torch.set_num_threads(options.threads)
    opencv().setNumThreads(options.threads)
    person = Image.fromarray(photographs.astronaut()).crop((70, 0, 390, 480))
    frame = Image.new("RGB", (WIDTH, HEIGHT))
    for left in (0, WIDTH // 2):
        frame.paste(person, (left, 0))
    stream, times, faces = SmileStream(), [], []
    moved = [np.roll(np.asarray(frame), shift, axis=1) for shift in range(-4, 5)]
    before, begin = cpu_times(), time.perf_counter()
    while time.perf_counter() - begin < SECONDS + 2:
        start = time.perf_counter()
        faces.append(len(stream.see(moved[len(times) % len(moved)], start)))
        times.append(time.perf_counter() - start)
    times, faces = times[10:], faces[10:]
    after = cpu_times()
    spent = {kind: after[kind] - before[kind] for kind in after}
    busy = 1 - (spent.get("idle", 0) + spent.get("iowait", 0)) / max(sum(spent.values()), 1)
    rates = {"mean": len(times) / sum(times), "median": 1 / statistics.median(times),
             "slowest_tenth": 1 / np.quantile(times, 0.9)}
    print({name: round(float(rate), 1) for name, rate in rates.items()}, "frames/s;", "faces", statistics.mean(faces))
    result = {"name": "smile-speed", "command": "python benchmarks/smile.py speed", "frame": [WIDTH, HEIGHT],
              "frames_a_second": {name: round(float(rate), 2) for name, rate in rates.items()}, "frames": len(times),
              "faces_mean": statistics.mean(faces), "threads": options.threads, "cores_busy": round(busy, 3),
              "machine": machine(), "date": time.strftime("%Y-%m-%d")}
    SPEED.write_text(json.dumps(result, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    cv = actions.add_parser("cv")
    cv.add_argument("--folds", type=int, nargs="*")
    cv.add_argument("--keep", metavar="FOLDER", help="where the networks of the folds are saved")
    cv.add_argument("--threads", type=int, default=1)
    cv.set_defaults(run=cross_validate)
    shipped = actions.add_parser("ship")
    shipped.add_argument("--model", metavar="FILE", help="what cv --keep wrote for fold 0, instead of training it anew")
    shipped.add_argument("--threads", type=int, default=1)
    shipped.set_defaults(run=ship)
    fast = actions.add_parser("speed")
    fast.add_argument("--threads", type=int, default=2)
    fast.set_defaults(run=speed)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
