"""Findings: what deserves a second look in a source of pictures, from facts that are known already; nothing is read here.

    damaged       cannot be decoded: training leaves it out                     out: it
    two labels    the same file in two classes                                  out: all of them, for nobody knows which is right
    across        the same file in two parts of the data                        out: all but one of the last part (test)
    near labels   copies of one picture in two classes                          a question: one of the labels is wrong, perhaps
    near across   copies of one picture in two parts                            out: all but those of the last part
    suspect       a network that did not learn it is sure of another label      a question
    tiny          so small that it shows nothing                                out: it
    plain         one colour all over                                           -
    copies        the same file more than once in one class and part            out: all but the first
    near          copies of one picture in one class and part                   -
    ending        its name says another format than its content                 -
    pixels        CMYK, 16 bits, transparency, a palette, where most have not   -
    shape         far longer than it is high, or the reverse                    -
    animated      only its first frame is learned                               -
    capitals      classes whose names differ in capital letters alone           -
    imbalance     the largest class has more than twice as many as the smallest -
    passed        left out before it was opened                                 -
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nabi.core.table import one_line
from nabi.pictures.duplicates import exact, joined
from nabi.pictures.entry import Entry
from nabi.pictures.headers import PLAIN, Header, wrong_ending
from nabi.pictures.names import ORDER, alike

ERROR, WARNING, NOTE = "error", "warning", "note"
KINDS = {  # in the order of their weight
    "damaged": ERROR, "two labels": ERROR, "across": ERROR, "near labels": WARNING, "near across": WARNING, "suspect": WARNING,
    "tiny": WARNING, "plain": WARNING, "capitals": WARNING,
    "copies": NOTE, "near": NOTE, "ending": NOTE, "pixels": NOTE, "shape": NOTE,
    "animated": NOTE, "imbalance": NOTE, "passed": NOTE,
}  # fmt: skip
QUESTIONS = ("near labels", "suspect")  # kinds that a person decides
EMPTY = ("an empty file", "a link to nothing", "no such file")
PASSED_QUIETLY = ("hidden", "a link to a folder that is read already", "a folder read already")
TINY, QUARTER = 8, 4  # pixels of the shorter side; how many times smaller than usual
LONG, RARE = 5.0, 0.2  # longer by shorter side; share of the pictures above which it is the set's way
UNEVEN = 2.0  # as training weighs classes
FLAT = 2  # grey levels


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        kind: one of `KINDS`.
        names: the pictures it is about; none where it is about classes.
        about: what was found, in a word or two: "truncated", ".png", "1x1", "CMYK", a label.
        out: those that go into the quarantine.
        share: likeness of copies, or probability of another label; None elsewhere.
    """

    kind: str
    names: tuple[str, ...]
    about: str = ""
    out: tuple[str, ...] = ()
    share: float | None = None

    @property
    def level(self) -> str:
        """ "error", "warning" or "note"."""
        return KINDS[self.kind]


def of_files(bad: Sequence[tuple[str, str]], left_out: Sequence[tuple[str, str]]) -> list[Finding]:
    """Damaged pictures, and what a listing left out."""
    found = [Finding("damaged", (name,), reason, (name,)) for name, reason in bad]
    found += [Finding("damaged", (name,), reason, (name,)) for name, reason in left_out if reason in EMPTY]
    return found + [Finding("passed", (name,), reason) for name, reason in left_out if reason not in (*EMPTY, *PASSED_QUIETLY)]


def of_headers(names: Sequence[str], found: Mapping[int, Header]) -> list[Finding]:
    """Odd endings, pixels, shapes and sizes.

    Example:
        >>> usual = {k: Header(64, 48, "JPEG", "colour", False, 900) for k in range(9)}
        >>> [f.kind for f in of_headers(["1.jpg"] * 10, usual | {9: Header(64, 48, "JPEG", "CMYK", False, 900)})]
        ['pixels']
    """
    if not found:
        return []
    kinds = Counter(one.pixels for one in found.values())
    usual = float(np.median([min(one.width, one.height) for one in found.values()]))
    aspects = [one.aspect for one in found.values()]
    long = max(LONG, 2 * float(np.median(aspects)))
    long = long if sum(aspect >= long for aspect in aspects) <= max(RARE * len(aspects), 1) else np.inf
    out = []
    for number, one in found.items():
        name, size = names[number], f"{one.width}x{one.height}"
        if ending := wrong_ending(name, one):
            out.append(Finding("ending", (name,), ending))
        if one.pixels not in PLAIN and kinds[one.pixels] < len(found) / 2:
            out.append(Finding("pixels", (name,), one.pixels))
        if min(one.width, one.height) < min(TINY, usual / QUARTER):
            out.append(Finding("tiny", (name,), size, (name,)))
        elif one.aspect >= long:
            out.append(Finding("shape", (name,), size))
        if one.is_animated:
            out.append(Finding("animated", (name,), one.format))
    return out


