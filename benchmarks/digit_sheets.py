"""Sheets: pages of digits as somebody would write and photograph them, made of MNIST's test digits, with what is written where.

    clean          black pen on white paper: digits of 45 to 110 pixels in rows
    light          light that falls off across the page, and the edge of a shadow
    ruled          lines for writing, a margin line; writing stands on the lines and crosses them
    squared        squares of half a digit to a whole one
    rotated        the page turned by up to 7 degrees
    pens           red, blue, green, violet pens and a pencil, thin and thick
    broken         strokes with gaps
    touching       pairs and triples of digits that touch
    board          chalk on a dark board, wiped before
    photographed   a page of any paper and pens on a desk: turned, in perspective, in uneven light, grain, unsharp, JPEG
"""

import io
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 1600, 1200
PENS = ((25, 25, 30), (20, 40, 140), (170, 30, 30), (20, 110, 60), (110, 40, 130), (95, 95, 100))  # the last is a pencil
CONDITIONS = ("clean", "light", "ruled", "squared", "rotated", "pens", "broken", "touching", "board", "photographed")


class Sheet(NamedTuple):
    """A page (H, W, 3) uint8, and of each digit in reading order: itself, the middle's x and y, its larger side."""

    pixels: np.ndarray
    truth: np.ndarray


