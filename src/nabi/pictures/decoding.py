"""Decoding: one picture's file becomes pixels (height, width, channels) of 0-255, in the size that a network reads.

    header -> limit -> JPEG draft -> pixels -> 8 bits on white paper -> grey or colour -> resized -> turned (EXIF) -> padded

A picture of w x h pixels (as it is shown) in a place of W x H, Lanczos' filter in all three:

    stretch   w x h -> W x H; the aspect is lost
    pad       s = min(W/w, H/h); w x h -> round(w s) x round(h s), never below 1, put (W - w')//2 from the left and (H - h')//2
              from the top of a ground of `fill`: 100 x 50 in 64 x 64 becomes 64 x 32 with 16 rows of `fill` above and below
    crop      s = max(W/w, H/h); the middle W/s x H/s of the picture -> W x H: 100 x 50 in 64 x 64 is its columns 25 to 75

Halves round up. A JPEG is decoded at 1/2, 1/4 or 1/8 where three times the wanted size still remains, and so takes 1/4 to 1/64 of
the memory. A picture is whole or an error (`Damaged`): what is cut short is never filled up with grey.
"""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image

from nabi.core.errors import ArgumentError, FileError
from nabi.core.numbers import is_whole
from nabi.core.table import one_line

VERSION = 1  # counts up whenever the same file gives other pixels
MAX_PIXELS = 89_478_485  # Pillow's limit: a quarter of a gigabyte in RGB; the header is asked before a pixel is decoded
GAP = 3.0  # how many times the wanted size is kept until the last, exact step of shrinking
FITS = ("pad", "crop", "stretch")
CROPS = (None, "faces")
COMMON = ("JPEG", "PNG", "GIF", "BMP", "PPM")  # MPO is opened as JPEG
OTHERS = ("WEBP", "TIFF", "AVIF", "JPEG2000", "ICO", "DIB")  # none that runs programs (EPS) or that any file could be (TGA)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0")
BROKEN = (  # what Pillow raises for bad files
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError, RuntimeError,
    OverflowError, struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning)
