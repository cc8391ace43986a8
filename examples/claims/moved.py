"""Moved digits, and features by hand: what `robustness.py` reads and what a classic classifier makes of it."""

import numpy as np

from nabi.layers import RandomRotation, RandomTranslation, RandomZoom

MOVES = {"as is": None, "2 pixels": RandomTranslation((2 / 28, 2 / 28), (2 / 28, 2 / 28), "constant"),
         "4 pixels": RandomTranslation((4 / 28, 4 / 28), (4 / 28, 4 / 28), "constant"),
         "20 degrees": RandomRotation((1 / 18, 1 / 18), "constant"), "x 0.75": RandomZoom((1 / 3, 1 / 3), None, "constant"),
         "x 1.25": RandomZoom((-0.2, -0.2), None, "constant")}


def moved(x: np.ndarray) -> dict[str, np.ndarray]:
    """The pictures after each move, black coming in: down and to the right, counter-clockwise, smaller, larger."""
    return {name: x if move is None else np.asarray(move(x, training=True)) for name, move in MOVES.items()}


def edges(x: np.ndarray) -> np.ndarray:
    """How much of eight directions the slopes have in each of 4 x 4 cells of 7 x 7 pixels: (N, 784) -> (N, 128).

    Source: Dalal & Triggs, "Histograms of oriented gradients for human detection", CVPR 2005, without its blocks.
    """
    down, right = (np.gradient(x.reshape(-1, 28, 28), axis=axis) for axis in (1, 2))
    size, way = np.hypot(down, right), (np.arctan2(down, right) % np.pi * 8 / np.pi).astype(int) % 8
    cells = [(size * (way == k)).reshape(-1, 4, 7, 4, 7).sum((2, 4)) for k in range(8)]
    return np.sqrt(np.stack(cells, -1).reshape(len(x), -1))
