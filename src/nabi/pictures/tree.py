"""Tree: which class and part a picture belongs to, from the folders that it lies in, on the disk or in an archive.

    class/1.jpg                      the first folder is the class; folders below it belong to it
    train/class/1.jpg                where every first folder is a part: train, val | valid | validation, test
    photos/class/1.jpg               a single folder around everything is passed through
"""

from collections import defaultdict
from dataclasses import dataclass

from nabi.pictures.entry import Entry
from nabi.pictures.folder import File, Tree
from nabi.pictures.names import FOREIGN, composed, left_out, part_of, suffix


@dataclass
class Placed:
    """Entries with their labels, and what was passed over.

    Attributes:
        entries: in no order yet.
        left_out: (name, reason).
        empty: names of class folders in which no picture was found.
    """

    entries: list[Entry]
    left_out: list[tuple[str, str]]
    empty: list[str]


def placed(tree: Tree) -> Placed:
    """The pictures of a tree with their classes and parts."""
    out: list[tuple[str, str]] = list(tree.left_out)
    pictures: list[File] = []
    for file in tree.files:
        reason = left_out(file.name.rpartition("/")[2])
        if reason:
            out.append((file.name, reason))
        else:
            pictures.append(file)
    paths = [file.name.split("/") for file in pictures]
    depth = _depth(paths)
    parts = _parts(paths, depth)
    entries, held = [], set()
    for file, path in zip(pictures, paths, strict=True):
        part = None
        at = depth
        if parts:
            part = parts.get(path[depth])
            at += 1
        if parts and part is None:
            out.append((file.name, "in no folder of training, validation or test"))
        elif len(path) <= at + 1:
            out.append((file.name, "in no class folder"))
        else:
            label = composed(path[at])  # of two names that differ in their form only, one keeps its own
            entries.append(Entry(file.name, label, part, file.path, file.offset, file.size, file.packed))
            held.add(label)
    return Placed(entries, out, _empty(tree, out, held, paths[0][:depth] if paths else [], depth, parts))


def has_pictures(tree: Tree) -> bool:
    """Whether a file of the tree looks like a picture."""
    return any(left_out(file.name) is None for file in tree.files)


def _depth(paths: list[list[str]]) -> int:
    """How many folders surround everything: single ones that hold folders of pictures and no picture themselves."""
    depth = 0
    while paths:
        first = paths[0][depth]
        if part_of(first) or any(len(path) < depth + 3 or path[depth] != first for path in paths):
            return depth
        depth += 1
    return depth


def _parts(paths: list[list[str]], depth: int) -> dict[str, str]:
    """Folder name -> part, where the folders at this depth are parts; else {}.

    They are where all of them have such names and hold folders; or where two of them have, one of them for training, whatever
    stands by or lies in them. A class may be called "train", as among vehicles.
    """
    tops: dict[str, bool] = defaultdict(bool)  # folder -> does it hold folders with pictures?
    for path in paths:
        if len(path) > depth + 1:
            tops[path[depth]] |= len(path) > depth + 2
    named = {name: part for name in tops if (part := part_of(name))}
    several = len(set(named.values())) > 1 and "train" in named.values()
    nested, alone = all(tops[name] for name in named), len(named) == len(tops)
    return named if nested and alone or several and (nested or alone) else {}


def _empty(tree: Tree, out: list[tuple[str, str]], held: set[str], around: list[str], depth: int,
           parts: dict[str, str]) -> list[str]:
    """Class folders that hold nothing, or nothing but what would be pictures if it could be read."""
    at = depth + bool(parts)
    candidates: dict[str, bool] = {}  # name -> does it hold files that are no pictures and nothing that might be one?
    for name in tree.folders:
        path = name.split("/")
        if len(path) > at and path[:depth] == around and (not parts or path[depth] in parts) and path[at] not in held:
            candidates.setdefault(path[at], False)
    might = set()
    for name, reason in out:
        path = name.split("/")
        if len(path) > at + 1 and path[at] in candidates and path[:depth] == around:
            ending = suffix(name)
            if reason == "hidden":
                continue
            if ending in FOREIGN or left_out(path[-1]) is None:
                might.add(path[at])
            else:
                candidates[path[at]] = True
    return [name for name, others in candidates.items() if not others or name in might]