TURNS = {  # EXIF orientation -> how the stored picture is turned to be shown
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
ORIENTATION = 0x0112


class Damaged(FileError):
    """A picture's file that is empty, no picture, a bomb, cut short or damaged.

    Attributes:
        reason: why, as a list of bad pictures names it: "truncated", "not a picture".
        kind: "empty" | "foreign" | "bomb" | "truncated" | "damaged" | "unreadable".
    """

    def __init__(self, where: str, expected: object = None, got: object = None, remedy: str = "", *, reason: str = "",
                 kind: str = "damaged"):
        super().__init__(where, expected, got, remedy)
        self.reason, self.kind = reason or str(got), kind


@dataclass(frozen=True)
class Preparation:
    """What pictures are made into.

    Attributes:
        size: (height, width).
        channels: 1 grey, 3 colour.
        fit: "pad", "crop" or "stretch", see the head of this file.
        fill: value of the padded ground, 0 to 255.
        crop: "faces": not the whole picture but its largest face, see `nabi.pictures.portraits`; a square then.

    Example:
        >>> Preparation((64, 64), 3, "crop").shape
        (64, 64, 3)
    """

    size: tuple[int, int]
    channels: int
    fit: str = "pad"
    fill: int = 0
    crop: str | None = None

    def __post_init__(self) -> None:
        size = tuple(self.size) if isinstance(self.size, tuple | list) else ()
        if len(size) != 2 or not all(is_whole(n) and 1 <= int(n) <= 2**14 for n in size):
            raise ArgumentError("Preparation(size)", "(height, width), each 1 to 16384", self.size)
        if self.channels not in (1, 3):
            raise ArgumentError("Preparation(channels)", "1 (grey) or 3 (colour)", self.channels)
        if self.fit not in FITS:
            raise ArgumentError("Preparation(fit)", "'pad', 'crop' or 'stretch'", repr(self.fit))
        if not is_whole(self.fill) or not 0 <= int(self.fill) <= 255:
            raise ArgumentError("Preparation(fill)", "a whole number from 0 to 255", self.fill)
        if self.crop not in CROPS:
            raise ArgumentError("Preparation(crop)", "'faces' or None", repr(self.crop))
        if self.crop is not None and size[0] != size[1]:
            raise ArgumentError("Preparation(size)", "a square for faces", self.size, "Give one number.")
        object.__setattr__(self, "size", size)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, C) of a picture."""
        return (*self.size, self.channels)


@dataclass(frozen=True)
class Facts:
    """What a picture's header says.

    Attributes:
        width, height: as the picture is shown, so after the turn that `orientation` asks for.
        mode: Pillow's name of the pixels: "L", "RGB", "P", "CMYK", "I;16", ...
        format: "JPEG", "PNG", ...: by the file's content, whatever its ending says.
        orientation: EXIF's, 1 to 8; 1 where nothing is said.
    """

    width: int
    height: int
    mode: str
    format: str
    orientation: int

    @property
    def is_grey(self) -> bool:
        """Whether the pixels are stored without colour; palettes count as colour."""
        return self.mode in ("1", "L", "LA", "La", "F") or self.mode.startswith("I")


def decode(data: bytes | str | os.PathLike, how: Preparation) -> np.ndarray:
    """The pixels of a picture's file, or of its bytes: uint8 (H, W, C). The first frame of an animation.

    Transparency is laid on white; 16-bit grey becomes v * 255 / 65535, rounded; CMYK is read as Pillow does, without profiles.

    Raises:
        Damaged: it cannot be decoded whole; `reason` says why.

    Example:
        >>> file = io.BytesIO()
        >>> Image.new("RGB", (100, 50), "white").save(file, "PNG")
        >>> pixels = decode(file.getvalue(), Preparation((64, 64), 1))
        >>> pixels.shape, int(pixels[15].max()), int(pixels[16].min())
        ((64, 64, 1), 0, 255)
    """
    with opened(data) as picture:
        if is_ready(picture, how):
            return np.array(picture).reshape(how.shape)
        w, h = picture.size
        turn = orientation(picture) if picture.format in ("JPEG", "MPO") else 1  # before drafting
        height, width = how.size if turn < 5 else how.size[::-1]
        around = None
        if picture.format in ("JPEG", "MPO"):
            scale = (max if how.fit == "crop" else min)(width / w, height / h)
            wide, high = (width, height) if how.fit == "stretch" else (w * scale, h * scale)
            drafted = picture.draft(None, (max(1, int(wide * GAP)), max(1, int(high * GAP))))
            around = drafted and drafted[1]  # the picture's exact extent in the drafted pixels
        picture.load()
        if picture.format not in ("JPEG", "MPO"):
            turn = orientation(picture)  # a PNG may have its EXIF behind the pixels
            w, h = picture.size
            height, width = how.size if turn < 5 else how.size[::-1]
        found = flat(picture).convert("L" if how.channels == 1 else "RGB")
        target, box = fitted((w, h), (width, height), how.fit, around or (0, 0, *found.size))
        if target != found.size or box != (0, 0, *found.size):
            found = found.resize(target, Image.Resampling.LANCZOS, box=box, reducing_gap=GAP)
        if turn in TURNS:
            found = found.transpose(TURNS[turn])
        pixels = np.array(found).reshape(found.height, found.width, how.channels)
    if pixels.shape == how.shape:
        return pixels
    out = np.full(how.shape, how.fill, np.uint8)
    top, left = ((place - size) // 2 for place, size in zip(how.size, pixels.shape, strict=False))
    out[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return out


def is_ready(picture: Image.Image, how: Preparation) -> bool:
    """Whether a JPEG is as it is wanted, so that its pixels need no more than decoding: half the time of a small one."""
    return (picture.format == "JPEG" and picture.size == how.size[::-1] and picture.mode == ("L" if how.channels == 1 else "RGB")
            and not {"exif", "xmp"} & picture.info.keys())


def fitted(size: tuple[int, int], place: tuple[int, int], fit: str, extent: tuple) -> tuple[tuple[int, int], tuple]:
    """What part of a picture becomes how many pixels: ((w', h'), box), all (width, height).

    Args:
        size: the picture's. place: where it is to fit. extent: the whole picture's box in the pixels at hand.

    Example:
        >>> fitted((100, 50), (64, 64), "pad", (0, 0, 100, 50))
        ((64, 32), (0, 0, 100, 50))
        >>> fitted((100, 50), (64, 64), "crop", (0, 0, 100, 50))
        ((64, 64), (25.0, 0.0, 75.0, 50.0))
    """
    (w, h), (width, height) = size, place
    is_wide = w * height >= h * width  # wider than its place
    if fit == "stretch" or w * height == h * width:
        return place, extent
    if fit == "pad":
        return ((width, max(1, (2 * h * width + w) // (2 * w))) if is_wide
                else (max(1, (2 * w * height + h) // (2 * h)), height)), extent
    right, bottom = extent[2:]
    part = right * (h * width) / (w * height) if is_wide else right, bottom if is_wide else bottom * (w * height) / (h * width)
    left, top = (right - part[0]) / 2, (bottom - part[1]) / 2
    return place, (left, top, left + part[0], top + part[1])


def look(data: bytes | str | os.PathLike) -> Facts:
    """What a picture's header says; no pixel is decoded. An EXIF block behind the pixels of a PNG is not seen.

    Raises:
        Damaged: no picture, a bomb, or a broken header.
    """
    with opened(data) as picture:
        turn = orientation(picture, header_only=True)
        width, height = picture.size[::-1] if turn >= 5 and picture.format != "TIFF" else picture.size  # Pillow turns TIFF itself
        return Facts(width, height, picture.mode, picture.format or "", turn)


@contextmanager
def opened(data: bytes | str | os.PathLike) -> Iterator[Image.Image]:
    """A picture whose header is read and within the limit; whatever Pillow finds wrong inside the block is `Damaged`."""
    where, first = "picture", b""
    try:
        if isinstance(data, str | os.PathLike):
            where = f"picture {one_line(os.fspath(data))}"
            file = open(data, "rb")
        else:
            file = io.BytesIO(data)
    except OSError as error:
        said = error.strerror or str(error)
        raise Damaged(where, "a file that can be read", said, reason=f"cannot be read: {said}", kind="unreadable") from error
    try:
        with file:
            first = file.read(16)
            if not first:
                raise Damaged(where, "a whole picture", "an empty file", kind="empty")
            with _identified(file) as picture:
                most = min(MAX_PIXELS, Image.MAX_IMAGE_PIXELS or MAX_PIXELS)
                width, height = picture.size
                if width * height > most:
                    raise _bomb(where, f"{width}x{height}, more than {most:,} pixels")
                yield picture
    except Damaged:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _bomb(where, str(error)) from error
    except BROKEN as error:
        said = one_line(f"{error}") or type(error).__name__
        is_known = first.startswith(MAGIC) or first[8:12] == b"WEBP" or first[4:8] == b"ftyp"
        if isinstance(error, Image.UnidentifiedImageError) and not is_known:
            raise Damaged(where, "a picture (PNG, JPEG, ...)", "a file of another kind", reason="not a picture",
                          kind="foreign") from error
        if "truncated" in said.lower() or isinstance(error, EOFError):
            raise Damaged(where, "a whole picture", f"this error: {said}", reason="truncated", kind="truncated") from error
        said = "the header is broken" if isinstance(error, Image.UnidentifiedImageError) else said
        raise Damaged(where, "a whole picture", f"this error: {said}", reason=f"damaged: {said}") from error


def _identified(file) -> Image.Image:
    """The picture in a file by its content, tried as the common formats first: the others' readers take time to load."""
    Image.preinit()
    try:
        return Image.open(file, formats=COMMON)
    except Image.UnidentifiedImageError:
        Image.init()
        return Image.open(file, formats=[name for name in OTHERS if name in Image.OPEN])