def of_classes(counts: Mapping[str, int]) -> list[Finding]:
    """Whether the classes are uneven, or two are one in other letters.

    Example:
        >>> [(f.kind, f.about) for f in of_classes({"Cat": 2, "cat": 3})]
        [('capitals', 'Cat 2, cat 3')]
    """
    found = [Finding("capitals", (), ", ".join(f"{one_line(name)} {counts[name]:,}" for name in names))
             for names in alike(counts)]
    most, least = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
    if counts[most] <= UNEVEN * counts[least]:
        return found
    return [*found, Finding("imbalance", (), f"{one_line(most)} {counts[most]:,}, {one_line(least)} {counts[least]:,}")]


def same(entries: Sequence[Entry], digests: Sequence[bytes], already: Collection[str] = ()) -> list[Finding]:
    """Files that are there more than once, byte by byte; `already`: names in quarantine, which count as gone."""
    return [copied([entries[k] for k in group], ("two labels", "across", "copies"), None, already) for group in exact(digests)]


def near(entries: Sequence[Entry], pairs: np.ndarray, likeness: np.ndarray, already: Collection[str] = ()) -> list[Finding]:
    """Groups of copies that are not the same byte by byte, each with the likeness of its least alike pair."""
    group = joined(len(entries), pairs)
    members: dict[int, list[int]] = {}
    for number in np.unique(pairs).tolist():
        members.setdefault(int(group[number]), []).append(number)
    least = {root: 1.0 for root in members}
    for (a, _), r in zip(pairs.tolist(), likeness.tolist(), strict=True):
        least[int(group[a])] = min(least[int(group[a])], r)
    return [copied([entries[k] for k in some], ("near labels", "near across", "near"), least[root], already)
            for root, some in members.items()]


def copied(group: Sequence[Entry], kinds: tuple[str, str, str], share: float | None, already: Collection[str]) -> Finding:
    """What copies of one picture mean, by their labels and parts, and which of them go.

    Example:
        >>> pair = [Entry("a/1.png", "a", "train", ""), Entry("a/2.png", "a", "test", "")]
        >>> copied(pair, ("two labels", "across", "copies"), None, ()).out
        ('a/1.png',)
    """
    names = tuple(entry.name for entry in group)
    parts, labels = {entry.part for entry in group}, sorted({entry.label for entry in group})
    kind = kinds[0] if len(labels) > 1 else kinds[1] if len(parts) > 1 else kinds[2]
    left = [entry for entry in group if entry.name not in already]
    last = max((rank(entry) for entry in left), default=0)
    torn = len({entry.label for entry in left}) > 1
    out: list[str] = []
    if kind == "two labels":
        out = [entry.name for entry in left] if torn else []
    elif kind in ("across", "near across"):
        out = [entry.name for entry in left if rank(entry) < last]
    if kind in ("across", "copies"):
        out += [entry.name for entry in left if rank(entry) == last][1:]
    return Finding(kind, names, ", ".join(map(one_line, labels)), tuple(out), share)


def rank(entry: Entry) -> int:
    """0 for training, 1 for validation, 2 for the test."""
    return ORDER.index(entry.part) if entry.part in ORDER else 0


def of_pixels(names: Sequence[str], pixels: np.ndarray, numbers: np.ndarray, but: Collection[str] = ()) -> list[Finding]:
    """Pictures of one colour; `numbers` are the rows of `pixels` (N, H, W, C) that were decoded."""
    flat: list[int] = []
    for start in range(0, len(numbers), 4096):
        some = numbers[start : start + 4096]
        x = np.asarray(pixels[some]).reshape(len(some), -1, pixels.shape[3])
        flat += some[(np.ptp(x, axis=1) <= FLAT).all(axis=1)].tolist()
    return [Finding("plain", (str(names[k]),)) for k in flat if names[k] not in but]
