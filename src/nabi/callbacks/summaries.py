"""Summaries: numbers, histograms and pictures as TensorBoard's protocol buffers, encoded by hand.

    a field     key = number << 3 | wire type,  then its value
    wire 0      whole number in groups of 7 bits, the lowest first, each byte but the last with its top bit set
    wire 1, 5   float64, float32, little-endian
    wire 2      length in wire 0's form, then so many bytes: a text, a message, packed numbers

    Event       wall_time = 1 (float64), step = 2, file_version = 3 (text), summary = 5
    Summary     value = 1, any number of:  tag = 1, simple_value = 2 (float32), image = 4, histo = 5

Source: protobuf.dev, "Encoding"; event.proto and summary.proto of TensorFlow, whose comments say what each field means.
"""

import io
import struct
from typing import Any

import numpy as np

BUCKETS = 30  # as tf.summary.histogram has them
GREY, COLOUR = 1, 3


def varint(n: int) -> bytes:
    """A whole number; a negative one as its 64-bit two's complement.

    Example:
        >>> varint(1).hex(), varint(300).hex(), len(varint(-1))
        ('01', 'ac02', 10)
    """
    n &= (1 << 64) - 1
    groups = []
    while n > 127:
        groups.append(n & 127 | 128)
        n >>= 7
    return bytes([*groups, n])


def whole(field: int, n: int) -> bytes:
    """A field with a whole number."""
    return varint(field << 3) + varint(n)


def float64(field: int, x: float) -> bytes:
    """A field with a double."""
    return varint(field << 3 | 1) + struct.pack("<d", x)


def float32(field: int, x: float) -> bytes:
    """A field with a float; what float32 cannot hold becomes infinite."""
    with np.errstate(over="ignore"):
        return varint(field << 3 | 5) + np.float32(x).astype("<f4").tobytes()


def block(field: int, data: bytes) -> bytes:
    """A field with a text, a message or packed numbers."""
    return varint(field << 3 | 2) + varint(len(data)) + data


def event(wall_time: float, step: int, summary: bytes) -> bytes:
    """An Event: a summary at a step; `wall_time` in seconds since 1970."""
    return float64(1, wall_time) + whole(2, step) + block(5, summary)


def first_event(wall_time: float) -> bytes:
    """The Event that begins every file: its version."""
    return float64(1, wall_time) + block(3, b"brain.Event:2")


def value(tag: str, *content: bytes) -> bytes:
    """A Summary with one value."""
    return block(1, block(1, tag.encode()) + b"".join(content))


def scalar(tag: str, x: float) -> bytes:
    """A number under a name."""
    return value(tag, float32(2, x))


def histogram(tag: str, x: np.ndarray) -> bytes:
    """Counts of the finite numbers of an array in 30 buckets of one width, from the smallest to the largest.

        HistogramProto: min = 1, max = 2, num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7 (packed float64)
    """
    x = np.asarray(x, dtype=np.float64).ravel()
    x = x[np.isfinite(x)]
    if not x.size:
        return value(tag, block(5, b""))
    counts, edges = np.histogram(x, BUCKETS)
    parts = [x.min(), x.max(), x.size, x.sum(), (x * x).sum()]
    message = b"".join(float64(number, part) for number, part in enumerate(parts, 1))
    message += block(6, edges[1:].astype("<f8").tobytes()) + block(7, counts.astype("<f8").tobytes())
    return value(tag, block(5, message))


def picture(tag: str, pixels: np.ndarray) -> bytes:
    """A picture as PNG: (height, width) grey or (height, width, 3) colours, uint8.

        Image: height = 1, width = 2, colorspace = 3 (1 grey, 3 RGB), encoded_image_string = 4
    """
    from PIL import Image

    file: Any = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    height, width = pixels.shape[:2]
    space = GREY if pixels.ndim == 2 else COLOUR
    return value(tag, block(4, whole(1, height) + whole(2, width) + whole(3, space) + block(4, file.getvalue())))
