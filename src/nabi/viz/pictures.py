"""Pictures: images side by side under a few words each, such as the digits that a network misread.

Grey images keep their values: as ink, 0 is white paper and the largest value black; as light, 0 is black and it is white.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.labels import short
from nabi.viz.words import t

CELL, GAP, LINE_HEIGHT, WIDEST = 1.0, 0.22, 0.165, 2.4  # inches


@register("figure")
def picture_grid(
    images: Sequence[np.ndarray] | np.ndarray,
    titles: Sequence[str] | None = None,
    columns: int = 8,
    ink: bool = False,
    title: str = "",
    subtitle: str = "",
    empty: str = "There are no pictures to show.",
) -> Figure:
    """Draws images in rows, each with its words below it.

    Args:
        images: (n, height, width), (n, height, width, 1) grey or (n, height, width, 3) colour; a list may mix sizes. Whole
            numbers are read as 0-255; fractions as 0-1, or as 0-255 where an image has a value above 1.
        titles: n texts; the first line is set in ink, further lines in a quieter colour.
        columns: images in a row.
        ink: grey images black on white (digits) instead of white on black (photographs).
        title: headline.
        subtitle: line below it.
        empty: what to say where there are no images.

    Raises: ShapeError for what is no image or titles that do not fit; ArgumentError for less than one column.

    Example:
        >>> figure = picture_grid(np.zeros((3, 28, 28), "uint8"), ["zero", "one", "two"], columns=2, ink=True)
        >>> len(figure.axes), figure.axes[1].texts[0].get_text()
        (3, 'one')
    """
    pixels = [pixels_of(image, k) for k, image in enumerate(images)]
    words = [""] * len(pixels) if titles is None else [str(text) for text in titles]
    if len(words) != len(pixels):
        raise ShapeError("picture_grid(titles)", f"{len(pixels)} titles, one for each picture", len(words))
    if columns < 1:
        raise ArgumentError("picture_grid(columns)", "a whole number above 0", columns)
    if not pixels:
        return style.note(title or "Pictures", empty)
    columns = min(columns, len(pixels))
    rows = -(-len(pixels) // columns)
    lines = max(text.count("\n") + 1 if text else 0 for text in words)
    step = CELL + GAP + (lines * LINE_HEIGHT + 0.1 if lines else 0)
    caption = max((style.width_of(text, style.BODY) for text in words if text), default=0.0)
    stride = max(CELL + GAP, min(caption + 0.12, WIDEST))  # from one column to the next
    margin = 0.4
    side = margin + (stride - CELL - GAP) / 2
    head = margin + (0.3 if title else 0) + (0.28 if subtitle else 0) + (0.06 if title or subtitle else 0)
    width = 2 * side + (columns - 1) * stride + CELL
    picture = style.page(width, head + rows * step - GAP + margin, side, title, subtitle)
    for k, (image, text) in enumerate(zip(pixels, words, strict=True)):
        row, column = divmod(k, columns)
        _draw(style.axes(picture, side + column * stride, head + row * step, CELL, CELL), image, text, ink)
    return picture


@register("figure")
def misread_grid(
    images: Sequence[np.ndarray] | np.ndarray,
    truth: Sequence[int] | np.ndarray,
    answer: Sequence[int] | np.ndarray,
    probability: Sequence[float] | np.ndarray | None = None,
    class_names: Sequence[str] | None = None,
    columns: int = 8,
    ink: bool = False,
    total: int | None = None,
) -> Figure:
    """Draws misread images with truth, answer and the probability that the network gave to its answer.

    Args:
        images: n misread images, as for `picture_grid`.
        truth: n true classes.
        answer: n classes that were answered.
        probability: n probabilities of the answers, 0-1.
        class_names: names of the classes; by default their numbers.
        columns: images in a row.
        ink: grey images black on white.
        total: how many images were misread in all, where only some are shown.

    Example:
        >>> figure = misread_grid(np.zeros((1, 28, 28)), [4], [9], [0.97], ink=True)
        >>> figure.axes[0].texts[0].get_text()
        '4, read as 9'
    """
    lengths = {len(images), len(truth), len(answer)} | ({len(probability)} if probability is not None else set())
    if len(lengths) != 1:
        raise ShapeError("misread_grid", "as many classes, answers and probabilities as images", sorted(lengths))
    known = class_names if class_names is not None else range(1 + max([*truth, *answer], default=0))
    names = [(short(known[one]), short(known[other])) for one, other in zip(truth, answer, strict=True)]
    is_short = all(len(name) <= 2 for pair in names for name in pair)
    titles = [t("read as" if is_short else "read as, long", truth=truth, answer=answer) for truth, answer in names]
    if probability is not None:
        titles = [f"{text}\n{t('sure', share=100 * float(p))}" for text, p in zip(titles, probability, strict=True)]
    if not titles:
        return style.note(t("nothing misread"), t("all read"))
    count = len(titles) if total is None else total
    below = t("below" if probability is None else "below, sure")
    subtitle = t("of them", n=len(titles), rest=below[0].lower() + below[1:]) if count > len(titles) else below
    return picture_grid(images, titles, columns, ink, t("misread", n=count), subtitle)


def pixels_of(image: np.ndarray, k: int) -> np.ndarray:
    """An image as shares of the largest value: (height, width) or (height, width, 3), 0-1."""
    pixels = np.asarray(image)
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if (
        pixels.ndim not in (2, 3)
        or (pixels.ndim == 3 and pixels.shape[-1] != 3)
        or 0 in pixels.shape
        or pixels.dtype.kind not in "iufb"
    ):
        expected = "(height, width), (height, width, 1) or (height, width, 3)"
        raise ShapeError(f"picture_grid(images[{k}])", expected, f"{pixels.shape} {pixels.dtype}", "Channels come last.")
    whole = pixels.dtype.kind in "iu" or (pixels.dtype.kind == "f" and np.nanmax(pixels) > 1)
    return np.clip(np.nan_to_num(pixels.astype(float)) / (255 if whole else 1), 0, 1)


def _draw(ax: Axes, pixels: np.ndarray, text: str, ink: bool) -> None:
    """One image in its square, its words below."""
    if pixels.ndim == 2:
        ax.imshow(
            pixels, cmap="gray_r" if ink else "gray", vmin=0, vmax=1, interpolation="nearest", origin="upper", aspect="equal"
        )
    else:
        ax.imshow(pixels, interpolation="nearest", origin="upper", aspect="equal")
    style.frame(ax, color=style.LINE if ink else style.PAPER)
    for n, line in enumerate(text.split("\n") if text else ()):
        color, size = (style.MUTED, style.SMALL) if n else (style.INK, style.BODY)
        down = -72 * (LINE_HEIGHT * (n + 1) + 0.03)
        style.label(ax, 0.5, 0, line, color, size, offset=(0, down), ha="center", va="baseline", xycoords="axes fraction")
