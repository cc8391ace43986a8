"""Checked: what a check of pictures found, as one HTML page with the pictures inside: screens, phones, paper, light and dark."""

import base64
import io
import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from nabi.core.errors import FileError
from nabi.core.files import atomic
from nabi.core.language import language
from nabi.core.version import __version__
from nabi.datasets.checking import Check
from nabi.lab.report.check_words import reason, t
from nabi.lab.report.markup import Html, picture, tag
from nabi.lab.report.page import butterfly, head
from nabi.lab.report.sections import big
from nabi.lab.report.words import percent
from nabi.pictures import Arrays, Damaged, decoding
from nabi.pictures.findings import Finding

STYLE = Path(__file__).with_name("check.css")
THUMB = 160  # pixels of the longer side
MOST_TILES, MOST_GROUPS, MOST_IN_GROUP, MOST_LINES, MOST_BARS = 60, 40, 6, 200, 60
LINES = ("damaged", "passed")  # kinds that are shown as lines of text
OF_CLASSES = ("capitals", "imbalance")  # kinds that are about classes, not pictures
GROUPS = ("two labels", "across", "near labels", "near across", "copies", "near")


def write_check(check: Check, file: str | os.PathLike) -> None:
    """Writes the page of a check: one file, with the pictures inside, that loads nothing.

    Raises:
        FileError: it cannot be written.

    Example:
        lab.write_check(nabi.datasets.check_folder("flowers"), "check.html")
    """
    content = "<!doctype html>\n" + page(check) + "\n"
    with atomic(file) as out:
        out.write(content.encode("utf-8", "replace"))


def page(check: Check) -> Html:
    """The whole document."""
    name = Path(check.source).name or check.source
    title, shown = t("title", name=name), thumbnails(check)
    body = [headline(check), facts(check), table(check), classes(check)]
    body += [section(kind, some, check, shown) for kind, some in check.of_kind.items() if kind not in OF_CLASSES]
    body.append(quarantine(check))
    brand = tag("p", butterfly(), tag("b", "nabi"), tag("span", check.source), class_="brand")
    foot = tag("footer", tag("p", t("made", version=__version__, day=time.strftime("%Y-%m-%d %H:%M"))))
    style = tag("style", Html(STYLE.read_text(encoding="utf-8")))
    return tag("html", head(title), style, tag("body", tag("header", brand, tag("h1", title)), tag("main", body), foot),
               lang=language())


def headline(check: Check) -> Html:
    """How many pictures there are, and how many of them are to be left out, decided on, or fine."""
    n = max(len(check.names), 1)
    known = set(check.names)
    out = set(check.out) & known
    asked = (set(check.questions) & known) - out
    listed = check.listed & known
    seen = {name for one in check.findings for name in one.names} & known - out - asked - listed
    rest = len(check.names) - len(out) - len(asked) - len(seen) - len(listed)
    shares = [("out", len(out), t("leave out")), ("asked", len(asked), t("asked")),
              ("seen", len(seen), t("seen")), ("listed", len(listed), t("listed")), ("fine", rest, t("fine"))]
    bar = tag("div", [tag("i", class_=key, style=f"flex:{count / n:.6f}") for key, count, _ in shares if count], class_="stack",
              aria_hidden="true")
    legend = tag("dl", [tag("div", tag("i", class_=key), tag("dt", f"{count:,}"), tag("dd", text), class_=key)
                        for key, count, text in shares if count], class_="keys")
    says = t("hero", out=len(out), asked=len(asked)) if check.findings else t("hero clean")
    return tag("div", big(t("pictures"), f"{len(check.names):,}"), tag("div", tag("p", says), bar, legend, class_="trust"),
               class_="hero")


