"""Film frames: one look at a training: filters, the maps of a picture, how activations are spread, the boundary, what is misread.

Places and scales are the same in all frames, so that only what is learned moves.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from PIL import Image

from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.boundary import draw as draw_boundary
from nabi.viz.curves import Numbers
from nabi.viz.heat import FOR_AND_AGAINST
from nabi.viz.labels import short
from nabi.viz.pictures import pixels_of
from nabi.viz.words import t

LEFT, HEAD, TOP, HIGH, GAP, FOOT, WIDE = 0.45, 0.85, 0.42, 2.3, 0.45, 0.5, 10.5  # inches
COLUMNS, ROWS, ACROSS = 9, 3, 4.2  # of the misread pictures; their width
DOTS = 100
Panel = tuple[float, float, Callable[[Figure, float, float], None]]  # width, height, draws at (left, top)


def film_title(data: Mapping[str, Any]) -> str:
    """The headline of a film without the epoch."""
    return f"{data['net']}, {data['data']}"


def epoch_name(epoch: int) -> str:
    """What stands over a frame."""
    return t("film epoch", n=epoch) if epoch else t("film start")


@register("figure")
def film_frame(data: Mapping[str, Any], k: int = -1) -> Figure:
    """Draws one look.

    Args:
        data: as `lab.film(...)` gives it (`plain()`): net, data, epochs, losses, accuracy, watched, and what was looked at.
        k: which look.

    Returns: figure, of the same size for all looks.

    Example:
        >>> boundary = {"x": [0, 1], "y": [0, 1], "shares": np.zeros((1, 2, 2)), "points": [[0, 1]], "labels": [0]}
        >>> figure = film_frame({"net": "mlp", "data": "moons", "epochs": [0], "losses": [None], "accuracy": [0.5], "watched": 2,
        ...                      "boundary": boundary})
        >>> figure.texts[0].get_text()
        'mlp, moons: before training'
    """
    k = k % len(data["epochs"])
    rows, width = laid_out(panels(data, k))
    loss, right = data["losses"][k], round(data["accuracy"][k] * data["watched"])
    below = t("film right", right=right, n=data["watched"], share=100 * data["accuracy"][k])
    below = below if loss is None else f"{t('film loss', loss=loss)}; {below}"
    height = HEAD + sum(TOP + max(panel[1] for panel in row) + FOOT for row in rows)
    picture = style.page(width + 2 * LEFT, height, LEFT, f"{film_title(data)}: {epoch_name(data['epochs'][k])}", below)
    y = HEAD
    for row in rows:
        x = LEFT
        for wide, _, draw in row:
            draw(picture, x, y + TOP)
            x += wide + GAP
        y += TOP + max(panel[1] for panel in row) + FOOT
    return picture


def film_frames(data: Mapping[str, Any]) -> list[Image.Image]:
    """All looks as pictures of one size."""
    shown = []
    for k in range(len(data["epochs"])):
        figure = film_frame(data, k)
        figure.set_dpi(DOTS)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        shown.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
    size = tuple(max(side) for side in zip(*(frame.size for frame in shown), strict=True))
    return [padded(frame, size) for frame in shown]


def padded(frame: Image.Image, size: tuple[int, ...]) -> Image.Image:
    """A frame on white paper of that size."""
    if frame.size == size:
        return frame
    paper = Image.new("RGB", size, "white")  # type: ignore[arg-type]
    paper.paste(frame, (0, 0))
    return paper


def laid_out(found: list[Panel]) -> tuple[list[list[Panel]], float]:
    """Panels in rows, as many as fit; and the width of the widest row."""
    rows: list[list[Panel]] = [[]]
    for panel in found:
        if rows[-1] and sum(p[0] + GAP for p in rows[-1]) + panel[0] > WIDE:
            rows.append([])
        rows[-1].append(panel)
    return rows, max(sum(p[0] + GAP for p in row) - GAP for row in rows)


def panels(data: Mapping[str, Any], k: int) -> list[Panel]:
    """What there is to draw."""
    found: list[Panel] = []
    if data.get("boundary"):
        seen = {**data["boundary"], "shares": data["boundary"]["shares"][k], "title": t("film boundary")}
        found.append((3.2, 3.2, lambda fig, x, y: draw_boundary(style.axes(fig, x, y, 3.2, 3.2), seen)))
    if data.get("filters") is not None:
        found.append(grid_panel(data["filters"], k, t("film filters", layer=short(data["filter_layer"]))))
    if data.get("maps"):
        found.append((1.15, HIGH, lambda fig, x, y: one_picture(style.axes(fig, x, y, 1.15, 1.15), data)))
        found += [grid_panel(maps, k, t("film maps", layer=short(name))) for name, maps in data["maps"].items()]
    high = 3.2 if data.get("boundary") else HIGH
    if data.get("histograms"):
        found.append((2.6, high, lambda fig, x, y: histograms(fig, x, y, data, k, high)))
    found.append((2.7, high, lambda fig, x, y: progress(style.axes(fig, x + 0.45, y, 2.25, high - 0.1), data, k)))
    if data.get("misread"):
        found.append((ACROSS, HIGH, lambda fig, x, y: misread(fig, x, y, data, k)))
    return found


def grid_panel(maps: np.ndarray, k: int, title: str) -> Panel:
    """Maps of a layer in a square grid, on one scale for all looks."""
    n = maps.shape[-1]
    columns = int(np.ceil(np.sqrt(n)))
    most = float(np.abs(maps).max()) or 1.0
    signed = bool((maps < 0).any())
    tiles = tiled(maps[k], columns)
    wide = HIGH * tiles.shape[1] / tiles.shape[0]

    def draw(figure: Figure, x: float, y: float) -> None:
        ax = style.axes(figure, x, y, wide, HIGH)
        ax.imshow(tiles, cmap=FOR_AND_AGAINST if signed else style.BLUES, vmin=-most if signed else 0, vmax=most, aspect="auto",
                  interpolation="nearest", origin="upper")
        style.frame(ax, 0)
        headed(ax, title)

    return wide, HIGH, draw


def tiled(maps: np.ndarray, columns: int) -> np.ndarray:
    """Maps (h, w, n) side by side, with white lines between them: NaN."""
    h, w, n = maps.shape
    line = max(1, round(h / 12))
    rows = -(-n // columns)
    sheet = np.full((rows * (h + line) - line, columns * (w + line) - line), np.nan)
    for j in range(n):
        r, c = divmod(j, columns)
        sheet[r * (h + line):r * (h + line) + h, c * (w + line):c * (w + line) + w] = maps[..., j]
    return sheet


def headed(ax: Axes, title: str) -> None:
    """A panel's title."""
    ax.set_title(title, loc="left", fontsize=style.BODY + 0.5, fontweight="bold", color=style.INK, pad=7, parse_math=False,
                 fontfamily=style.families(title), fontstyle="normal")


