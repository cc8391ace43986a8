"""Explanations of trained digit CNNs: do maps point at the digit, and do their checks tell good maps from bad ones?

    python benchmarks/explain.py measure averaged grad_cam saliency    these methods on 30 digits, into results/explain.json
    python benchmarks/explain.py figures                               the figures beside it
    python benchmarks/explain.py table                                 what stands in the file, as in explain.md

    lecture     the lectures' CNN, whose classifier reads 12 x 12 x 64 places one by one           4 epochs
    averaged    Conv 16 - pool - Conv 32 - Conv 32, normalised, global average, Dense: what CAM is for    5 epochs

Both learn the 4,000 embedded digits (seed 1); the pictures are the first 30 test digits that they read right. For each map:

    ink        share of the map's sizes that lies on ink (pixels above 0.25); beside it the share of pixels that are ink,
               and the same for maps of networks with random weights
    deletion   area under the answer while the map's first pixels go; beside it those of the map moved, of the map of a network
               with random weights, and of a random order
    random     Spearman's correlation of sizes with the maps of 2 networks with random weights
"""

import json
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from harness import RESULTS, machine

import nabi
from nabi import explain, viz, zoo
from nabi.explain.similarity import spearman
from nabi.layers import BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D, ReLU

FILE = RESULTS / "explain.json"
PICTURES, INK, SEED = 30, 0.25, 1
OPTIONS = {"occlusion": {"stride": 2}, "smooth_grad": {"samples": 25}, "integrated_gradients": {"steps": 32}}


def averaged() -> nabi.Sequential:
    """A small CNN that ends in a global average."""
    def block(filters, name):
        return [Conv2D(filters, 3, use_bias=False, name=name), BatchNormalization(momentum=0.9, name=f"{name}_norm"),
                ReLU(name=f"{name}_relu")]

    return nabi.Sequential([
        nabi.Input((28, 28, 1)), *block(16, "conv1"), MaxPooling2D(name="pool"), *block(32, "conv2"), *block(32, "conv3"),
        GlobalAveragePooling2D(name="mean"), Dense(10, activation="softmax", name="classes")])


NETWORKS = {"lecture": (lambda: zoo.build("lecture-cnn"), 4, 0.001, 100), "averaged": (averaged, 5, 0.005, 50)}


def trained(network: str):
    """A network, its test pictures (N, 28, 28, 1) that it reads right, their classes, and its test accuracy."""
    make, epochs, rate, batch = NETWORKS[network]
    nabi.utils.set_random_seed(SEED)
    (x, y), (x_test, y_test) = nabi.datasets.digits.load_data()
    x, x_test = (part[..., None].astype("float32") / 255 for part in (x, x_test))
    model = make()
    model.compile(nabi.optimizers.Adam(rate), "sparse_categorical_crossentropy", precision="float32")
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)
    model.card = {"preprocessing": {"scale": 1 / 255, "ink": True, "fit": "pad"}, "class_names": [str(k) for k in range(10)]}
    right = model.predict(x_test, verbose=0).argmax(1) == y_test
    return model, x_test[right], y_test[right], float(right.mean())


def on_ink(values: np.ndarray, x: np.ndarray) -> float:
    """Share of a map's sizes that lies on ink; that of the ink's area where the map is empty."""
    ink, size = x[..., 0] > INK, abs(values)
    return float(size[ink].sum() / size.sum()) if size.any() else float(ink.mean())


def measured(model, pictures: np.ndarray, method: str) -> dict:
    """What a method gives on some pictures, on average."""
    rows = []
    for x in pictures:
        begin = time.perf_counter()
        found = explain.METHODS[method](model, x, **OPTIONS.get(method, {}))
        seconds = time.perf_counter() - begin
        curve = explain.deletion_curve(model, found, orders=2)
        check = explain.sanity_check(model, found, seeds=2)
        control = explain.deletion_curve(model, replace(found, map=check.maps[0]), orders=1)
        rows.append({"ink": on_ink(found.map, x), "ink_random": np.mean([on_ink(m, x) for m in check.maps]),
                     "area": curve.area, "moved": curve.moved_area, "order": curve.random_area,
                     "area_random": control.area, "random": check.mean,
                     "below": curve.area < curve.random_area, "ms": 1e3 * seconds})
    means = {key: float(np.mean([row[key] for row in rows])) for key in rows[0] if key != "ms"}
    return {"method": method, "pictures": len(rows), "ms": statistics.median(row["ms"] for row in rows),
            "ink_spread": float(np.std([row["ink"] for row in rows], ddof=1)), **means}


