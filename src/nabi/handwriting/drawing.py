"""Drawing: digits marked on their sheet: a frame round each, the answer above it; ochre where the network is in doubt.

Letters are a third of a digit high, within bounds, and stand on a plate of the frame's colour, so they are read on any ground.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nabi.handwriting.reader import Digit

BLUE, OCHRE, PAPER = "#0B69B4", "#8A5A00", "#FFFFFF"
LETTERS = (13, 60)  # least and greatest height in pixels
DOUBT = 0.9  # probability below which the second guess is told, too


def drawn(pixels: np.ndarray, digits: Sequence[Digit]) -> Image.Image:
    """The picture (H, W, 3) uint8 with its digits marked: "5", or "5 or 6?" where the network is in doubt.

    Example:
        >>> one = Digit(5, 0.99, (0.0,) * 5 + (0.99, 0.01) + (0.0,) * 3, 6, (20, 30, 30, 40), 0, np.zeros((28, 28), "uint8"))
        >>> drawn(np.zeros((100, 80, 3), "uint8"), [one]).getpixel((18, 50))
        (11, 105, 180)
    """
    picture = Image.fromarray(pixels).convert("RGB")
    if not digits:
        return picture
    pen = ImageDraw.Draw(picture)
    usual = float(np.median([d.box[3] for d in digits]))
    size = round(min(max(usual / 2.6, LETTERS[0]), LETTERS[1], max(picture.size) / 12))
    width, room = max(1, round(usual / 32)), max(2, round(usual / 16))
    font = ImageFont.load_default(size)
    for digit in digits:
        sure = digit.probability >= DOUBT
        colour = BLUE if sure else OCHRE
        left, top, wide, high = digit.box
        frame = (left - room, top - room, left + wide + room, top + high + room)
        pen.rectangle(frame, outline=colour, width=width)
        text = f"{digit.digit}" if sure else f"{digit.digit}/{digit.second}?"
        a, b, c, d = pen.textbbox((0, 0), text, font=font)
        plate = (c - a + size // 2, d - b + size // 2)
        x = max(0, min(frame[0], picture.width - plate[0]))
        y = frame[1] - plate[1] if frame[1] >= plate[1] else min(frame[3], picture.height - plate[1])
        pen.rectangle((x, y, x + plate[0], y + plate[1]), fill=colour)
        pen.text((x + size // 4 - a, y + size // 4 - b), text, fill=PAPER, font=font)
    return picture
