"""Ink: how dark each pixel is against the paper around it, whatever the light; chalk on a board likewise.

    side       a sheet whose strokes are darker than what surrounds them is paper: the third moment of v - local mean is below 0
    value      v = min(R, G, B) on paper, 255 - max(R, G, B) on a board: a red or yellow pen is as dark as a black one
    paper      p = closing of v's 90th percentile over cells of 1/128 of the sheet: light places grow by 5 % and shrink again,
               which fills strokes and leaves the edges of shadows where they are; then smoothed
    ink        r = 1 - v / p, less its median, 0 paper to 1
    noise      s = 1.4826 median |r|, over all pixels: nothing below max(0.08, 5 s) is ink

Dividing by the paper makes the ink of a page in shadow as dark as that in the sun, as both reflect the same share of the light.
Source: closing: Serra, "Image analysis and mathematical morphology", 1982; the median's spread: Rousseeuw & Croux, 1993.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

CELLS = 128  # along the longer side
FILL = 6  # cells that strokes may be half as thick as
LEAST = 0.08  # of the paper's light: what any ink takes away at least
NOISE = 5.0  # times the spread of the paper's own grain


class Ink(NamedTuple):
    """What is written on a sheet.

    Attributes:
        amount: (H, W) float32, 0 paper to 1.
        least: amount from which a pixel is ink.
        board: whether the ground is the darker one.
    """

    amount: np.ndarray
    least: float
    board: bool


def ink(pixels: np.ndarray) -> Ink:
    """The ink of a sheet (H, W, 3) uint8.

    Example:
        >>> sheet = np.full((64, 64, 3), 200, "uint8"); sheet[20:40, 30:33] = 40; sheet[:, 32:] //= 2  # in shadow
        >>> found = ink(sheet)
        >>> found.board, found.amount[30, [10, 31, 32, 50]].astype(float).round(1).tolist()
        (False, [0.0, 0.7, 0.9, 0.0])
    """
    board = is_board(pixels)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    if board:
        v = 255 - np.maximum(np.maximum(red, green), blue).astype(np.float32)
    else:
        v = np.minimum(np.minimum(red, green), blue).astype(np.float32)
    v += 1
    amount = 1 - v / paper(v)
    amount -= np.median(amount[::2, ::2])
    spread = 1.4826 * float(np.median(np.abs(amount[::2, ::2])))
    return Ink(np.clip(amount, 0, 1), max(LEAST, NOISE * spread), board)


def is_board(pixels: np.ndarray) -> bool:
    """Whether light strokes stand on a dark ground."""
    grey = Image.fromarray(pixels).convert("L")
    grey.thumbnail((320, 320), Image.Resampling.BOX)
    v = np.asarray(grey, dtype=np.float64)
    local = means(v, max(3, max(v.shape) // 8))
    return float(((v - local) ** 3).mean()) > 0


def means(v: np.ndarray, reach: int) -> np.ndarray:
    """Mean over a square of 2 reach + 1 about each pixel, smaller at the border, by sums over rectangles (Crow, 1984)."""
    height, width = v.shape
    total = np.zeros((height + 1, width + 1))
    np.cumsum(np.cumsum(v, axis=0), axis=1, out=total[1:, 1:])
    top, bottom = np.clip(np.arange(height) - reach, 0, None), np.clip(np.arange(height) + reach + 1, None, height)
    left, right = np.clip(np.arange(width) - reach, 0, None), np.clip(np.arange(width) + reach + 1, None, width)
    sums = total[bottom][:, right] - total[top][:, right] - total[bottom][:, left] + total[top][:, left]
    return sums / ((bottom - top)[:, None] * (right - left)[None])


def paper(v: np.ndarray) -> np.ndarray:
    """How light the paper is at each pixel of v: (H, W) float32."""
    height, width = v.shape
    cell = max(2, -(-max(height, width) // CELLS))
    rows, columns = -(-height // cell), -(-width // cell)
    padded = np.pad(v, ((0, rows * cell - height), (0, columns * cell - width)), "edge")
    blocks = padded.reshape(rows, cell, columns, cell).swapaxes(1, 2).reshape(rows, columns, cell * cell)
    kth = int(0.9 * (cell * cell - 1))
    light = np.partition(blocks, kth, axis=2)[..., kth]
    closed = -grown(-grown(light, FILL), FILL)
    smooth = means(closed, 1).astype(np.float32)
    large = Image.fromarray(smooth).resize((columns * cell, rows * cell), Image.Resampling.BILINEAR)
    return np.maximum(np.asarray(large)[:height, :width], 1)


def grown(v: np.ndarray, reach: int) -> np.ndarray:
    """Largest value within `reach` rows and columns of each place."""
    for axis in (0, 1):
        edges = [(reach, reach) if k == axis else (0, 0) for k in (0, 1)]
        padded = np.pad(v, edges, "constant", constant_values=-np.inf)
        v = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis).max(axis=-1)
    return v