def measure(network: str, methods: list[str]) -> None:
    """Measures methods and enters them into the file."""
    model, x, _, accuracy = trained(network)
    kept = json.loads(FILE.read_text()) if FILE.exists() else {"name": "explain", "networks": {}, "rows": []}
    for method in methods:
        row = {"network": network, **measured(model, x[:PICTURES], method)}
        print({key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}, flush=True)
        kept["rows"] = [r for r in kept["rows"] if (r["network"], r["method"]) != (network, method)] + [row]
    order = list(explain.METHODS)
    kept["rows"].sort(key=lambda r: (r["network"], order.index(r["method"])))
    kept["networks"][network] = {"accuracy": accuracy, "ink_area": float((x[:PICTURES] > INK).mean()), "seed": SEED}
    kept |= {"machine": machine(), "date": time.strftime("%Y-%m-%d")}
    FILE.write_text(json.dumps(kept, indent=1) + "\n")


def table() -> None:
    """The file as a table for each network."""
    kept = json.loads(FILE.read_text())
    for network, told in kept["networks"].items():
        print(f"\n{network}: accuracy {100 * told['accuracy']:.1f} %, ink is {100 * told['ink_area']:.0f} % of the pixels\n")
        print("| method | on ink, % | random weights, % | deletion | moved | random weights | random order | below, % "
              "| correlation | ms |")
        print("| --- " + "| ---: " * 9 + "|")
        for r in (r for r in kept["rows"] if r["network"] == network):
            cells = [f"{100 * r['ink']:.0f} ± {100 * r['ink_spread']:.0f}", f"{100 * r['ink_random']:.0f}",
                     *(f"{r[key]:.3f}" for key in ("area", "moved", "area_random", "order")), f"{100 * r['below']:.0f}",
                     f"{r['random']:.2f}", f"{r['ms']:.0f}"]
            print(f"| {r['method']} | {' | '.join(cells)} |")


def figures(folder: Path = RESULTS) -> None:
    """A sheet of one digit, the cascade of one map, the features of the test digits, what each class looks for."""
    model, x, y, _ = trained("averaged")
    one = x[np.flatnonzero(y == 3)[1]]
    told = []
    for method in ("grad_cam", "grad_cam_plus_plus", "smooth_grad", "integrated_gradients"):
        found = explain.METHODS[method](model, one, **OPTIONS.get(method, {}))
        told.append({**found.data(), "deletion": explain.deletion_curve(model, found).data(),
                     "sanity": explain.sanity_check(model, found).data()})
    viz.save(viz.explanation_sheet(told), folder / "explain-sheet.png")
    found = explain.grad_cam(model, one)
    steps = explain.sanity_check(model, found, "cascading")
    told_at = zip(steps.steps, steps.maps, strict=True)
    titles = ["grad_cam", *(f"from {name} up\n{spearman(found.map, m):.2f}" for name, m in told_at)]
    viz.save(viz.heat_maps(found.shown, [found.map, *steps.maps], titles, ink=True, columns=6, title="Sanity check",
                           subtitle="The same map with random weights from the last layer down, and its rank correlation."),
             folder / "explain-sanity.png")
    points = explain.pca(explain.features(model, x))
    share = [f"component {k + 1}, {100 * s:.0f} %" for k, s in enumerate(points.share)]
    viz.save(viz.embedding(points.points, y, title="Test digits as the network sees them", xlabel=share[0], ylabel=share[1],
                           subtitle="The two components of its last features that differ most."), folder / "explain-pca.png")
    made = [explain.activation_maximization(model, k, steps=150, blur=0.6, decay=0.01) for k in range(10)]
    subtitle = "Activation maximization, begun on paper: ink that raises the score of the class; each as dark as it gets."
    viz.save(viz.picture_grid([m.picture / m.picture.max() for m in made], [m.name for m in made], columns=10, ink=True,
                              title="What each class looks for", subtitle=subtitle), folder / "explain-classes.png")


if __name__ == "__main__":
    order_, *words = sys.argv[1:] or ["table"]
    if order_ == "measure":
        measure(words[0], words[1:])
    elif order_ == "figures":
        figures(*map(Path, words))
    else:
        table()
