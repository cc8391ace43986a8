"""Page of an experiment: figure, table, verdicts and what was the same for all, as one HTML file that needs no network."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from nabi import viz
from nabi.core.files import atomic
from nabi.core.language import language, say
from nabi.core.version import __version__
from nabi.lab.compare_folder import PAGE, Experiment
from nabi.lab.compare_words import WORDS
from nabi.lab.recipe import as_toml
from nabi.lab.report.markup import Html, png_uri, tag
from nabi.lab.report.page import butterfly, head

STYLE = """
.compared { width: 100%; font-size: 14.5px; margin-top: 14px; }
.compared th, .compared td { padding: 6.5px 0 6.5px 14px; text-align: right; border-bottom: 1px solid var(--grid);
  white-space: nowrap; }
.compared th:first-child, .compared td:first-child { padding-left: 0; text-align: left; font-weight: 600; white-space: normal; }
.compared thead th { font-size: 13px; font-weight: 400; color: var(--muted); border-color: var(--line); white-space: normal;
  vertical-align: bottom; }
.says { list-style: none; padding: 0; margin-top: 14px; max-width: 78ch; }
.says li { padding: 8px 0 8px 14px; border-left: 4px solid var(--line); margin-bottom: 8px; }
h3 { margin-top: 22px; font-size: 16px; }
.says li.more { border-color: var(--blue); background: var(--soft); }
main .paper { max-width: none; width: min(92vw, 1320px); margin-left: calc(50% - min(46vw, 660px)); }
@media print { main .paper { width: 100%; margin-left: 0; } }
"""


def write_page(found: Experiment) -> None:
    """Writes report.html into the experiment's folder.

    Raises: FileError where the folder cannot be written.
    """
    with atomic(found.folder / PAGE) as file:
        file.write(f"<!doctype html>\n{page(found)}\n".encode())


def page(found: Experiment) -> Html:
    """The document: figure, table, verdicts, settings."""
    heads, cells = found.columns()
    brand = tag("p", butterfly(), tag("b", "nabi"), tag("span", found.folder.name), class_="brand")
    body = [section("curves", tag("p", found.below),
                    tag("img", src=png_uri(viz.png(found.figure(headline=False))), alt=found.title, class_="paper"))]
    if cells:
        names = tag("tr", [tag("th", name, scope="col") for name in heads])
        lines = [tag("tr", [tag("td", cell) for cell in line]) for line in cells]
        body.append(section("table", tag("div", tag("table", tag("thead", names), tag("tbody", lines), class_="compared"),
                                         class_="scroll")))
    grid = [pair for effect in found.effects for pair in effect["pairs"]]
    averaged = [tag("h3", say(WORDS, "averaged")), listed(grid), tag("h3", say(WORDS, "pairs"))] if grid else []
    body.append(section("verdicts", tag("p", say(WORDS, "how")), averaged, listed(found.pairs),
                        tag("ul", [tag("li", line) for line in found.notes()], class_="says")))
    same = {name: value for name, value in asdict(found.recipe).items() if name not in found.vary and value not in (None, {})}
    body.append(section("settings", tag("pre", as_toml(same))))
    made = tag("footer", tag("p", say(WORDS, "made", version=__version__, day=time.strftime("%Y-%m-%d %H:%M"))))
    top = tag("header", brand, tag("h1", found.title))
    whole = tag("html", head(found.title), tag("body", top, tag("main", body), made), lang=language())
    return Html(whole.replace("</style>", f"{STYLE}</style>", 1))


def listed(pairs: Sequence[dict[str, Any]]) -> Html:
    """What pairs say; those that are more than noise stand out."""
    return tag("ul", [tag("li", pair["says"], class_="more" if pair["verdict"] == "more" else None) for pair in pairs],
               class_="says")


def section(key: str, *children: object) -> Html:
    """A part of the page under its heading."""
    return tag("section", tag("h2", say(WORDS, key)), *children, class_="wide")
