"""Checking: a look at one's own pictures before training: what is damaged, there twice, odd, or under a wrong label.

    found = nabi.datasets.check_folder("flowers")
    for finding in found.findings: print(finding.kind, finding.names, finding.about)
    found.write_quarantine()                                     flowers/quarantine.txt, which from_folder honours

Every file is opened once for its header and decoded once, by as many processes as help, into the cache; what is compared lies
there, 3 KB a picture, so a set may be larger than memory.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from nabi.core.errors import DataError
from nabi.core.rows import MEMORY, Rows
from nabi.datasets import quarantine as lists
from nabi.datasets.telling import decoding
from nabi.pictures import Arrays, Entry, Listing, Preparation, opened
from nabi.pictures import findings as judge
from nabi.pictures.cache import cached
from nabi.pictures.copies import SIDE, copies
from nabi.pictures.duplicates import digest
from nabi.pictures.findings import KINDS, QUESTIONS, Finding
from nabi.pictures.headers import Header, headers
from nabi.pictures.listing import without_labels

HOW = Preparation((SIDE, SIDE), 3, "stretch")


@dataclass(frozen=True)
class Check:
    """What was found in a source of pictures.

    Attributes:
        source, kind: the source, and what it is: "folder", "table", "archive", "shards", "npz", "idx".
        names, labels, parts: of all pictures; a part is "train", "validation", "test" or None.
        class_names: in natural order.
        findings: by weight, see `nabi.pictures.findings`.
        headers: what each file is, by its number; none of arrays.
        listed: names that are in the quarantine already.
        quarantine: the file of that list.
        groups: number of the group of copies that each picture belongs to (N,).
        listing: the source itself.
    """

    source: str
    kind: str
    names: list[str]
    labels: list[str]
    parts: list[str | None]
    class_names: list[str]
    findings: list[Finding]
    headers: Mapping[int, Header]
    listed: frozenset[str]
    quarantine: Path
    groups: np.ndarray
    listing: Listing | Arrays

    @property
    def of_kind(self) -> dict[str, list[Finding]]:
        """The findings by kind, the weightiest kind first; kinds without findings are not in it."""
        return {kind: some for kind in KINDS if (some := [one for one in self.findings if one.kind == kind])}

    @property
    def counts(self) -> dict[str, int]:
        """Pictures in each class."""
        found = Counter(self.labels)
        return {name: found[name] for name in self.class_names}

    @property
    def out(self) -> dict[str, str]:
        """Names that should go into the quarantine, with their reasons; those that are there already are not among them."""
        found: dict[str, str] = {}
        for one in self.findings:
            for name in one.out:
                if name not in self.listed:
                    found.setdefault(name, f"{one.kind}: {one.about}".removesuffix(": "))
        return found

    @property
    def questions(self) -> dict[str, str]:
        """Names that somebody should look at, with the reason."""
        return {name: f"{one.kind}: {one.about}" for one in self.findings if one.kind in QUESTIONS for name in one.names
                if name not in self.listed and name not in self.out}

    def write_quarantine(self, file: str | os.PathLike | None = None) -> int:
        """Adds what is in `out`, and as commented lines what is in `questions`, to the list; gives how many names are new.

        Another file than `self.quarantine` gets what that one names, too: it must do alone.

        Raises:
            FileError: it cannot be read or written.
        """
        file = self.quarantine if file is None else Path(file)
        before = {} if file == self.quarantine else lists.reasons(self.quarantine)
        kept = {name: why for name, why in before.items() if name in self.listed}
        return lists.write(file, (kept | self.out).items(), self.questions.items())

    def with_findings(self, more: Iterable[Finding]) -> "Check":
        """The same with further findings."""
        order = list(KINDS)
        return replace(self, findings=sorted([*self.findings, *more], key=lambda one: order.index(one.kind)))

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain data, for JSON."""
        pixels = Counter(one.pixels for one in self.headers.values())
        return {"source": self.source, "kind": self.kind, "pictures": len(self.names), "classes": self.counts,
                "parts": {str(part): n for part, n in Counter(self.parts).items() if part},
                "formats": dict(Counter(one.format for one in self.headers.values())), "pixels": dict(pixels),
                "bytes": sum(one.size for one in self.headers.values()), "quarantine": str(self.quarantine),
                "skipped": len(self.listed), "out": self.out, "questions": self.questions,
                "findings": [{"kind": one.kind, "level": one.level, "pictures": list(one.names), "about": one.about,
                              "share": one.share} for one in self.findings]}

    def __repr__(self) -> str:
        found = ", ".join(f"{kind} {len(some):,}" for kind, some in self.of_kind.items())
        return f"Check of {len(self.names):,} pictures in {len(self.class_names)} classes: {found or 'nothing found'}"


