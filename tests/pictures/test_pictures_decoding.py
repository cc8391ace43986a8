"""Decoding: held against plain Pillow done by hand; every mode, every turn; what is damaged is never half a picture."""

import io
import math
import struct
import subprocess
import sys
import zlib
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageOps

from nabi.core.errors import ArgumentError, FileError
from nabi.pictures import Damaged, Preparation, decode, look
from nabi.pictures import decoding as module

RGB = Preparation((24, 32), 3, "stretch")


def scene(width=90, height=60, mode="RGB"):
    """A smooth picture with noise, so that a shift by a pixel or a swapped channel is seen."""
    rng = np.random.default_rng(width + height)
    small = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8))
    return small.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def packed(picture, format="PNG", **options):
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def by_hand(picture, size, fit, fill=7):
    """Plain Pillow, with fractions."""
    (height, width), (w, h), method = size, picture.size, Image.Resampling.LANCZOS
    scales = Fraction(width, w), Fraction(height, h)
    if fit == "stretch":
        return picture.resize((width, height), method, reducing_gap=3)
    if fit == "crop":
        s = max(scales)
        left, top = (w - width / s) / 2, (h - height / s) / 2
        box = tuple(map(float, (left, top, w - left, h - top)))
        return picture.resize((width, height), method, box, reducing_gap=3)
    inner = [max(1, math.floor(side * min(scales) + Fraction(1, 2))) for side in (w, h)]
    out = Image.new("RGB", (width, height), (fill, fill, fill))
    out.paste(picture.resize(inner, method, reducing_gap=3), ((width - inner[0]) // 2, (height - inner[1]) // 2))
    return out


@pytest.mark.parametrize("fit", ["pad", "crop", "stretch"])
@pytest.mark.parametrize("size", [(24, 32), (64, 64), (33, 9)])
@pytest.mark.parametrize("shape", [(90, 60), (31, 77), (32, 24)])
def test_sizes_are_pillows(shape, size, fit):
    picture = scene(*shape)
    found = decode(packed(picture), Preparation(size, 3, fit, fill=7)).astype(int)
    wanted = np.asarray(by_hand(picture, size, fit)).astype(int)
    assert found.shape == (*size, 3) and np.abs(found - wanted).max() <= 1, "1: a crop's box in floats"
    assert np.abs(np.roll(found, 1, axis=1) - wanted).max() > 8, "a shift by one pixel would be seen"


def test_the_numbers_of_the_docstring():
    white = packed(Image.new("L", (100, 50), 255))
    padded = decode(white, Preparation((64, 64), 1, fill=9))[..., 0]
    assert (padded[16:48] == 255).all() and (padded[:16] == 9).all() and (padded[48:] == 9).all()
    half = Image.new("L", (100, 50))
    half.paste(255, (25, 0, 75, 50))
    assert (decode(packed(half), Preparation((64, 64), 1, "crop")) >= 230).all(), "its neighbours shine in at the edge"
    assert decode(packed(Image.new("L", (1000, 1), 255)), Preparation((64, 64), 1)).sum() == 64 * 255, "one row at least"
    assert module.fitted((3, 2), (5, 5), "pad", (0, 0, 3, 2))[0] == (5, 3), "3.33 -> 3"
    assert module.fitted((4, 3), (2, 8), "pad", (0, 0, 4, 3))[0] == (2, 2), "1.5 -> 2: halves go up"


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation(turn):
    shown = scene()
    stored = shown if turn == 1 else ImageOps.exif_transpose(shown)
    undo = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
    if turn in undo:
        stored = shown.transpose(module.TURNS[undo[turn]])
    exif = Image.Exif()
    exif[0x0112] = turn
    how = Preparation((30, 40), 3, "pad")
    for format, options in (("JPEG", {"quality": 95, "subsampling": 0}), ("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True})):
        data = packed(stored, format, exif=exif, **options)
        oracle = by_hand(ImageOps.exif_transpose(Image.open(io.BytesIO(data))), (30, 40), "pad", fill=0)
        assert np.abs(decode(data, how).astype(int) - np.asarray(oracle).astype(int)).max() <= 1, format
        facts = look(data)
        assert (facts.width, facts.height) == shown.size and facts.format == format
        assert facts.orientation == turn or format == "TIFF"


def test_modes():
    """White paper under what is transparent; 16 bits by their highest value; CMYK both ways."""
    colour, grey = scene(32, 24), scene(32, 24, "L")
    alpha = colour.copy()
    alpha.putalpha(grey)
    over = np.asarray(colour) * (np.asarray(grey)[..., None] / 255) + 255 - np.asarray(grey)[..., None]
    deep = np.asarray(grey).astype(np.uint16) * 257
    palette = colour.quantize(16)
    clear = palette.copy()
    clear.info["transparency"] = 3
    kept = np.asarray(palette.convert("RGB")).copy()
    kept[np.asarray(palette) == 3] = 255
    black_and_white = grey.convert("1")
    LA = Image.merge("LA", (grey, grey))  # noqa: N806
    over_grey = np.asarray(grey).astype(float) ** 2 / 255 + 255 - np.asarray(grey)
    rgb3 = np.asarray(grey)[..., None].repeat(3, axis=2)
    cases = {
        "alpha": (packed(alpha), over, 1),
        "16 bits": (packed(Image.fromarray(deep)), rgb3, 0),
        "16 bits, little-endian": (packed(Image.fromarray(deep), "TIFF"), rgb3, 0),
        "16 bits, big-endian": (big_endian_tiff(deep), rgb3, 0),
        "floats": (packed(Image.fromarray(np.asarray(grey) / np.float32(255)), "TIFF"), rgb3, 0),
        "palette": (packed(palette), np.asarray(palette.convert("RGB")), 0),
        "transparent palette": (packed(clear, transparency=3), kept, 0),
        "1 bit": (packed(black_and_white), np.asarray(black_and_white)[..., None].repeat(3, axis=2) * 255, 0),
        "grey, alpha": (packed(LA), over_grey[..., None].repeat(3, axis=2), 1),
        "CMYK": (packed(colour.convert("CMYK"), "JPEG", quality=100, subsampling=0), np.asarray(colour), 6),
        "CMYK TIFF": (packed(colour.convert("CMYK"), "TIFF"), np.asarray(colour), 1),
        "progressive": (packed(colour, "JPEG", quality=100, subsampling=0, progressive=True), np.asarray(colour), 6),
    }
    for name, (data, wanted, most) in cases.items():
        assert np.abs(decode(data, RGB).astype(float) - wanted).max() <= most, name
    one = Preparation((24, 32), 1, "stretch")
    assert (decode(packed(colour), one)[..., 0] == np.asarray(colour.convert("L"))).all()
    assert look(cases["16 bits"][0]).is_grey and not look(cases["palette"][0]).is_grey


def big_endian_tiff(values):
    """A TIFF as other systems write it: most significant byte first."""
    height, width = values.shape
    tags = [(256, width), (257, height), (258, 16), (259, 1), (262, 1), (273, 122), (277, 1), (278, height),
            (279, values.size * 2)]
    entries = b"".join(struct.pack(">HHII", tag, 4, 1, value) for tag, value in tags)
    return struct.pack(">2sHIH", b"MM", 42, 8, len(tags)) + entries + bytes(4) + values.astype(">u2").tobytes()


def test_animations_give_their_first_frame():
    frames = [Image.new("RGB", (32, 24), colour) for colour in ("red", "blue")]
    for format in ("GIF", "WEBP", "TIFF", "MPO"):
        data = packed(frames[0], format, save_all=True, append_images=frames[1:])
        assert np.abs(decode(data, RGB).astype(int) - (255, 0, 0)).max() <= 3, format


def test_a_draft_is_as_good_as_the_whole():
    """A large JPEG is decoded at an eighth; the result is the whole one's, in its place."""
    picture = scene(1000, 667)
    data = packed(picture, "JPEG", quality=95, subsampling=0)
    whole = Image.open(io.BytesIO(data)).convert("RGB")
    for fit in ("pad", "crop", "stretch"):
        found = decode(data, Preparation((32, 32), 3, fit)).astype(int)
        wanted = np.asarray(by_hand(whole, (32, 32), fit, fill=0)).astype(int)
        assert np.abs(found - wanted).max() <= 4


@pytest.mark.learn
def test_fifty_megapixels_take_little_memory():
    code = """
import io, resource
from PIL import Image
from nabi.pictures import Preparation, decode
import sys
data = sys.stdin.buffer.read()
decode(data[:0] + TINY, Preparation((64, 64), 3))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
decode(data, Preparation((64, 64), 3))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    tiny = packed(Image.new("RGB", (64, 64)), "JPEG")
    data = packed(Image.new("RGB", (8660, 5774), "teal"), "JPEG")
    done = subprocess.run([sys.executable, "-c", code.replace("TINY", repr(tiny))], input=data, capture_output=True, check=True)
    assert int(done.stdout) < 60 * 1024, "kilobytes; the pixels alone would be 150 MB"


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_bombs_are_known_by_their_header():
    for width, height in ((10_000, 9_000), (60_000, 60_000)):
        header = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        data = header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
        with pytest.raises(Damaged, match="decompression bomb") as caught, pytest.MonkeyPatch.context() as patch:
            patch.setattr(Image.Image, "load", lambda self: pytest.fail("a pixel was decoded"))
            decode(data, RGB)
        assert caught.value.kind == "bomb"
    text = zlib.compress(bytes(2 * 10**6), 9)  # a comment that unpacks to twice what one may
    small = packed(Image.new("L", (4, 4)))
    noisy = small[:33] + chunk(b"zTXt", b"comment\0\0" + text) + small[33:]
    with pytest.raises(Damaged):
        decode(noisy, RGB)


FORMATS = [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("GIF", {}), ("BMP", {}), ("WEBP", {}), ("TIFF", {}),
           ("TIFF", {"compression": "tiff_lzw"}), ("PPM", {}), ("AVIF", {}), ("JPEG2000", {})]


@pytest.mark.parametrize("format, options", FORMATS, ids=[f"{name}{''.join(more)}" for name, more in FORMATS])
def test_what_is_cut_short_is_an_error(format, options):
    data = packed(scene(64, 48), format, **options)
    decode(data, RGB)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(Damaged) as caught:
            decode(data[: int(len(data) * share)], RGB)
        assert caught.value.kind in ("truncated", "damaged") and caught.value.reason


def test_what_is_no_picture_says_so(tmp_path):
    cases = {b"": "empty", b"hello": "foreign", b"\xff\xd8\xff\xe0": "damaged", b"%!PS-Adobe-3.0 EPSF": "foreign"}
    for data, kind in cases.items():
        with pytest.raises(Damaged) as caught:
            decode(data, RGB)
        assert caught.value.kind == kind
    with pytest.raises(Damaged, match=r"picture .*gone.png: expected a file that can be read, got No such file") as caught:
        look(tmp_path / "gone.png")
    assert caught.value.kind == "unreadable" and isinstance(caught.value, FileError)
    (tmp_path / "really_png.jpg").write_bytes(packed(scene()))
    assert look(tmp_path / "really_png.jpg").format == "PNG" and decode(tmp_path / "really_png.jpg", RGB).shape == (24, 32, 3)
    broken_exif = packed(scene(32, 24), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff", quality=100)
    assert look(broken_exif).orientation == 1 and decode(broken_exif, RGB).shape == (24, 32, 3)


@pytest.mark.learn
@pytest.mark.parametrize("format, options", FORMATS, ids=[f"{name}{''.join(more)}" for name, more in FORMATS])
def test_random_damage_is_damaged_or_decoded(format, options):
    """Bytes changed at random: a picture or `Damaged`, nothing else."""
    data, rng = packed(scene(48, 40), format, **options), np.random.default_rng(0)
    for _ in range(150):
        broken = bytearray(data)
        for place in rng.integers(0, len(data), rng.integers(1, 8)):
            broken[place] = rng.integers(256)
        try:
            assert decode(bytes(broken), RGB).shape == (24, 32, 3)
            look(bytes(broken))
        except Damaged as error:
            assert error.reason and error.kind


@pytest.mark.parametrize("options", [{"size": (0, 5)}, {"size": 5}, {"channels": 4}, {"fit": "squeeze"}, {"fill": 256}])
def test_wrong_preparations(options):
    with pytest.raises(ArgumentError, match=r"Preparation\(\w+\): expected"):
        Preparation(**{"size": (8, 8), "channels": 3, **options})
