"""What a question costs: one number of the lecture CNN traced forward, and one weight and one unit of a training step backward.

    python benchmarks/trace.py
    python benchmarks/trace.py --batch 32 --repeats 20

    forward     trace(model, x).at("conv2", 12, 12, 3), run and answer together; the goal: under 50 ms
    dense       .at("dense1", 3): a sum of 9,216 products, with its text
    field       .field("pool", 6, 6, 0)
    step        trace(model, x, y): a training step in float64 with all its gradients
    weight      .weight("conv2", (1, 0, 0, 3)): its sum over all places, and Adam's step
    unit        .gradient("conv1", 12, 12, 3)

Medians in milliseconds on a warm process.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

import nabi

GOAL = 50.0  # milliseconds


def median(function: Callable[[], object], repeats: int) -> float:
    """Milliseconds of a call."""
    function()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=32, help="samples of the training step")
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    model = nabi.zoo.build("lecture-cnn")
    model.compile("adam", loss="sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    x, y = rng.random((options.batch, 28, 28, 1)), rng.integers(0, 10, options.batch)
    one, step = nabi.trace(model, x[:1]), nabi.trace(model, x, y)
    step.weight("conv2", (1, 0, 0, 3))
    rows = {
        "forward": lambda: nabi.trace(model, x[:1]).at("conv2", 12, 12, 3),
        "dense": lambda: one.at("dense1", 3).text(),
        "field": lambda: one.field("pool", 6, 6, 0),
        "step": lambda: nabi.trace(model, x, y),
        "weight": lambda: step.weight("conv2", (1, 0, 0, 3)),
        "unit": lambda: step.gradient("conv1", 12, 12, 3),
    }
    for name, function in rows.items():
        took = median(function, options.repeats)
        goal = f"   goal {GOAL:.0f} ms: {'met' if took < GOAL else 'missed'}" if name == "forward" else ""
        print(f"{name:<9}{took:9.1f} ms{goal}")


if __name__ == "__main__":
    main()