def _bomb(where: str, said: str) -> Damaged:
    reason = f"a decompression bomb: {said}"
    return Damaged(where, "a picture within the limit", reason, "Make it smaller if that is meant.", kind="bomb")


def orientation(picture: Image.Image, header_only: bool = False) -> int:
    """EXIF's orientation, 1 to 8; 1 where nothing is said or the block cannot be read. `header_only`: no pixel is decoded."""
    if header_only and picture.format == "PNG" and not {"exif", "Raw profile type exif"} & set(picture.info):
        return 1
    try:
        found = picture.getexif().get(ORIENTATION, 1)
    except BROKEN:
        return 1  # the pixels are whole all the same
    return found if found in range(1, 9) else 1


def flat(found: Image.Image) -> Image.Image:
    """16-bit grey as 8-bit, transparency on white paper; everything else as it is."""
    if found.mode.startswith("I") or found.mode == "F":
        return Image.fromarray(eight_bits(np.asarray(found), is_16_bits=found.mode.startswith("I;16") or found.format == "PNG"))
    if "A" in found.getbands() or found.mode in ("La", "RGBa") or "transparency" in found.info:
        found = found.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", found.size, "white"), found)
    return found


def eight_bits(values: np.ndarray, is_16_bits: bool = True) -> np.ndarray:
    """Grey of more than 8 bits as uint8: v * 255 / 65535; where the file does not say how much is white: 255 or 65535, by the
    largest value, or 1 for fractions. What lies outside is clipped.

    Example:
        >>> eight_bits(np.array([0, 128, 129, 65535], "uint16")), eight_bits(np.array([0, 0.5, 1.0]), False)
        (array([  0,   0,   1, 255], dtype=uint8), array([  0, 128, 255], dtype=uint8))
    """
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise Damaged("picture", "finite values", "NaN or infinity", reason="damaged: NaN or infinity")
    largest = values.max(initial=0)
    white = 65535 if is_16_bits or largest > 255 else 1 if values.dtype.kind == "f" and largest <= 1 else 255
    return np.clip(np.floor(values.astype(np.float64) * 255 / white + 0.5), 0, 255).astype(np.uint8)
