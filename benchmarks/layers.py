"""Layers: a training step of each kind of convolution in float32 and in bfloat16, which is what `training/precision.py` goes by.

    python benchmarks/layers.py [--rounds 15] [--threads 1] [--only NAME ...]

A network is a 1x1 convolution to 64 channels, the layer, global pooling and a softmax; batch 32. "nothing" is the same network
without the layer. The two precisions take turns, round by round; times are medians in milliseconds.
"""

import argparse
import json
import os
import statistics
import time

import numpy as np
import torch
from harness import RESULTS, machine

import nabi
from nabi import layers as L
from nabi.training import precision

BATCH, PICTURES, MAPS, SEQUENCES = 32, (28, 28, 16), (14, 14, 16), (128, 16)
LAYERS = {
    "nothing": (PICTURES, lambda: L.Activation("linear")),
    "Conv2D(64, 3)": (PICTURES, lambda: L.Conv2D(64, 3, padding="same")),
    "DepthwiseConv2D(3)": (PICTURES, lambda: L.DepthwiseConv2D(3, padding="same")),
    "DepthwiseConv2D(3, strides=2)": (PICTURES, lambda: L.DepthwiseConv2D(3, 2, padding="same")),
    "DepthwiseConv2D(5)": (PICTURES, lambda: L.DepthwiseConv2D(5, padding="same")),
    "DepthwiseConv2D(3, dilation_rate=2)": (PICTURES, lambda: L.DepthwiseConv2D(3, dilation_rate=2, padding="same")),
    "DepthwiseConv2D(3, depth_multiplier=2)": (PICTURES, lambda: L.DepthwiseConv2D(3, depth_multiplier=2, padding="same")),
    "SeparableConv2D(128, 3)": (PICTURES, lambda: L.SeparableConv2D(128, 3, padding="same")),
    "SeparableConv2D(128, 3, strides=2)": (PICTURES, lambda: L.SeparableConv2D(128, 3, 2, padding="same")),
    "Conv2DTranspose(64, 3, strides=2)": (MAPS, lambda: L.Conv2DTranspose(64, 3, 2, "same")),
    "Conv2DTranspose(64, 4, strides=2)": (MAPS, lambda: L.Conv2DTranspose(64, 4, 2, "same")),
    "Conv2DTranspose(64, 2, strides=2)": (MAPS, lambda: L.Conv2DTranspose(64, 2, 2)),
    "LocallyConnected2D(64, 3)": (MAPS, lambda: L.LocallyConnected2D(64, 3)),
    "Conv1D(64, 3)": (SEQUENCES, lambda: L.Conv1D(64, 3)),
    "DepthwiseConv1D(3)": (SEQUENCES, lambda: L.DepthwiseConv1D(3)),
    "SeparableConv1D(64, 5)": (SEQUENCES, lambda: L.SeparableConv1D(64, 5)),
    "Conv1DTranspose(64, 3, strides=2)": (SEQUENCES, lambda: L.Conv1DTranspose(64, 3, 2)),
}


def network(shape, layer, name: str):
    """The network around a layer, compiled in a precision."""
    x = nabi.Input(shape)
    pictures = len(shape) == 3
    h = (L.Conv2D if pictures else L.Conv1D)(64, 1)(x)
    h = (L.GlobalAveragePooling2D if pictures else L.GlobalAveragePooling1D)()(layer(h))
    model = nabi.Model(x, L.Dense(10, activation="softmax")(h))
    model.compile("sgd", "sparse_categorical_crossentropy", precision=name)
    return model


def measure(shape, make, rounds: int) -> dict[str, float]:
    """Median milliseconds of a step in either precision."""
    x, y = np.random.default_rng(0).normal(size=(BATCH, *shape)).astype("float32"), np.zeros(BATCH, int)
    models = {name: network(shape, make(), name) for name in ("float32", "bfloat16")}
    times = {name: [] for name in models}
    for turn in range(rounds + 3):
        for name, model in models.items():
            begin = time.perf_counter()
            model.train_on_batch(x, y)
            if turn >= 3:
                times[name].append(1e3 * (time.perf_counter() - begin))
    return {name: round(statistics.median(values), 2) for name, values in times.items()}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--only", nargs="*", default=list(LAYERS), choices=list(LAYERS), metavar="NAME")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    precision.quicker = lambda layer: True  # every layer in the precision that is asked for
    found = {}
    print(f"{'':40s} float32  bfloat16   load {os.getloadavg()[0]:.1f}")
    for name in options.only:
        found[name] = measure(*LAYERS[name], options.rounds)
        print(f"{name:40s} {found[name]['float32']:7.2f}  {found[name]['bfloat16']:8.2f}", flush=True)
    if options.only == list(LAYERS):
        how = {"batch": BATCH, "threads": options.threads, "rounds": options.rounds}
        result = {**how, "milliseconds": found, "machine": machine()}
        (RESULTS / "layers.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
