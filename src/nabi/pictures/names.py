"""Names: what a file's or folder's name says: its order, its spelling, a picture or not, a part of the data.

    natural order    class2 before class10
    spelling         the composed form (NFC): macOS writes Korean names in pieces (NFD), which look the same and are other letters
"""

import os
import re
import unicodedata
from collections.abc import Iterable

PICTURES = frozenset(
    ".jpg .jpeg .jpe .jfif .mpo .png .gif .bmp .dib .webp .tif .tiff .pgm .ppm .pbm .pnm .avif .jp2 .ico".split())
FOREIGN = frozenset(  # pictures and films that are not read: they are told apart from files that are no pictures at all
    ".heic .heif .jxl .svg .psd .eps .pdf .raw .cr2 .cr3 .nef .arw .dng .orf .rw2 .mp4 .mov .avi .mkv .webm".split())
SYSTEM = frozenset(["thumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin", "system volume information"])
PARTS = {
    "train": "train", "training": "train", "학습": "train", "훈련": "train",
    "val": "validation", "valid": "validation", "validation": "validation", "검증": "validation",
    "test": "test", "testing": "test", "시험": "test", "테스트": "test",
}  # fmt: skip
ORDER = ("train", "validation", "test")
NO_PICTURE = "no picture by its ending"
DIGITS = re.compile(r"([0-9]+)")


def natural(name: str) -> tuple:
    """Key that sorts numbers in names by their value, letters without regard to case, folders before what follows their name.

    Example:
        >>> sorted(["class10", "class2", "Class1", "b/1", "b 1"], key=natural)
        ['b/1', 'b 1', 'Class1', 'class2', 'class10']
    """
    pieces: list = DIGITS.split(name.replace("/", "\0").casefold())
    for i in range(1, len(pieces), 2):
        digits = pieces[i].lstrip("0")
        pieces[i] = (len(digits), digits)  # no int(): a hostile name may hold thousands of digits
    return pieces, name  # type: ignore[return-value]


def composed(name: str) -> str:
    """The name in its composed form; bytes that are no UTF-8 are read as cp949, in which Korean Windows writes names.

    Example:
        >>> composed("\\u1100\\u1161") == "\\uac00", composed("\\udcb0\\udca1")
        (True, '가')
    """
    if name.isascii():
        return name
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogateescape") if not _lone(name) else name.encode("utf-8", "backslashreplace")
        try:
            name = raw.decode("cp949")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", name)


def alike(names: Iterable[str]) -> list[list[str]]:
    """Names that differ in capital letters alone, together.

    Example:
        >>> alike(["Cat", "dog", "cat"])
        [['Cat', 'cat']]
    """
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.casefold(), []).append(name)
    return [some for some in found.values() if len(some) > 1]


def _lone(name: str) -> bool:
    """Whether a name holds surrogates that stand for no byte."""
    return any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in name)


def part_of(folder: str) -> str | None:
    """The part that a folder's or shard's name means, None if it is no such name.

    Example:
        >>> part_of("Val"), part_of("cat")
        ('validation', None)
    """
    return PARTS.get(composed(folder).casefold())


def is_hidden(name: str) -> bool:
    """Whether one file's or folder's own name is hidden or the system's."""
    return name.startswith(".") or name.casefold() in SYSTEM


def suffix(name: str) -> str:
    """The ending of a name in small letters, with its dot.

    Example:
        >>> suffix("train/cat/1.JPG"), suffix("train.d/cat")
        ('.jpg', '')
    """
    return os.path.splitext(name)[1].lower()


def left_out(name: str) -> str | None:
    """Why a file of this name is not taken for a picture; None if it is.

    Example:
        >>> left_out("1.jpg"), left_out(".DS_Store"), left_out("1.heic"), left_out("notes.txt")
        (None, 'hidden', '.heic is not read: save it as JPEG or PNG', 'no picture by its ending')
    """
    if is_hidden(name):
        return "hidden"
    ending = suffix(name)
    if ending in PICTURES:
        return None
    return f"{ending} is not read: save it as JPEG or PNG" if ending in FOREIGN else NO_PICTURE


def is_safe(name: str) -> bool:
    """Whether an archive member's name stays inside the archive's folder on every system.

    Example:
        >>> [is_safe(name) for name in ("train/cat/1.jpg", "/etc/passwd", "../x", "a/../../x", "C:\\\\x")]
        [True, False, False, False, False]
    """
    return not (name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"))