class Page:
    """A page that is written on: its digits, ink (H, W) 0-1 with a colour, and lines."""

    def __init__(self, rng: np.random.Generator, x: np.ndarray, y: np.ndarray):
        self.rng, self.x, self.y = rng, x, y
        self.paper = np.full((HEIGHT, WIDTH, 3), 244, np.float32)
        self.truth: list[tuple[int, float, float, float]] = []
        self.size = float(rng.uniform(60, 105))
        self.pens: tuple = (PENS[0],)
        self.thick: tuple[float, float] = (0.4, 0.6)

    def digit(self, size: float, gap: bool = False) -> tuple[int, np.ndarray]:
        """A digit of the test set and its ink, its longer side so many pixels."""
        k = int(self.rng.integers(len(self.x)))
        v = self.x[k]
        rows, columns = np.flatnonzero(v.any(axis=1)), np.flatnonzero(v.any(axis=0))
        v = np.pad(v[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
        scale = size / 20
        large = Image.fromarray(v).resize((round(v.shape[1] * scale), round(v.shape[0] * scale)), Image.Resampling.BICUBIC)
        level = self.rng.uniform(*self.thick)
        ink = np.clip((np.asarray(large, np.float32) / 255 - level) / 0.16 + 0.5, 0, 1)
        if gap:
            ink = broken(ink, self.rng)
        return int(self.y[k]), ink

    def put(self, ink: np.ndarray, left: float, top: float, pen) -> None:
        """Lays ink of a colour on the page."""
        a, b = int(round(top)), int(round(left))
        place = self.paper[a : a + ink.shape[0], b : b + ink.shape[1]]
        ink = ink[: place.shape[0], : place.shape[1], None]
        place += ink * (np.asarray(pen, np.float32) - place)

    def write(self, step: float | None = None, gap: bool = False, group: int = 1, top: float = 70) -> None:
        """Rows of digits from the left to the right, on lines `step` apart; `group` of them touch."""
        rng = self.rng
        line = top + self.size * 1.3
        step = step or self.size * 1.6
        while line < HEIGHT - 60:
            left = 90 + rng.uniform(0, 60)
            while left < WIDTH - 90 - self.size * 1.6 * group:
                pen = self.pens[rng.integers(len(self.pens))]
                before, up_before = None, 0.0
                for _ in range(group):
                    number, ink = self.digit(self.size * rng.uniform(0.8, 1.15), gap)
                    up = line - ink.shape[0] + rng.uniform(-0.08, 0.08) * self.size
                    if before is not None:
                        left -= meeting(before, ink, up - up_before) + 1
                    self.put(ink, left, up, pen)
                    rows, columns = np.nonzero(ink > 0.5)
                    self.truth.append((number, left + (columns.min() + columns.max()) / 2, up + (rows.min() + rows.max()) / 2,
                                       float(max(np.ptp(rows), np.ptp(columns)))))
                    before, up_before = ink, up
                    left += ink.shape[1]
                left += self.size * rng.uniform(0.35, 0.9)
            line += step

    def lines(self, spacing: float, both: bool, first: float = 70) -> None:
        """Printed lines across the page, or squares; a margin line where there are no squares."""
        rng = self.rng
        colour = np.array([(150, 180, 215), (120, 140, 170), (170, 170, 170), (190, 160, 200)][rng.integers(4)], np.float32)
        thick = int(rng.integers(2, 4))
        for row in np.arange(first, HEIGHT, spacing):
            self.paper[int(row) : int(row) + thick] = colour
        if both:
            for column in np.arange(rng.uniform(5, spacing), WIDTH, spacing):
                self.paper[:, int(column) : int(column) + thick] = colour
        else:
            self.paper[:, 60 : 60 + thick] = (215, 120, 120)


def meeting(before: np.ndarray, ink: np.ndarray, down: float) -> float:
    """By how many columns a digit may move left until its ink meets that of the one before."""
    shift = int(round(down))
    gaps = []
    for row in range(ink.shape[0]):
        other = row + shift
        if 0 <= other < before.shape[0]:
            here, there = np.flatnonzero(ink[row] > 0.5), np.flatnonzero(before[other] > 0.5)
            if len(here) and len(there):
                gaps.append(here[0] + before.shape[1] - 1 - there[-1])
    return float(min(gaps, default=0))


def broken(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink with a gap straight through it, of 5 to 9 % of its size."""
    height, width = ink.shape
    size, angle = max(height, width), rng.uniform(0, np.pi)
    rows, columns = np.mgrid[:height, :width]
    away = (rows - height * rng.uniform(0.3, 0.7)) * np.sin(angle) + (columns - width * rng.uniform(0.3, 0.7)) * np.cos(angle)
    return np.where(np.abs(away) < rng.uniform(0.05, 0.09) / 2 * size, 0, ink).astype(np.float32)


def light(rng: np.random.Generator, shape: tuple[int, int], shadow: bool = True) -> np.ndarray:
    """How much light falls on each pixel: (H, W, 1), at most 1."""
    height, width = shape
    rows, columns = np.mgrid[:height, :width] / np.array([height, width], float).reshape(2, 1, 1)
    angle = rng.uniform(0, 2 * np.pi)
    along = (columns - 0.5) * np.cos(angle) + (rows - 0.5) * np.sin(angle)
    falls = 1 - rng.uniform(0.3, 0.6) * np.clip(along + 0.5, 0, 1)
    if shadow:
        angle = rng.uniform(0, 2 * np.pi)
        edge = (columns - rng.uniform(0.3, 0.7)) * np.cos(angle) + (rows - rng.uniform(0.3, 0.7)) * np.sin(angle)
        falls *= 1 - rng.uniform(0.2, 0.45) / (1 + np.exp(-edge / rng.uniform(0.006, 0.05)))
    return falls[..., None].astype(np.float32)


def grain(rng: np.random.Generator, paper: np.ndarray, fine: float, coarse: float) -> np.ndarray:
    """The page with the paper's structure and the sensor's noise, in levels of 255."""
    height, width = paper.shape[:2]
    small = rng.normal(128, coarse * 8, (height // 6, width // 6)).clip(0, 255).astype(np.uint8)
    fibres = np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC), np.float32) / 8 - 16
    return paper + fibres[..., None] + rng.normal(0, fine, paper.shape).astype(np.float32)


def warped(pixels: np.ndarray, truth: np.ndarray, corners: np.ndarray, size: tuple[int, int]) -> tuple[Image.Image, np.ndarray]:
    """A page whose corners (4, 2), clockwise from the left upper one, come to lie at those places of a picture."""
    height, width = pixels.shape[:2]
    old = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    to_page = homography(corners, old)
    picture = Image.fromarray(pixels).transform(size, Image.Transform.PERSPECTIVE, (to_page / to_page[2, 2]).ravel()[:8].tolist(),
                                                Image.Resampling.BICUBIC)
    points = np.concatenate([truth[:, 1:3], np.ones((len(truth), 1))], axis=1) @ homography(old, corners).T
    moved = truth.copy()
    moved[:, 1:3] = points[:, :2] / points[:, 2:]
    moved[:, 3] *= np.sqrt(np.linalg.norm(corners[1] - corners[0]) / width * np.linalg.norm(corners[3] - corners[0]) / height)
    return picture, moved


def homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The projective map (3, 3) that takes four points to four others."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    return np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)


def turned(size: tuple[int, int], angle: float, share: float, tilt: float, rng: np.random.Generator) -> np.ndarray:
    """Corners of a page turned by `angle` degrees that fills a share of a picture, each moved by up to `tilt` of its width."""
    a, (width, height) = np.deg2rad(angle), size
    half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array([width, height]) * share / 2
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return half @ turn + np.array([width, height]) / 2 + rng.uniform(-tilt, tilt, (4, 2)) * width


def page(condition: str, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Sheet:
    """One sheet of a condition, of digits x (N, 28, 28) uint8 with labels y."""
    sheet = Page(rng, x, y)
    kind = condition
    if condition == "photographed":
        kind = str(rng.choice(["ruled", "squared", "plain"]))
    if condition in ("pens", "photographed"):
        sheet.pens, sheet.thick = PENS, (0.3, 0.75)
    if kind == "ruled":
        spacing = sheet.size * rng.uniform(1.35, 1.7)
        sheet.lines(spacing, False, 70 + sheet.size * 1.3 % spacing)
        sheet.write(spacing)
    elif kind == "squared":
        sheet.lines(sheet.size * rng.uniform(0.5, 1.0), True)
        sheet.write()
    else:
        sheet.write(gap=condition == "broken", group=int(rng.integers(2, 4)) if condition == "touching" else 1)
    truth, pixels = np.array(sheet.truth), sheet.paper
    if condition == "board":
        pixels = 255 - pixels * np.array([0.85, 0.72, 0.82]) + 25 * (light(rng, pixels.shape[:2]) - 0.5)
        pixels = grain(rng, pixels, 3, 5)
    if condition == "light":
        pixels = pixels * light(rng, pixels.shape[:2])
    if condition == "rotated":
        picture, truth = warped(eight(pixels), truth, turned((WIDTH, HEIGHT), rng.uniform(-7, 7), 1.0, 0, rng), (WIDTH, HEIGHT))
        pixels = np.asarray(picture, np.float32)
        pixels = np.where(pixels.sum(axis=2, keepdims=True) == 0, 244, pixels)
        half = truth[:, 3] * 0.7
        inside = (np.minimum(truth[:, 1], WIDTH - truth[:, 1]) > half) & (np.minimum(truth[:, 2], HEIGHT - truth[:, 2]) > half)
        truth = truth[inside]
    if condition == "photographed":
        pixels, truth = photograph(pixels, truth, rng)
    return Sheet(eight(pixels), truth)


def photograph(pixels: np.ndarray, truth: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A page on a desk, as a telephone's camera sees it."""
    size = (2000, 1500)
    corners = turned(size, rng.uniform(-5, 5), rng.uniform(0.86, 0.93), 0.02, rng)
    clear = np.concatenate([eight(grain(rng, pixels, 0, 1.5)), np.full((HEIGHT, WIDTH, 1), 255, np.uint8)], axis=2)
    picture, truth = warped(clear, truth, corners, size)
    desk = Image.new("RGBA", size, tuple(int(v) for v in rng.uniform(50, 150, 3)) + (255,))
    desk.alpha_composite(picture)
    photo = np.asarray(desk.convert("RGB").filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.3))), np.float32)
    warm = np.array([1, rng.uniform(0.93, 1), rng.uniform(0.8, 1)], np.float32)
    photo = grain(rng, photo * light(rng, photo.shape[:2]) * warm * rng.uniform(0.75, 1), rng.uniform(1, 4), 0)
    file = io.BytesIO()
    Image.fromarray(eight(photo)).save(file, "JPEG", quality=int(rng.integers(70, 95)))
    return np.asarray(Image.open(file), np.float32), truth


def eight(pixels: np.ndarray) -> np.ndarray:
    """Levels as uint8."""
    return pixels.round().clip(0, 255).astype(np.uint8)


def sheets(condition: str, count: int, x: np.ndarray, y: np.ndarray, seed: int = 0) -> Iterator[Sheet]:
    """An iterator over sheets of a condition, the same for the same seed."""
    for number in range(count):
        yield page(condition, x, y, np.random.default_rng((seed, CONDITIONS.index(condition), number)))
