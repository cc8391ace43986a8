"""Headers: what each picture of a source is before it is decoded: size, format by its content, kind of pixels, frames.

    1.jpg      PNG, 640 x 480, palette, 1 frame          the name says JPEG, the content PNG
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from nabi.core.errors import FileError
from nabi.pictures import decoding
from nabi.pictures.names import suffix

PLAIN = ("colour", "grey", "1-bit")  # kinds of pixels that need no second look
ENDINGS = {  # format -> endings that say so
    "JPEG": ".jpg .jpeg .jpe .jfif .mpo", "MPO": ".jpg .jpeg .jpe .jfif .mpo", "PNG": ".png", "GIF": ".gif", "BMP": ".bmp .dib",
    "DIB": ".bmp .dib", "PPM": ".pgm .ppm .pbm .pnm", "WEBP": ".webp", "TIFF": ".tif .tiff", "AVIF": ".avif",
    "JPEG2000": ".jp2", "ICO": ".ico",
}  # fmt: skip
KNOWN = frozenset(" ".join(ENDINGS.values()).split())


@dataclass(frozen=True, slots=True)
class Header:
    """What one picture is.

    Attributes:
        width, height: as it is shown.
        format: by its content: "JPEG", "PNG", ...
        pixels: "colour", "grey", "1-bit", "palette", "transparent", "16-bit", "CMYK", or another name of Pillow's.
        is_animated: whether there are frames behind the first.
        size: bytes of its file.
    """

    width: int
    height: int
    format: str
    pixels: str
    is_animated: bool
    size: int

    @property
    def aspect(self) -> float:
        """Longer side by shorter side, 1 or more."""
        return max(self.width, self.height) / max(min(self.width, self.height), 1)


def header(data: bytes | str | os.PathLike) -> Header:
    """The header of a picture's file, or of its bytes; no pixel is decoded.

    Raises:
        Damaged: no picture, a bomb, or a broken header.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> Image.new("RGBA", (30, 20)).save(file, "PNG")
        >>> found = header(file.getvalue())
        >>> found.width, found.height, found.format, found.pixels, found.aspect
        (30, 20, 'PNG', 'transparent', 1.5)
    """
    size = len(data) if isinstance(data, bytes) else os.path.getsize(data) if os.path.exists(data) else 0
    with decoding.opened(data) as picture:
        turn = decoding.orientation(picture, header_only=True)
        width, height = picture.size[::-1] if turn >= 5 and picture.format != "TIFF" else picture.size
        animated = picture.format in ("GIF", "PNG", "WEBP", "AVIF") and getattr(picture, "is_animated", False)
        return Header(width, height, picture.format or "", kind_of(picture), bool(animated), size)


def kind_of(picture: Image.Image) -> str:
    """What kind of pixels a picture has; what is rarer comes first."""
    raw = str([tile[3] for tile in getattr(picture, "tile", [])[:1]])
    if picture.mode.startswith("I") or picture.mode == "F" or ";16" in raw:
        return "16-bit"
    if picture.mode == "P":
        return "palette"
    if "A" in picture.getbands() or picture.mode in ("La", "RGBa") or "transparency" in picture.info:
        return "transparent"
    return {"L": "grey", "RGB": "colour", "1": "1-bit"}.get(picture.mode, "colour" if picture.mode == "YCbCr" else picture.mode)


def headers(listing: Any) -> Iterator[tuple[int, Header]]:
    """(number, header) of the entries of a listing whose header can be read, in one pass over the source."""
    entries = listing.entries
    if listing.random_access:
        sources: Any = ((k, entry.path if entry.size is None else entry) for k, entry in enumerate(entries))
    else:
        sources = listing.stream()
    for number, source in sources:
        try:
            yield number, header(source.read() if hasattr(source, "read") else source)
        except (decoding.Damaged, FileError):  # decoding says what is wrong
            continue


def wrong_ending(name: str, found: Header) -> str:
    """The ending that a name should have, "" where it has the right one or none that means pictures.

    Example:
        >>> wrong_ending("cat/1.JPG", Header(8, 8, "PNG", "grey", False, 90))
        '.png'
    """
    ending, right = suffix(name), ENDINGS.get(found.format, "").split()
    return right[0] if right and ending in KNOWN and ending not in right else ""