def check_folder(source: str | os.PathLike, labels: Any = None, quarantine: str | os.PathLike | None = None,
                 cache: str | os.PathLike | None = None, workers: str = "auto", memory: int | str = MEMORY,
                 verbose: Any = "auto") -> Check:
    """Looks for damaged, repeated and odd pictures in a source of `from_folder`, or in an .npz or idx file; changes nothing.

    Args:
        source: folder, table, archive, shards; or arrays, of which only copies, plain pictures and classes are looked at.
        labels, cache, workers, verbose: as in `from_folder`.
        quarantine: the list of what is left out already; None: at its usual place.
        memory: bytes that the process may hold while pictures are compared.

    Raises:
        FileError: nothing there, not readable. DataError: no pictures, one class only, an empty class. Without any label
        damage, copies and odd pictures are looked for.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("cat/1.png", "cat/2.png", "dog/1.png"):
        ...     (folder / name).parent.mkdir(exist_ok=True)
        ...     Image.effect_noise((24, 24), 90).save(folder / name)
        >>> _ = (folder / "dog" / "2.jpg").write_bytes((folder / "cat" / "2.png").read_bytes())
        >>> found = check_folder(folder, cache=tempfile.mkdtemp())
        >>> found
        Check of 4 pictures in 2 classes: two labels 1, ending 1
        >>> list(found.out)
        ['cat/2.png', 'dog/2.jpg']
    """
    try:
        listing = opened(source, labels)
    except DataError:  # damage and copies are seen without labels
        bare = None if labels is not None else without_labels(source)
        if bare is None:
            raise
        listing = bare
    listed = lists.quarantined(source, quarantine)
    file = lists.place(source) if quarantine is None else Path(quarantine)
    if isinstance(listing, Arrays):
        entries = [Entry(f"{part}/{k}" if part else f"{k}", listing.class_names[y], part, "") for k, (y, part) in
                   enumerate(zip(listing.y, listing.parts, strict=True))]
        heads, bad, left_out, kept = {}, [], [], np.arange(len(entries))
        pixels, digests = stretched(listing.x), [digest(np.ascontiguousarray(x).tobytes()) for x in listing.x]
    else:
        entries, heads = listing.entries, dict(headers(listing))
        left_out = [(name, why) for name, why in listing.left_out if name.rpartition("/")[2] != lists.NAME]
        with decoding(verbose) as tell:
            found = cached(listing, HOW, workers=workers, folder=cache, tell=tell, most_bad=1.0)
        bad, kept, pixels = found.bad, found.kept, found.pixels
        digests = [row.tobytes() for row in found.digests]
    names = [entry.name for entry in entries]
    findings = [*judge.of_files(bad, left_out), *judge.of_headers(names, heads)]
    findings += judge.same([entries[k] for k in kept], [digests[k] for k in kept], listed)
    first = {digests[k]: k for k in reversed(kept)}  # one of each file
    some = np.array(sorted(first.values()), np.int64)
    pairs, likeness = copies(Rows(pixels, some, memory))  # type: ignore[arg-type]  # read piece by piece
    findings += judge.near([entries[k] for k in some], pairs, likeness, listed)
    findings += judge.of_pixels(names, pixels, kept, {one.names[0] for one in findings if one.kind == "tiny"})
    groups = np.arange(len(entries))
    groups[kept] = [first[digests[k]] for k in kept]
    for a, b in some[pairs].tolist():
        groups[groups == groups[b]] = groups[a]
    made = Check(os.fspath(source), listing.kind, names, [entry.label for entry in entries], [entry.part for entry in entries],
                 listing.class_names, [], heads, frozenset(listed & {*names, *(name for name, _ in left_out)}), file, groups,
                 listing)
    return made.with_findings([*findings, *(judge.of_classes(made.counts) if made.class_names else [])])


def stretched(x: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W, C) uint8 as (N, 32, 32, C)."""
    if x.shape[1:3] == HOW.size:
        return x
    out = np.empty((len(x), *HOW.size, x.shape[3]), np.uint8)
    for k, picture in enumerate(x):
        image = Image.fromarray(picture[..., 0] if x.shape[3] == 1 else picture)
        out[k] = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)).reshape(out.shape[1:])
    return out
