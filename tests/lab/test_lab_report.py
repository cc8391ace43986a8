"""The report: it parses, needs no network, escapes what it is told, and its numbers are the run's."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nabi import lab
from nabi.lab.evaluation import Evaluation
from nabi.lab.report import chart, page, sections
from nabi.lab.report.markup import Html, picture, tag
from nabi.lab.report.words import WORDS, percent
from nabi.models.saving import load_model

ALONE = {"meta", "img"}


class Tree(HTMLParser):
    """Elements with their attributes and texts; complains about ends that do not fit."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in ALONE:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open and self.open.pop() == name, f"</{name}> closes nothing"

    def handle_data(self, text):
        if not self.open or self.open[-1] != "style":
            self.words.append(text)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def attributes(self, name):
        return [attributes for element, attributes in self.elements if element == name]


@pytest.fixture(scope="module")
def html(run):
    return run.report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(html):
    return Tree(html)


def test_it_needs_no_network(html, tree):
    html = re.sub(r"base64,[A-Za-z0-9+/=]+", "", html)
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<script|<link|<iframe", html)
    sources = [
        value for _, attributes in tree.elements for name, value in attributes.items() if name in ("src", "href", "srcset")
    ]
    assert sources and all(source.startswith("data:image/png;base64,") for source in sources)
    assert any("default-src 'none'" in attributes.get("content", "") for attributes in tree.attributes("meta"))


def test_it_is_a_whole_document(html, tree):
    assert html.startswith("<!doctype html>") and tree.elements[0] == ("html", {"lang": "en"})
    assert {"viewport", "color-scheme"} <= {attributes.get("name") for attributes in tree.attributes("meta")}
    assert "prefers-color-scheme: dark" in html and "@media print" in html and "max-width" in html
    assert all(attributes.get("alt") for attributes in tree.attributes("img"))


def test_its_numbers_are_the_runs(run, tree):
    result, text = run.result, tree.text.replace("\xa0", " ")
    low, high = result["interval"]
    assert f"{100 * result['accuracy']:.1f} %" in text
    assert f"{result['correct']} of 1,000 test samples were read right" in text
    assert f"{100 * low:.1f} % to {100 * high:.1f} %" in text
    assert "most frequent class: 10.0 %" in text and "7,850" in text
    assert f"{1000 - result['correct']} misread" in text
    assert f"{sections.number(min(run.history['val_loss']))} after epoch" in text or "was lowest after epoch" in text
    for name, value in run.recipe.items():
        assert f'{name} = "{value}"' in text or f"{name} = {value}" in text
    assert run.last("start")["environment"]["torch"] in text and "dense (Dense)" in text


def test_the_confusion_table_is_the_runs(run, html):
    table = re.search(r'<table class="confusion"[^>]*>(.*?)</table>', html).group(1)
    rows = [
        re.findall(r'<td class="(?:right|wrong|none)[^"]*">(?:<i[^>]*></i>)?<span>([^<]+)</span>', row)
        for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]
    ]
    assert [[0 if cell == "·" else int(cell) for cell in row] for row in rows] == run.result["confusion"]
    shares = re.findall(r'<td class="recall">([\d.]+)', table)
    assert [float(share) for share in shares] == [round(100 * row["recall"], 1) for row in run.result["by_class"]]


@pytest.mark.parametrize("names", [("0", "1"), ("개", "고양이"), ("a very long name", "b")])
def test_the_confusion_tables_names_have_room(names):
    """A letter of 14 pixels is at most 10 wide, a Korean one 20 of its two columns; long names are cut at 104."""
    width = int(re.search(r'<th style="width:(\d+)px">', str(sections.cells(np.eye(2, dtype=int), names))).group(1))
    assert width == 104 or width >= 16 + max(20 if ord(name[0]) > 127 else 10 for name in names) * max(map(len, names))


def part(html, name):
    """The elements of one section."""
    return Tree(re.search(rf'<section class="{name}.*?</section>', html, re.S).group(0))


def test_misread_pictures_are_the_test_sets(run, html):
    data, model = lab.load_data("digits"), load_model(run.model)
    found = lab.evaluation.evaluate(model, data.x_test, data.y_test, data.class_names, 200)
    pictures = part(html, "misread").attributes("img")
    assert len(pictures) == min(sections.MOST_MISREAD, len(found.misread))
    for k, attributes in zip(found.misread[:5], pictures[:5], strict=True):
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(attributes["src"].split(",")[1]))))
        assert np.abs(255 - pixels - 255 * data.x_test[k, ..., 0]).max() <= 0.5
        assert (
            f"{data.y_test[k]}, read as {found.answers[k]}" in attributes["alt"].removeprefix("truth ")
            or f"truth {data.y_test[k]}" in attributes["alt"]
        )


