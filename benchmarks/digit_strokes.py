"""Strokes: what the digit reader learns from besides MNIST's own pictures: other hands, and marks that are no digits.

    varied      turned, slanted, zoomed, moved, bent by a smooth field; thicker, thinner, broken strokes; specks, rests of rules
    marks       two or three digits at once, one above the other, half a digit, letters, signs, scribbles: class 10, "no digit"

Letters that could be a digit (B, D, I, J, O, Q, S, Z, b, g, l, o, q, s, z, ...) are not among the marks.
Source of the bending: Simard, Steinkraus, Platt, "Best practices for convolutional neural networks", ICDAR 2003, section 2.
"""

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from nabi.handwriting.framing import SIDE, framed

LETTERS = "AEFHKMNPRVWXdefhkmnptvwx"
SIGNS = "+=×÷?!&%#@*<>~^:;$√Σπ∞≠"
FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "STIXGeneral")
BEND, SLANT, TURN, ZOOM, MOVE = 0.9, 0.3, 10.0, 0.15, 1.6  # pixels, sideways per pixel up, degrees, share, pixels


def varied(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pictures (N, 28, 28) uint8 as other hands would have written them."""
    n = len(x)

    def drawn(low, high, shape=(n,)) -> torch.Tensor:
        return torch.from_numpy(rng.uniform(low, high, shape).astype(np.float32))

    v = torch.from_numpy(x)[:, None].float() / 255
    angle, slant = torch.deg2rad(drawn(-TURN, TURN)), drawn(-SLANT, SLANT)
    across, down = 1 + drawn(-ZOOM, ZOOM), 1 + drawn(-ZOOM, ZOOM)
    c, s = angle.cos(), angle.sin()
    move = drawn(-MOVE, MOVE, (n, 2)) * 2 / SIDE
    rows = torch.stack([c * across, (c * slant - s) * across, move[:, 0], s * down, (s * slant + c) * down, move[:, 1]], 1)
    field = torch.from_numpy(rng.normal(0, BEND * 2 / SIDE, (n, 2, 5, 5)).astype(np.float32))
    bent = F.interpolate(field, (SIDE, SIDE), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
    v = F.grid_sample(v, F.affine_grid(rows.view(n, 2, 3), [n, 1, SIDE, SIDE], align_corners=False) + bent, align_corners=False)
    for _ in range(2):
        thicker = F.max_pool2d(F.pad(v, (0, 1, 0, 1)), 2, 1)
        thinner = -F.max_pool2d(F.pad(-v, (1, 0, 1, 0)), 2, 1)
        share = drawn(-1, 1).view(n, 1, 1, 1)
        lasts = thinner.sum((1, 2, 3), keepdim=True) > 0.4 * v.sum((1, 2, 3), keepdim=True)
        v = torch.where(share > 0, v + share * (thicker - v), torch.where(lasts, v - share * (thinner - v), v))
    v = v * drawn(0.75, 1.6).view(n, 1, 1, 1)
    out = (v.clamp(0, 1)[:, 0] * 255).round().to(torch.uint8).numpy()
    for k in np.flatnonzero(rng.random(n) < 0.12):  # a gap right through it
        out[k] = np.where(np.abs(beside(rng, 5.0)) < rng.uniform(0.5, 1.1), 0, out[k])
    for k in np.flatnonzero(rng.random(n) < 0.12):  # what is left of a rule, or a speck
        at, level = rng.integers(2, 26, 2), rng.integers(40, 256)
        long = rng.integers(1, 14) if rng.random() < 0.6 else 1
        part = (at[0], slice(at[1], at[1] + long)) if rng.random() < 0.7 else (slice(at[0], at[0] + long), at[1])
        out[k][part] = np.maximum(out[k][part], level)
    return out


def beside(rng: np.random.Generator, off: float) -> np.ndarray:
    """How far each pixel of a picture lies from a straight line that passes its middle at no more than `off` pixels: (28, 28)."""
    angle = rng.uniform(0, np.pi)
    rows, columns = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    return rows * np.sin(angle) + columns * np.cos(angle) - rng.uniform(-off, off)


def half(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What lies on one side of a line through a digit, which is no 1."""
    while True:
        k = int(rng.integers(len(x)))
        if y[k] != 1:
            digit = np.where(beside(rng, 3.0) > 0, x[k], 0)
            if (digit > 128).sum() >= 15:
                return digit


def trimmed(x: np.ndarray) -> np.ndarray:
    """A picture without the paper around its ink."""
    rows, columns = np.flatnonzero(x.any(axis=1)), np.flatnonzero(x.any(axis=0))
    return x[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def together(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two or three digits side by side, apart, touching or overlapping, as ink of any size."""
    some = [trimmed(x[k]) for k in rng.integers(len(x), size=3 if rng.random() < 0.25 else 2)]
    canvas, left = np.zeros((30, 100), np.uint8), 2
    for one in some:
        top = int(rng.integers(0, 30 - one.shape[0] + 1))
        place = canvas[top : top + one.shape[0], left : left + one.shape[1]]
        np.maximum(place, one[:, : place.shape[1]], out=place)
        left += max(2, one.shape[1] + int(rng.integers(-3, 5)))
    return canvas


def above(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two digits one above the other, none of them a 1."""
    wide = np.flatnonzero(y[: 10_000] != 1)
    upper, lower = (trimmed(x[k]) for k in rng.choice(wide, 2))
    canvas = np.zeros((60, 28), np.uint8)
    canvas[2 : 2 + upper.shape[0], 3 : 3 + upper.shape[1]] = upper
    top = 2 + upper.shape[0] + int(rng.integers(-1, 5))
    canvas[top : top + lower.shape[0], 3 : 3 + lower.shape[1]] = lower
    return canvas


def letter(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A printed letter or sign, as ink."""
    font = font_manager.findfont(font_manager.FontProperties(
        family=str(rng.choice(FONTS)), weight=str(rng.choice(["normal", "bold"])), style=str(rng.choice(["normal", "italic"]))))
    canvas = Image.new("L", (90, 90))
    text = str(rng.choice(list(LETTERS if rng.random() < 0.7 else SIGNS)))
    ImageDraw.Draw(canvas).text((20, 10), text, 255, ImageFont.truetype(font, 48))
    return np.asarray(canvas)


def scribble(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Some strokes without a meaning, or a blot."""
    canvas = Image.new("L", (90, 90))
    pen, width = ImageDraw.Draw(canvas), int(rng.integers(4, 10))
    kind = rng.random()
    if kind < 0.15:
        points = [(45 + r * np.cos(a), 45 + r * np.sin(a)) for a, r in
                  zip(np.linspace(0, 2 * np.pi, 12)[:-1], rng.uniform(15, 32, 11), strict=True)]
        pen.polygon(points, fill=255)
    elif kind < 0.3:
        y = rng.uniform(30, 60)
        pen.line((8, y, 82, y + rng.uniform(-8, 8)), 255, width)
        if rng.random() < 0.5:
            pen.line((8, y + 20, 82, y + 20 + rng.uniform(-8, 8)), 255, width)
    else:
        for _ in range(int(rng.integers(3, 7))):
            points = rng.uniform(8, 82, (int(rng.integers(2, 4)), 2))
            pen.line([tuple(p) for p in points], 255, width, "curve")
    return np.asarray(canvas)


KINDS = (together, above, half, letter, scribble)
SHARES = (0.35, 0.1, 0.2, 0.2, 0.15)


def marks(x: np.ndarray, y: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Pictures (count, 28, 28) uint8 of what is no digit."""
    made = []
    for _ in range(count):
        kind = rng.choice(len(SHARES), p=SHARES)
        ink = KINDS[kind](x, y, rng)
        picture = framed(ink)
        made.append(picture if picture.any() else framed(scribble(x, y, rng)))
    return np.stack(made)
