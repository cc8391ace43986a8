"""Drawing: faces marked in a picture: a square round each, its score above it, a smile in green.

Letters are a quarter of a face high, within bounds, and stand on a plate of the square's colour, so they are read on any ground.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nabi.faces.detector import Face

GREEN, GREY, PAPER = "#00805B", "#3F4A56", "#FFFFFF"
LETTERS = (12, 40)  # least and greatest height in pixels


def drawn(pixels: np.ndarray, faces: Sequence[Face], note: str = "") -> Image.Image:
    """The picture (H, W, 3) uint8 with its faces marked, and a note in its left upper corner.

    Example:
        >>> from nabi.pictures.boxes import Box
        >>> drawn(np.zeros((80, 80, 3), "uint8"), [Face(Box(20, 20, 40, 40), 0.97, True)]).getpixel((20, 40))
        (0, 128, 91)
    """
    picture = Image.fromarray(pixels).convert("RGB")
    pen = ImageDraw.Draw(picture)
    plates = []
    for face in faces:
        colour = GREEN if face.smile else GREY
        corners = face.box.corners()
        width = max(2, round(face.box.width / 50))
        pen.line([*corners, corners[0], corners[1]], fill=colour, width=width, joint="curve")
        size = round(min(max(face.box.width / 6, LETTERS[0]), LETTERS[1]))
        left = min(x for x, _ in corners)
        top = min(y for _, y in corners)
        plates.append((f"smile {100 * face.score:.0f} %", (left, top - 1.5 * size), size, colour))
    for text, corner, size, colour in plates:  # above all squares: those of other faces would strike them through
        plate(pen, text, corner, size, colour, picture.size)
    if note:
        plate(pen, note, (0, 0), LETTERS[0] + 4, GREY, picture.size)
    return picture


def plate(pen: ImageDraw.ImageDraw, text: str, place: tuple[float, float], size: int, colour: str,
          within: tuple[int, int]) -> None:
    """A text on a plate at (left, top), moved so that it lies inside the picture."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
    wide, high = right - left + size // 2, bottom - top + size // 2
    x, y = (max(0, min(at, most - side)) for at, most, side in zip(place, within, (wide, high), strict=True))
    pen.rectangle((x, y, x + wide, y + high), fill=colour)
    pen.text((x + size // 4 - left, y + size // 4 - top), text, fill=PAPER, font=font)