def test_the_curves_pass_through_the_history(run, html):
    lines = re.findall(r'<polyline class="(\w+)" points="([^"]+)"', html)
    assert [name for name, _ in lines] == ["training", "validation"] * 2
    heights = {name: [float(point.split(",")[1]) for point in points.split()] for name, points in lines[:2]}
    values = {"training": run.history["loss"], "validation": run.history["val_loss"]}
    flat = [(y, h) for name in values for y, h in zip(values[name], heights[name], strict=True)]
    slope, offset = np.polyfit([y for y, _ in flat], [h for _, h in flat], 1)
    assert slope < 0 and np.abs([slope * y + offset - h for y, h in flat]).max() < 0.1


@pytest.mark.learn
def test_whatever_a_name_says_is_escaped(run, tmp_path, tiny):
    """Class names, run names and recipes are text, never markup."""
    bad = '<script>alert("x")</script>&\'"'
    data = lab.load_data("digits")
    names = (bad, *data.class_names[1:])
    truth = data.y_test[:60]
    found = Evaluation(truth, (truth + (np.arange(60) % 3 == 0)) % 10, np.full(60, 0.5), names)
    folder = tmp_path / "<b>run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nabi.lab.experiment.write_report", lambda *parts: None)
        done = lab.train(lab.Recipe(model="tiny", epochs=1, name=bad, seed=1), folder, verbose=0)
    page.write_report(done, load_model(done.model), replace(data, class_names=names), found)
    html = done.report.read_text()
    assert "<script" not in html and "<b>run" not in html and "&lt;script&gt;" in html
    assert bad in Tree(html).text


@given(st.text(), st.text())
def test_tags_hold_any_text(text, value):
    tree = Tree(tag("p", text, title=value))
    assert (
        "".join(tree.words).replace("\r\n", "\n").replace("\r", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")
        or "\0" in text
    )
    assert [name for name, _ in tree.elements] == ["p"]


def test_markup_stays_markup():
    assert tag("p", Html("<b>x</b>"), ["<", None, 3]) == "<p><b>x</b>&lt;3</p>"
    assert (
        tag("text", "a", text_anchor="end", viewBox="0 0 1 1", hidden=False, x=None)
        == '<text text-anchor="end" viewBox="0 0 1 1">a</text>'
    )
    with pytest.raises(AssertionError):
        Tree("<p><b></p></b>")


def test_a_fit_without_test_set_says_so(run):
    class Bare(lab.Run):
        result = None
        recipe = {"model": "tiny"}  # as fit(run=...) writes it

    class Unread(lab.Run):
        result = None

    assert "the test set was not looked at" in page.page(Unread(run.folder), load_model(run.model), None, None)
    html = page.page(Bare(run.folder), load_model(run.model), None, None)
    tree = Tree(html)
    best = int(np.argmin(run.history["val_loss"]))
    assert f"{100 * run.history['val_accuracy'][best]:.1f}" in tree.text and "no test set was given" in tree.text
    assert "interval" not in tree.text and "misread" not in tree.text.lower()


def test_many_classes_become_a_picture():
    names = tuple(f"class {k}" for k in range(25))
    truth = np.arange(100) % 25
    found = Evaluation(truth, (truth + (np.arange(100) < 30)) % 25, np.ones(100), names)
    assert "data:image/png" in sections.confusion(found) and "<table" not in sections.confusion(found)


def test_korean_labels(run, monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    tree = Tree(page.page(run, load_model(run.model), None, None))
    assert tree.elements[0] == ("html", {"lang": "ko"}) and "학습 곡선" in tree.text and "Learning curves" not in tree.text


def test_both_languages_have_the_same_fields():
    for key, (english, korean) in WORDS.items():
        assert sorted(re.findall(r"\{(\w+)", english)) == sorted(re.findall(r"\{(\w+)", korean)), key


@pytest.mark.parametrize("values", [[0.5], [0.9, 0.1, None, 0.3], [1e-6, 1.0], [3.0, 3.0], [], [float("nan"), 1.0], [0.0, 0.0]])
@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_curves_of_any_shape_stay_inside(values, name):
    html = chart.curves(name, values, values[::-1], 1)
    for points in re.findall(r'points="([^"]+)"', html):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= chart.WIDTH and 0 <= y <= chart.HEIGHT
    assert "nan" not in html.replace("not a number", "")


def test_a_logarithmic_scale_is_one():
    scale = chart.Scale([1e-4, 1.0], 10, share=False)
    assert scale.log and scale.y(1e-2) == pytest.approx((scale.y(1e-4) + scale.y(1.0)) / 2, abs=0.1)
    assert not chart.Scale([1e-4, 1.0], 10, share=True).log


@pytest.mark.parametrize("share, text", [(0.5, "50.0"), (0.99949, "99.95"), (0.99996, "100.00"), (0.0, "0"), (0.0005, "0.05")])
def test_percentages(share, text):
    assert percent(share) == f"{text}\xa0%"


def test_pictures_in_colour_and_ink():
    def read(uri):
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))))

    colours = np.random.default_rng(0).random((4, 5, 3))
    assert (read(picture(colours)) == np.round(255 * colours)).all()
    assert (read(picture(np.ones((2, 2, 1)), ink=True)) == 0).all()


BAD_NAMES = ("<script>alert(1)</script>", 'a, "b"', "line\nbreak", "</td></table>", "&amp;", "나비 & '고양이'", "\x1b[2J", "=1+1",
             "${x}", "--")  # fmt: skip