def one_picture(ax: Axes, data: Mapping[str, Any]) -> None:
    """The picture whose maps are shown."""
    gray(ax, pixels_of(np.asarray(data["picture"]), 0), data.get("ink", False))
    headed(ax, t("film picture"))


def gray(ax: Axes, pixels: np.ndarray, ink: bool, alpha: float = 1.0) -> None:
    """A small picture in a frame."""
    options: dict[str, Any] = {"cmap": "gray_r" if ink else "gray", "vmin": 0, "vmax": 1} if pixels.ndim == 2 else {}
    ax.imshow(pixels, interpolation="nearest", origin="upper", aspect="equal", alpha=alpha, **options)
    style.frame(ax, 0.8)


def histograms(figure: Figure, x: float, y: float, data: Mapping[str, Any], k: int, high: float) -> None:
    """How the numbers of each layer are spread; the outline is that of the first look."""
    names = list(data["histograms"])
    step = high / len(names)
    for n, name in enumerate(names):
        ax = style.axes(figure, x, y + n * step, 2.6, step - 0.32)
        shares, at = np.asarray(data["histograms"][name]), np.asarray(data["edges"][name])
        style.dress(ax, "", "", grid=False)
        ax.stairs(shares[k], at, fill=True, color=style.BLUE, alpha=0.75, linewidth=0, zorder=2)
        ax.stairs(shares[0], at, color=style.MUTED, linewidth=0.9, zorder=3)
        ax.set_xlim(at[0], at[-1])
        ax.set_ylim(0, np.quantile(shares.max(axis=1), 0.75) * 1.15 or 1)
        ax.set_yticks([])
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(Numbers(False))
        if not n:
            headed(ax, t("film spread"))
        zeros = data.get("zeros", {}).get(name, np.zeros(len(shares)))
        said = t("film zeros", layer=short(name), share=100 * zeros[k]) if np.max(zeros) > 0.005 else short(name)
        style.label(ax, 0.995, 0.97, said, style.MUTED, style.SMALL, xycoords="axes fraction", ha="right", va="top")


