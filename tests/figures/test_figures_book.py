"""Folders of figures: files, numbers as JSON, the page in both languages, a figure that cannot be made."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import nabi
from nabi import figures, viz
from nabi.core.errors import ArgumentError, FileError, StateError, UnknownName
from nabi.figures import book, numbers
from nabi.figures.catalogue import FIGURES, Drawn, Entry
from nabi.figures.made import svg_size
from nabi.viz.style import note

NAMES = ["convolution_steps", "padding"]  # need no model


class Page(HTMLParser):
    """Tags of a page by name, and whether each that was opened was closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag != "path":
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def of(self, name):
        return [attrs for tag, attrs in self.found if tag == name]


@pytest.fixture(scope="module")
def scene():
    layers = [nabi.Input((4, 4, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2, activation="softmax")]
    net = nabi.Sequential(layers, name="<tiny>")
    return figures.Scene(net, np.ones((3, 4, 4, 1), "float32"), [0, 1, 0], photo=np.zeros((9, 9, 3)))


@pytest.fixture
def odd(monkeypatch):
    """Two figures more: a diagram, and one that fails."""
    entries = {"plain_svg": lambda scene: Drawn({"n": 1}, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 20"></svg>'),
               "broken": lambda scene: Drawn({}, [][1])}
    for name, make in entries.items():
        monkeypatch.setitem(FIGURES, name, Entry(name, "output", ("<b>T</b>", "제목"), ("C", "설명"), make))


def test_files_and_page(scene, tmp_path, odd, capsys):
    heard = []
    made = book.write(tmp_path / "new" / "f", scene, [*NAMES, "feature-maps", "plain_svg", "broken"],
                      lambda k, n, one: heard.append((k, n, one.entry.name)), "nabi figures --only a,<b>")
    folder = tmp_path / "new" / "f"
    assert heard == [(k + 1, 5, one.entry.name) for k, one in enumerate(made)]
    files = {one.entry.name: one.file for one in made}
    assert files == {"convolution_steps": "convolution_steps.png", "padding": "padding.png", "plain_svg": "plain_svg.svg",
                     "broken": "", "feature_maps": ""}
    assert (folder / "padding.png").read_bytes() == viz.png(figures.draw("padding", scene).picture)
    wanted = figures.draw("padding", scene).numbers["valid"]
    assert json.loads((folder / "padding.json").read_text())["valid"]["y"] == wanted["y"].tolist()
    failed = {one.entry.name: (type(one.error), one.is_fault) for one in made if one.error}
    assert failed == {"feature_maps": (StateError, False), "broken": (IndexError, True)}
    assert "IndexError" in capsys.readouterr().err
    page = Page((folder / "index.html").read_text())
    assert not page.open and not page.of("script") and not page.of("link")
    assert [img["src"] for img in page.of("img")] == [file for file in files.values() if file]
    assert all(int(img["width"]) > 200 and img["alt"] for img in page.of("img"))
    anchors = {attrs["id"] for _, attrs in page.found if "id" in attrs}
    links = [a["href"] for a in page.of("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= anchors >= set(files)
    assert all((folder / link).is_file() for link in links if not link.startswith("#"))
    assert "<b>T</b>" in page.text and "<tiny>, 34 parameters" in page.text and "nabi figures --only a,<b>" in page.text
    assert "a model with maps" in page.text and "Not made: an error in the program. list index out" in page.text
    assert "nabi figures --only padding" in page.text and '"sum": 12' in page.text


@pytest.mark.learn
def test_the_page_in_korean(scene, tmp_path, monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    book.write(tmp_path, scene, NAMES)
    page = Page((tmp_path / "index.html").read_text())
    assert page.of("html") == [{"lang": "ko"}] and "강의의 모든 그림" in page.text and "합성곱 한 단계씩" in page.text
    text = re.sub(r"nabi figures --only \w+|\{.*?\n\}", "", page.text, flags=re.DOTALL)
    assert not re.search(r"\b(the|of|and|Figures|numbers)\b", text)


def test_sections_and_names(scene, tmp_path):
    assert [one.name for one in book.chosen(["Padding", "convolution-steps"])] == ["convolution_steps", "padding"]
    assert {one.section for one in book.chosen(["pictures"])} == {"pictures"}
    assert len(book.chosen(None)) == len(figures.figures())
    with pytest.raises(UnknownName, match="Did you mean 'padding'"):
        book.chosen(["paddin"])
    with pytest.raises(ArgumentError, match="names of figures"):
        book.chosen([" "])
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="a folder that can be written"):
        book.write(tmp_path / "file", scene, NAMES)


def test_numbers_are_json_that_every_program_reads():
    given = {"nan": np.nan, "row": np.array([1 / 3, np.inf]), 3: (np.int64(2), True, None, {"set"}), "big": np.ones((60, 60, 3)),
             "words": np.array(["a", "b"]), "flag": np.bool_(True), "empty": np.zeros((0, 2)), "none": {}}
    text = numbers.text(given)
    found = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert found["nan"] is None and found["row"] == [0.333333, None] and found["3"] == [2, True, None, ["set"]]
    assert found["big"] == {"shape": [60, 60, 3], "dtype": "float64", "min": 1.0, "max": 1.0, "mean": 1.0}
    assert found["words"] == ["a", "b"] and found["flag"] is True and found["empty"] == [] and found["none"] == {}
    assert svg_size('<svg width="3">') == (640, 480) and note("a", "b").get_size_inches()[0] > 1
