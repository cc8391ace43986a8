"""Sheet: pictures in rows with a label each, as one PNG."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

GAP, LINE, LEAST = 4, 16, 96  # pixels between pictures, for a label, and of a picture's shorter side on the sheet


def draw(rows: list[list[np.ndarray]], labels: list[str]) -> bytes:
    """A PNG of rows of pictures (H, W, 1 or 3) uint8 of one size, a line of text above each row; small pictures are enlarged.

    Example:
        >>> sheet = draw([[np.zeros((8, 8, 1), np.uint8)] * 3] * 2, ["a.png", "b.png"])
        >>> Image.open(io.BytesIO(sheet)).size
        (304, 236)
    """
    height, width = rows[0][0].shape[:2]
    times = max(1, -(-LEAST // min(height, width)))
    height, width = height * times, width * times
    columns = max(map(len, rows))
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, len(rows) * (height + LINE + GAP) + GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(LINE - 4)
    for i, (row, label) in enumerate(zip(rows, labels, strict=True)):
        top = GAP + i * (height + LINE + GAP)
        pen.text((GAP, top), label.encode("latin-1", "replace").decode("latin-1"), "black", font)
        for j, pixels in enumerate(row):
            large = pixels.repeat(times, 0).repeat(times, 1)
            sheet.paste(Image.fromarray(large[..., 0] if large.shape[2] == 1 else large), (GAP + j * (width + GAP), top + LINE))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()