def misread(figure: Figure, x: float, y: float, data: Mapping[str, Any], k: int) -> None:
    """The pictures that are misread most often: with the answer while they are wrong, faint while they are right."""
    seen = data["misread"]
    names, side, step = data.get("class_names") or (), 0.4, (ACROSS - 0.42) / (COLUMNS - 1)
    ax = style.axes(figure, x, y, ACROSS, HIGH)
    ax.set_axis_off()
    ax.set_xlim(0, ACROSS)
    ax.set_ylim(HIGH, 0)
    headed(ax, t("film misread", n=int(seen["count"][k]), all=data["watched"]))
    for j, image in enumerate(seen["images"][:COLUMNS * ROWS]):
        left, top = 0.01 + (j % COLUMNS) * step, 0.02 + (j // COLUMNS) * (side + 0.36)
        answer, truth = int(seen["answers"][k][j]), int(seen["truth"][j])
        pixels = pixels_of(np.asarray(image), j)
        pixels = 1 - pixels if data.get("ink", False) and pixels.ndim == 2 else pixels
        pixels = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=-1)
        ax.imshow(pixels if answer != truth else 1 - 0.25 * (1 - pixels), interpolation="nearest", origin="upper", zorder=2,
                  extent=(left, left + side, top + side, top), aspect="auto")
        ax.add_patch(Rectangle((left, top), side, side, facecolor="none", edgecolor=style.LINE, linewidth=0.8, zorder=3))
        if answer != truth:
            text = short(str(names[answer]) if answer < len(names) else str(answer))[:6]
            style.label(ax, left + side / 2, top + side + 0.12, text, style.VERMILION, style.SMALL, ha="center",
                        fontweight="bold")
    ax.set_xlim(0, ACROSS)
    ax.set_ylim(HIGH, 0)


def progress(ax: Axes, data: Mapping[str, Any], k: int) -> None:
    """The share that is answered right so far."""
    style.dress(ax, "", t("epoch"))
    epochs, share = data["epochs"], np.asarray(data["accuracy"])
    ax.plot(epochs, share, color=style.LINE, linewidth=1.4, linestyle="-", marker="", zorder=2)
    ax.plot(epochs[:k + 1], share[:k + 1], color=style.BLUE, linewidth=2.2, linestyle="-", marker="", zorder=3,
            solid_capstyle="round")
    ax.plot(epochs[k], share[k], color=style.BLUE, linestyle="none", marker="o", markersize=7, markeredgecolor=style.PAPER,
            zorder=4, clip_on=False)
    low = max(0.0, float(share.min()) - 0.05)
    ax.set_ylim(low, 1.005)
    ax.set_xlim(epochs[0], max(epochs[-1], epochs[0] + 1))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.xaxis.set_major_formatter(Numbers(False))
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(Numbers(True))
    headed(ax, t("film share"))