def test_class_names_of_all_kinds_stay_text(run):
    """In tables, pictures, marks and attributes: the page has the elements that it has for harmless names, and no other."""
    data = lab.load_data("digits")
    truth = np.arange(60) % 10
    answers = (truth + (np.arange(60) % 3 == 0)) % 10

    def elements(names):
        found = Evaluation(truth, answers, np.full(60, 0.5), names)
        tree = Tree(page.page(run, load_model(run.model), replace(data, class_names=names), found))
        return [name for name, _ in tree.elements], tree

    plain, _ = elements(tuple(f"class {k}" for k in range(10)))
    bad, tree = elements(BAD_NAMES)
    assert bad == plain
    assert all(" ".join(name.split()) in tree.text for name in BAD_NAMES)


def test_one_epoch_is_dots_with_their_names_beside():
    html = chart.curves("loss", [1.3], [0.47], 1)
    assert 'class="best"' not in html and 'class="ring"' not in html and 'class="mark"' not in html
    dots = re.findall(r'<circle class="(\w+)" cx="([\d.]+)" cy="([\d.]+)"', html)
    names = re.findall(r'<text class="end (\w+)" x="([\d.]+)" y="([\d.]+)"', html)
    assert [name for name, *_ in dots] == [name for name, *_ in names] == ["training", "validation"]
    for (_, cx, cy), (_, x, y) in zip(dots, names, strict=True):
        assert 0 < float(x) - float(cx) < 20 and abs(float(y) - float(cy)) < 20


EXPONENTIAL = [0.6 * 2 ** (-k / 3) + 0.004 for k in range(30)]
TURNING = [0.35 * 2 ** (-k / 2) + 0.1 + 0.002 * k for k in range(30)]


@pytest.mark.parametrize("training, validation", [
    (EXPONENTIAL, TURNING), ([1.0, 0.5, 0.4], [0.9, 0.45, 0.5]), ([0.5, 0.4, 0.3], [0.1, 0.2, 0.3]),
    ([3e6, 1e5, 10.0], [2e6, 9.0, 12.0]), ([0.0301, 0.0300, 0.0299], [0.0305, 0.0304, 0.03045]),
])  # fmt: skip
def test_labels_of_a_panel_keep_clear(training, validation):
    """The names at the ends, the kept epoch's value and the axis do not cover each other; few points of a curve are hidden."""
    best = int(np.argmin(validation)) + 1
    html = chart.curves("loss", training, validation, best)
    ends = sorted(float(y) for y in re.findall(r'<text class="end \w+" x="[\d.]+" y="([\d.]+)"', html))
    assert ends[1] - ends[0] >= 28 and ends[0] >= chart.TOP and ends[1] + 14 <= chart.HEIGHT - chart.BOTTOM
    ((x, y, anchor),) = re.findall(r'<text class="mark" x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"', html)
    left = float(x) - (chart.MARK[0] if anchor == "end" else 0)
    assert left >= chart.LEFT - 1 and left + chart.MARK[0] <= chart.WIDTH - chart.RIGHT + 1, "not over the names at the right"
    for line in re.findall(r'points="([^"]+)"', html):
        places = np.array([[float(v) for v in point.split(",")] for point in line.split()])
        across = np.linspace(left, left + chart.MARK[0], 50)
        heights = np.interp(across, places[:, 0], places[:, 1])
        assert ((heights > float(y) - 9) & (heights < float(y) + 15)).mean() < 0.4
    assert not re.search(r"\de[+-]\d", html)


def test_the_last_epochs_value_stands_once():
    html = chart.curves("loss", [0.5, 0.3], [0.4, 0.2], 2)
    assert 'class="ring"' in html and 'class="mark"' not in html


def test_wide_tables_scroll_on_narrow_screens():
    names = tuple(f"class {k}" for k in range(20))
    truth = np.arange(100) % 20
    found = Evaluation(truth, (truth + (np.arange(100) < 30)) % 20, np.ones(100), names)
    for html in (sections.confusion(found), sections.classes(found)):
        assert re.search(r'<div class="scroll"><table', html)
    ((width,),) = [re.findall(r"min-width:(\d+)px", sections.confusion(found))]
    assert int(width) >= 20 * 26, "a cell is not narrower than its number"
    assert "overflow-x: auto" in page.STYLE.read_text()


def test_a_kept_epoch_that_is_not_the_lowest_is_told_so():
    """Few are held out, so that the first epochs are not kept: the sentence names the kept epoch's own loss, and the lowest."""
    text = sections.learned({"loss": [1.0] * 8, "val_loss": [0.9, 0.7, 0.6, 0.368, 0.5, 0.52, 0.51, 0.497]}, 8)[0]
    assert "epoch 8 of 8, validation loss 0.497" in text and "0.368 after epoch 4" in text and "falling" not in text
    falling = {"loss": [1.0] * 3, "val_loss": [0.9, 0.7, 0.3]}
    assert "still falling at the end, 0.300 after epoch 3" in sections.learned(falling, 3)[0]