def facts(check: Check) -> Html:
    """Classes, formats, sizes."""
    heads = list(check.headers.values())
    rows = [("classes", f"{len(check.class_names):,}")]
    if heads:
        (size, _), = Counter((one.width, one.height) for one in heads).most_common(1)
        middle = [int(np.median([getattr(one, side) for one in heads])) for side in ("width", "height")]
        is_one = len({(one.width, one.height) for one in heads}) == 1
        formats = [item for item in Counter(one.format for one in heads).most_common(2) if item[1] >= len(heads) / 20]
        kinds = [item for item in Counter(one.pixels for one in heads).most_common(2) if item[1] >= len(heads) / 20]
        rows += [("usual size", f"{size[0]} × {size[1]}" if is_one else f"{middle[0]} × {middle[1]}"),
                 ("formats", ", ".join(name for name, _ in formats)), ("kinds", ", ".join(reason(name) for name, _ in kinds)),
                 ("on disk", in_bytes(sum(one.size for one in heads)))]
    return tag("dl", [tag("div", tag("dt", t(key)), tag("dd", text)) for key, text in rows], class_="facts")


def in_bytes(count: int) -> str:
    """A size as people say it.

    Example:
        >>> in_bytes(3_400_000), in_bytes(900)
        ('3.4 MB', '0.9 kB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1000:.1f} kB"


def table(check: Check) -> Html | None:
    """All kinds in a table, each with a link to its section."""
    if not check.findings:
        return None
    rows = []
    for kind, some in check.of_kind.items():
        gone = {name for one in some for name in one.out if name in check.out}
        name = t(kind) if kind in OF_CLASSES else tag("a", t(kind), href=f"#{kind.replace(' ', '-')}")
        rows.append(tag("tr", tag("th", tag("i", class_=f"dot {some[0].level}"), name, scope="row"),
                        tag("td", f"{len(some):,}", class_="n"), tag("td", f"{len(gone):,}" if gone else "·", class_="n"),
                        tag("td", t(f"{kind}.does"), class_="does")))
    heads = tag("tr", [tag("th", t(key), scope="col", class_=name) for key, name in
                       (("kind", None), ("count", "n"), ("left out", "n"))], tag("th", class_="does"))
    return tag("section", tag("h2", t("findings")), tag("table", tag("thead", heads), tag("tbody", rows), class_="found"))


def classes(check: Check) -> Html | None:
    """A bar for each class, its parts one after the other."""
    if not check.class_names:
        return None
    counts = Counter(zip(check.labels, check.parts, strict=True))
    most = max(check.counts.values(), default=1)
    rows = []
    for name, total in list(check.counts.items())[:MOST_BARS]:
        pieces = [tag("i", class_=part or "whole", style=f"width:{100 * counts[name, part] / most:.2f}%")
                  for part in (None, "train", "validation", "test") if counts[name, part]]
        rows.append(tag("div", tag("dt", name), tag("dd", tag("span", pieces), tag("b", f"{total:,}"))))
    left = len(check.counts) - len(rows)
    parts = [part for part in ("train", "validation", "test") if part in check.parts]
    legend = tag("dl", [tag("div", tag("i", class_=part), tag("dd", t(f"part.{part}"))) for part in parts], class_="keys")
    return tag("section", tag("h2", t("counts")), [tag("p", t(f"{kind}.does")) for kind in OF_CLASSES if check.of_kind.get(kind)],
               tag("dl", rows, class_="bars"), tag("p", t("more", n=left)) if left > 0 else None, legend if parts else None)


def section(kind: str, some: Sequence[Finding], check: Check, shown: dict[str, str]) -> Html:
    """The findings of a kind: lines, groups of pictures, or single ones."""
    labels = dict(zip(check.names, check.labels, strict=True))
    parts = dict(zip(check.names, check.parts, strict=True))
    if kind in LINES:
        most = MOST_LINES
        lines = [tag("div", tag("dt", one.names[0]), tag("dd", reason(one.about))) for one in some[:most]]
        body = tag("dl", lines, class_="lines")
    elif kind in GROUPS:
        most = MOST_GROUPS
        body = tag("div", [group(one, labels, parts, shown, check.out) for one in some[:most]], class_="groups")
    else:
        most = MOST_TILES
        body = tag("div", [tile(one.names[0], said(one, labels), shown) for one in some[:most]], class_="tiles seen")
    more = tag("p", t("more", n=len(some) - most), class_="more") if len(some) > most else None
    return tag("section", tag("h2", t(kind), tag("span", f"{len(some):,}")), tag("p", t(f"{kind}.does")), body, more,
               id=kind.replace(" ", "-"), class_=f"kind {some[0].level}")


def said(one: Finding, labels: dict[str, str]) -> list[Html]:
    """What stands below a single picture: its label, and what is odd."""
    label = tag("b", labels.get(one.names[0], ""))
    if one.kind == "suspect":
        return [tag("span", label, " → ", tag("em", one.about)), tag("span", percent(one.share or 0.0), class_="sure")]
    return [tag("span", label), tag("em", reason(one.about).replace("x", " × ") if one.kind in ("tiny", "shape")
                                    else reason(one.about))]


def tile(name: str, says: Iterable[Html], shown: dict[str, str], is_out: bool = False) -> Html:
    """A picture with what is said of it and its name."""
    uri = shown.get(name)
    image = tag("img", src=uri, alt=name, loading="lazy") if uri else tag("span", t("unreadable"), class_="gone")
    return tag("figure", tag("div", image, class_="frame"), tag("figcaption", says, tag("small", name)),
               class_="out" if is_out else None)


def group(one: Finding, labels: dict[str, str], parts: dict[str, str | None], shown: dict[str, str], out: dict[str, str]) -> Html:
    """Copies of one picture side by side; those that go are marked."""
    figures = []
    for name in one.names[:MOST_IN_GROUP]:
        part = parts[name]
        says = [tag("span", tag("b", labels[name]), f" · {t(f'part.{part}')}" if part else None),
                tag("em", t("leave out")) if name in one.out and name in out else None]
        figures.append(tile(name, says, shown, name in one.out and name in out))
    left = len(one.names) - len(figures)
    alike = "" if one.share is None else " · " + t("alike", share=percent(one.share))
    return tag("article", tag("p", t("copies of", n=len(one.names)) + alike, f" · {t('more', n=left)}" if left else None),
               tag("div", figures, class_="tiles seen"))


def quarantine(check: Check) -> Html | None:
    """Where the list lies and how it is read."""
    if not check.out and not check.questions and not check.listed:
        return None
    path = tag("pre", str(check.quarantine), tabindex=0)
    return tag("section", tag("h2", t("quarantine")), tag("p", t("quarantine note")), path)


def thumbnails(check: Check) -> dict[str, str]:
    """Data URIs of the pictures that the page shows, by name; those that cannot be decoded are missing."""
    wanted: dict[str, None] = {}
    for kind, some in check.of_kind.items():
        if kind in GROUPS:
            wanted.update(dict.fromkeys(name for one in some[:MOST_GROUPS] for name in one.names[:MOST_IN_GROUP]))
        elif kind not in LINES:
            wanted.update(dict.fromkeys(name for one in some[:MOST_TILES] for name in one.names))
    numbers = [k for k, name in enumerate(check.names) if name in wanted]
    if isinstance(check.listing, Arrays):
        return {check.names[k]: picture(check.listing.x[k]) for k in numbers}
    found = {}
    entries = check.listing.entries
    stream = ((k, entries[k].read) for k in numbers) if check.listing.random_access else (
        (k, lambda data=data: data) for k, data in check.listing.stream(numbers))
    for k, read in stream:
        try:
            found[check.names[k]] = thumbnail(read())
        except (Damaged, FileError):  # the page says so
            continue
    return found


def thumbnail(data: bytes) -> str:
    """The data URI of a picture's small copy, its aspect kept: small ones as they are (PNG), others as JPEG."""
    with decoding.opened(data) as image:
        turn = decoding.orientation(image) if image.format in ("JPEG", "MPO") else 1
        image.draft(None, (2 * THUMB, 2 * THUMB))
        image.load()
        if image.format not in ("JPEG", "MPO"):
            turn = decoding.orientation(image)
        found = decoding.flat(image).convert("RGB")
        found.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
        if turn in decoding.TURNS:
            found = found.transpose(decoding.TURNS[turn])
    file, form = io.BytesIO(), "PNG" if max(found.size) <= THUMB // 2 else "JPEG"
    found.save(file, form, quality=80)
    return f"data:image/{form.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"
