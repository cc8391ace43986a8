"""Shards: pictures and labels side by side in .tar files, as WebDataset writes them; read inside, never unpacked.

    0001.jpg + 0001.cls      a class number, or a name
    0001.jpg + 0001.txt      a name
    0001.jpg + 0001.json     {"label": a number or a name}

A sample's key is the name up to the first dot of its last part. A name like train-000.tar says the part.
Source: WebDataset's format, github.com/webdataset/webdataset.
"""

import glob
import json
import os
import re
from collections.abc import Iterable, Sequence
from itertools import product

from nabi.core.errors import FileError
from nabi.core.table import one_line
from nabi.pictures import archive
from nabi.pictures.entry import Entry
from nabi.pictures.names import PICTURES, composed, is_hidden, part_of
from nabi.pictures.tree import Placed

LABELS = ("cls", "json", "txt")  # by preference
JSON_KEYS = ("label", "cls", "class", "class_name")
MAX_LABEL = 2**16  # bytes of a label's file
MAX_NAME = 100  # letters of a class's name: longer texts describe a picture
MAX_SHARDS = 10**5
BRACES = re.compile(r"\{(\d+)\.\.(\d+)\}")


def paths(source: str | os.PathLike) -> list[str]:
    """The files that a pattern means, "shard-{000..009}.tar" or "shard-*.tar", or those of a folder that holds .tar files.

    Raises:
        FileError: one of them is not there, or none is.
    """
    text = os.fspath(source)
    if os.path.isdir(text):
        return sorted(os.path.join(text, name) for name in os.listdir(text) if _is_tar(name) and not is_hidden(name))
    pieces = BRACES.split(text)  # text, first, last, text, first, last, ..., text
    ends = list(zip(pieces[1::3], pieces[2::3], strict=True))
    ranges = [range(int(a), int(b) + 1) if len(a) < 10 > len(b) else range(0) for a, b in ends]
    widths = [len(first) for first in pieces[1::3]]
    count = 1
    for numbers in ranges:
        count *= len(numbers)
    where = f"shards {one_line(text)}"
    if not 0 < count <= MAX_SHARDS:
        raise FileError(where, f"1 to {MAX_SHARDS:,} files", f"{count:,}", "Write the range as {000..009}.")
    found = []
    for choice in product(*ranges):
        name = pieces[0] + "".join(f"{n:0{w}}{after}" for n, w, after in zip(choice, widths, pieces[3::3], strict=True))
        matched = sorted(glob.glob(name)) if not os.path.exists(name) else [name]
        if not matched:
            raise FileError(where, f"the file {one_line(name)}", "nothing there", "Check the pattern and the folder.")
        found += matched
    return found


def is_pattern(text: str) -> bool:
    """Whether a source that does not exist as it is written means several files."""
    return bool(BRACES.search(text) or glob.has_magic(text))


def _is_tar(name: str) -> bool:
    return name.lower().endswith((".tar", ".tar.gz", ".tgz"))


def key_of(name: str) -> tuple[str, str]:
    """A member's key and ending.

    Example:
        >>> key_of("a.b/0001.seg.png")
        ('a.b/0001', 'seg.png')
    """
    folder, slash, last = name.rpartition("/")
    stem, _, ending = last.partition(".")
    return folder + slash + stem, ending.lower()


def are_samples(names: Iterable[str]) -> bool:
    """Whether an archive's names are those of samples rather than of class folders: labels in .cls files, or pictures outside any
    folder with a .json or .txt each."""
    endings: dict[str, set[str]] = {}
    for name in names:
        key, ending = key_of(name)
        endings.setdefault(key, set()).add(ending)
    pictures = {key: found for key, found in endings.items() if any(map(_is_picture, found))}
    if any("cls" in found for found in pictures.values()):
        return True
    return bool(pictures) and all("/" not in key and found & {"json", "txt"} for key, found in pictures.items())


def _is_picture(ending: str) -> bool:
    return f".{ending.rpartition('.')[2]}" in PICTURES


def placed(files: Sequence[str]) -> Placed:
    """The samples of shards; names begin with the shard's."""
    entries, left_out = [], []
    around = os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in files])
    for path in files:
        shard = composed(os.path.relpath(os.path.abspath(path), around).replace(os.sep, "/"))
        folder, _, last = shard.rpartition("/")
        part = part_of(re.split(r"[-_.0-9]", last)[0]) or part_of(folder.partition("/")[0])
        packed = archive.is_packed(path)
        pictures: dict[str, dict[str, tuple[int, int]]] = {}
        labels: dict[str, dict[str, tuple[str, str]]] = {}
        for member, guard in archive.members(path):
            name = composed(member.name.removeprefix("./"))
            key, ending = key_of(name)
            if member.isdir():
                continue
            if why := "hidden" if is_hidden(name.rpartition("/")[2]) else archive.reason(member):
                left_out.append((f"{shard}/{name}", why))
            elif _is_picture(ending):
                if ending in pictures.get(key, ()):
                    left_out.append((f"{shard}/{name}", "a second picture of its sample"))
                else:
                    pictures.setdefault(key, {})[ending] = (member.offset_data, member.size)
            elif ending in LABELS:
                content = guard.content(member.offset_data, min(member.size, MAX_LABEL))
                labels.setdefault(key, {})[ending] = label_of(content, ending)
            else:
                left_out.append((f"{shard}/{name}", "neither a picture nor a label"))
        for key, found in pictures.items():
            first, *others = sorted(found, key=lambda ending: (ending.count("."), ending))  # jpg before seg.png
            left_out += [(f"{shard}/{key}.{other}", "a second picture of its sample") for other in others]
            name = f"{shard}/{key}.{first}"
            said = labels.get(key, {})
            label, why = next((said[ending] for ending in LABELS if ending in said), ("", "no label beside it"))
            if label:
                entries.append(Entry(name, label, part, path, *found[first], packed))
            else:
                left_out.append((name, why))
        left_out += [(f"{shard}/{key}.{min(said)}", "a label without its picture") for key, said in labels.items()
                     if key not in pictures]
    return Placed(entries, left_out, [])


def label_of(content: bytes, ending: str) -> tuple[str, str]:
    """(label, "") of a label's file, or ("", why there is none).

    Example:
        >>> label_of(b"7\\n", "cls"), label_of(b'{"label": "cat"}', "json"), label_of(b"", "txt")
        (('7', ''), ('cat', ''), ('', 'an empty label'))
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp949", "replace")
    if ending == "json":
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return "", "its JSON cannot be read"
        value = next((found[key] for key in JSON_KEYS if key in found), None) if isinstance(found, dict) else None
        if isinstance(value, bool) or not isinstance(value, str | int):
            return "", "its JSON has no label"
        text = str(value)
    text = composed(text.strip())
    if not text:
        return "", "an empty label"
    return ("", "a text too long for a label") if len(text) > MAX_NAME or "\n" in text else (text, "")
