"""The look and the file: contrast, colour blindness, places, equal bytes, threads, a user's own matplotlib settings."""

import io
import sys
import threading

import matplotlib
import matplotlib.style
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from nabi import viz
from nabi.core import registry
from nabi.core.errors import ArgumentError, FileError
from nabi.viz import style
from nabi.viz.labels import number, spread

# Machado, Oliveira, Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009, severity 1
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(color) -> np.ndarray:
    c = np.array(matplotlib.colors.to_rgb(color))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE Lab of linear sRGB (D65)."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    t = xyz / [0.9505, 1, 1.089]
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one, other, kind) -> float:
    """Distance of two colours as a colour-blind eye sees them."""
    return float(np.linalg.norm(lab(np.array(BLIND[kind]) @ linear(one)) - lab(np.array(BLIND[kind]) @ linear(other))))


@pytest.mark.parametrize("kind", BLIND)
def test_the_two_main_colours_stay_apart_for_every_eye(kind):
    assert apart(style.BLUE, style.VERMILION, kind) > 40
    assert apart(style.BLUE, style.MUTED, kind) > 15
    if kind != "tritan":
        assert apart("#d62728", "#2ca02c", kind) < apart(style.BLUE, style.VERMILION, kind), "red and green would not"


@pytest.mark.parametrize("color", [style.INK, style.MUTED, *style.SERIES])
def test_letters_have_contrast(color):
    """4.5 to the paper, after WCAG's own formula written out with the linear values above."""
    luminance = linear(color) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) >= 4.5
    assert style.contrast(color, style.PAPER) == pytest.approx(1.05 / (luminance + 0.05), abs=1e-9)

DRAWN = ["learning_curves", "confusion_matrix", "picture_grid", "misread_grid", "activation_curves", "rate_range", "lines",
         "bars", "roc_curve", "heat_maps", "map_grid", "deletion_curve", "embedding",
         "explanation_sheet", "experiment", "digit_cards", "search", "traced_number", "receptive_field", "optimizer_race",
         "line_fit", "number_table", "decision_boundary", "film_frame", "tiny_net", "step_tables", "panels", "evidence",
         "tuning_curves", "distributions", "reliability",
         "neurons", "wiring", "stages", "flattening", "landscape", "timeline"]


EXPLAINED = {"method": "occlusion", "layer": "", "map": np.eye(8) - 0.2, "signed": True, "picture": np.eye(8)[..., None],
             "white": 1.0, "ink": True, "class_name": "$7", "share": 0.98, "score": 4.2, "sanity": {"mean": -0.1},
             "deletion": {"area": 0.1, "moved_area": 0.3, "random_area": 0.5}}
TRACED = {"layer": "$conv", "kind": "Conv2D", "place": (0, 0, 1), "value": -0.25, "training": True,
          "lines": [{"name": "sum", "formula": "sum of x w", "numbers": "", "value": -0.5},
                    {"name": "z", "formula": "sum + b", "numbers": "-0.5 + 0.25", "value": -0.25}],
          "tables": [{"columns": {"place": np.argwhere(np.ones((3, 3))), "x": np.ones(9), "x w": np.arange(9.0)}, "marked": (2,),
                      "inside": None}],
          "arrays": {"window": np.arange(9.0).reshape(3, 3, 1), "kernel": np.ones((3, 3, 1)) - 1.5,
                     "products": -0.5 * np.arange(9.0).reshape(3, 3, 1), "input": np.arange(25.0).reshape(5, 5, 1),
                     "rows": np.arange(-1, 2), "columns": np.arange(3)}}
RACED = {"function": "$f", "formula": "x_1^{2}", "start": (1, 1), "steps": 2, "tolerance": 0.1, "minima": [(0, 0)],
         "saddles": [(1, 0)], "x": np.linspace(-1, 2, 9), "y": np.linspace(-1, 2, 9), "z": np.arange(81.0).reshape(9, 9) / 9,
         "paths": [{"name": "SGD", "optimizer": "SGD", "learning_rate": 0.1, "points": [[1, 1], [0, 1], [0, 0]],
                    "values": [2, 1, 0], "state": "reached", "reached": 2, "diverged": None, "final": 0}]}
FITTED = {"x": [0, 1], "y": [1, 2], "w": np.linspace(0, 2, 9), "b": np.linspace(0, 2, 9), "z": np.arange(81.0).reshape(9, 9),
          "best": (1, 1), "least": 0.0, "sizes": (2,), "epochs": 1,
          "paths": [{"name": "full", "points": [[0, 0], [1, 1]], "values": [2.0, 0.5], "diverged": None}]}
SEEN = np.random.default_rng(2).random((2, 8, 8, 5))
FILMED = {"net": "$net", "data": "a_b^{c", "epochs": [0, 1], "losses": [None, 0.5], "accuracy": [0.1, 0.9], "watched": 20,
          "class_names": ["$1", "x_2"], "ink": True, "picture": SEEN[0, :, :, 0], "filters": SEEN[:, :3, :3] - 0.5,
          "filter_layer": "$conv", "maps": {"$conv": SEEN}, "edges": {"$conv": np.linspace(0, 1, 6)},
          "histograms": {"$conv": SEEN[:, 0, 0]}, "zeros": {"$conv": [0, 0.5]}, "boundary": None,
          "misread": {"images": SEEN[0, :, :, :2].T, "truth": [0, 1], "answers": np.array([[0, 0], [1, 0]]), "count": [1, 2]}}
RANDOM, X = np.random.default_rng(0).random((2, 3, 8, 8, 3)), np.linspace(-2, 2, 21)
SOME = {
    "learning_curves": lambda: viz.learning_curves(
        {"loss": [0.9, 0.4, 0.2], "val_loss": [0.8, 0.5, 0.6], "accuracy": [0.5, 0.7, 0.9]}
    ),
    "confusion_matrix": lambda: viz.confusion_matrix([[8, 2], [1, 9]], ["$5 bill", "a_b^{c"]),
    "picture_grid": lambda: viz.picture_grid(RANDOM[0], ["one", "$two", "three\nwords"]),
    "misread_grid": lambda: viz.misread_grid(RANDOM[1, ..., 0], [1, 2, 3], [4, 5, 6], [0.5, 0.6, 0.7], ink=True),
    "activation_curves": lambda: viz.activation_curves(X, {"tanh": np.tanh(X)}, {"tanh": 1 - np.tanh(X) ** 2}),
    "rate_range": lambda: viz.rate_range([0.01, 0.1, 1.0], [2.3, 1.0, 4.0], [2.3, 1.6, 2.5], 0.1),
    "lines": lambda: viz.lines([1, 2, 3], {"$relu": [[3, 2, 1], [3, 2, 2]], "tanh": [3, 2.5, 1.02]}, "A", "b", "epoch", "Loss",
                               "y"),
    "bars": lambda: viz.bars({"$plain": {"20 layers": [0.1, 0.2], "a_b^{c": 0.3}, "residual": {"20 layers": 0}}, "A", "b", True),
    "roc_curve": lambda: viz.roc_curve([0, 0, 0.5, 1], [0, 0.5, 1, 1], (0.5, 1.0), "$smile"),
    "digit_cards": lambda: viz.digit_cards((255 * RANDOM[0, :2, :, :, 0]).astype("uint8"), np.eye(10)[[3, 8]] * 0.7 + 0.03),
    "heat_maps": lambda: viz.heat_maps(RANDOM[0, 0], [RANDOM[0, 0, ..., 0], RANDOM[0, 1, ..., 0] - 0.5],
                                       ["grad_cam\nconv2", "$b"], [False, True], title="A", subtitle="b"),
    "explanation_sheet": lambda: viz.explanation_sheet([EXPLAINED, EXPLAINED | {"method": "grad_cam", "layer": "$conv"}]),
    "experiment": lambda: viz.experiment(
        {"$relu": {"curves": {"loss": [[3, 0.1], [2, np.nan]], "val_accuracy": [[0.5, 0.9]]}, "reached": [0.9, 0.95]},
         "a_b^{c": {"curves": {}, "reached": []}}, "A", "b", "c"),
    "map_grid": lambda: viz.map_grid(RANDOM[0, 0] - 0.5, ["a", "$b", "c"], "A", "b", columns=2),
    "deletion_curve": lambda: viz.deletion_curve(X - X[0], {"cam": X[::-1]}, [np.ones(21), X], [np.ones(21)], "$5"),
    "embedding": lambda: viz.embedding(RANDOM[0, 0, :, 0, :2], [0, 1, 2, 3, 4, 5, 6, 7], xlabel="a", ylabel="b", title="A"),
    "traced_number": lambda: viz.traced_number(TRACED),
    "optimizer_race": lambda: viz.optimizer_race(RACED),
    "line_fit": lambda: viz.line_fit(FITTED),
    "number_table": lambda: viz.number_table({"$class": ["a_b", "c"], "share": [0.25, 0.75]}, "A", "b", marked=[1]),
    "evidence": lambda: viz.evidence(X[::4], np.outer(X[::4], [1, 2, -3]), [1, 0, 0.5], ["$a", "b_c", "c"], "A", "b", 3),
    "tuning_curves": lambda: viz.tuning_curves([0, 45, 90, 135], [[0, 1, 2, 1], [0, 0, 0, 0]], [np.eye(3), -np.eye(3)], "A", "b"),
    "decision_boundary": lambda: viz.decision_boundary(
        [{"x": X, "y": X[:15], "shares": np.add.outer(X[:15], X) / 8 + 0.5, "points": [[0, 0], [1, 0.5]], "labels": [0, 1],
          "title": "$moons", "xlabel": "x_1"},
         {"x": X, "y": X[:15], "shares": np.random.default_rng(1).dirichlet(np.ones(3), (15, 21)), "points": [[0, 0], [1, 0.5]],
          "labels": [2, 1], "title": "b", "ylabel": "y^2"}], "A", "b", ["$one", "two", "three"]),
    "film_frame": lambda: viz.film_frame(FILMED, 1),
    "tiny_net": lambda: viz.tiny_net([[{"name": "$x", "above": "1"}, {"name": "x_2"}], [{"name": "y", "below": "d = $1"}]],
                                     [{"from": (0, 0), "to": (1, 0), "text": "$w = 2", "second": "b"}], "A", "b"),
    "step_tables": lambda: viz.step_tables({"$Adam": [[1, "m_hat", "m / (1 - b^t)", -0.25], [2, "w", "w - m", 1.5]],
                                            "b": [[1, "a", "b", 0.5]]}, "A", "b"),
    "panels": lambda: viz.panels([[{"values": [[1, -2.5], [0, 12]], "title": "$x", "boxes": [(0, 1, 2, 2)], "blank": np.eye(2)},
                                   {"values": RANDOM[0, 0], "kind": "colour", "sign": "=", "caption": "a_b\nc", "title": "y"},
                                   {"values": X[:, None] * X, "kind": "map", "caption": "$z"}, {"text": ["1 + 1", "= 2"]}],
                                  [{"values": np.eye(4), "faint": np.eye(4)}]], "A", "b", ["line"]),
    "receptive_field": lambda: viz.receptive_field({"layer": "$conv", "place": (1, 1, 0), "picture": np.eye(6)[..., None],
                                                    "spatial": np.eye(6, dtype=bool), "box": ((0, 5), (0, 5))}),
    "distributions": lambda: viz.distributions(X, {"$without": {"a_b^{c": RANDOM[0, 0, :2, 0].repeat(7, 1)[:, :20]}},
                                               ["$1", "2"], "A", "b", "z", {"$without": {"a_b^{c": "$3"}}),
    "neurons": lambda: viz.neurons([{"title": "$or", "weights": [np.eye(2) - 0.5, np.ones((2, 1))], "biases": [X[:2], X[:1]],
                                     "names": [["$x", "b"], ["c_1", "d"], ["y"]], "layers": ["in", "$h", "out"], "note": "a"}]),
    "wiring": lambda: viz.wiring([{"title": "$conv", "weights": [[0, 1, -1], [-1, 0, 1]], "lines": ["2 weights", "a_b"]}],
                                 {"inputs": "in", "outputs": "$out", "matrix": "which"}, "A", "b"),
    "stages": lambda: viz.stages([{"title": "$net", "maps": [{"name": "x_1", "shape": (28, 28, 3), "family": "input"},
                                                             {"name": "fc", "shape": (10,), "family": "dense"}]}], "A", "b",
                                 {"input": "$in", "dense": "dense"}),
    "flattening": lambda: viz.flattening(RANDOM[0, 0, ..., 0], (3, 4), {"picture": "$p", "rows": "r_1", "vector": "v"}, "A", "b"),
    "landscape": lambda: viz.landscape([{"name": f"$net{k}", "x": 10.0**k, "y": 20.0 - k, "size": k + 1.0, "group": f"a_{k % 2}"}
                                        for k in range(6)], "x", "$y", "A", "b", "c"),
    "timeline": lambda: viz.timeline([{"when": "1998", "title": "$LeNet", "text": "a_b", "values": [5, None]},
                                      {"when": "1986-2006", "title": "winter", "text": "c", "span": True}],
                                     ["$layers", "%"], "A"),
    "reliability": lambda: viz.reliability([np.nan, 0.8], [np.nan, 0.9], [0, 12], "$A"),
    "search": lambda: viz.search([0.5, np.nan, 0.9], {"$rate": [0.1, 0.01, 1], "name": ["a_b", "c", None], "size": [8, 9, 8]},
                                 [False, True, False], ["$rate"], ["size"]),
}


def test_every_figure_is_registered_under_its_name():
    assert registry.names("figure") == sorted([*SOME, "network_diagram", "network_sheet"])  # an SVG text: test_viz_diagram.py
    for name in registry.names("figure"):
        assert registry.lookup("figure", name) is getattr(viz, name)


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_figure_gives_the_same_bytes_under_any_style_sheet(name):
    """Twice the same, the second time under a user's loud settings; on the first no text is cut off or lies on another."""
    figure = SOME[name]()
    first = viz.png(figure)
    texts_have_room(figure)
    with matplotlib.style.context(["dark_background", "ggplot", "grayscale"]):
        loud = {"font.size": 20, "axes.grid": True, "axes.axisbelow": False, "lines.linewidth": 9, "lines.marker": "s"}
        loud |= {"axes.titleweight": "light", "axes.labelweight": "bold", "axes.titlelocation": "right", "axes.xmargin": 0.3}
        loud |= {"figure.autolayout": True, "savefig.bbox": "tight", "savefig.dpi": 30, "lines.dash_joinstyle": "bevel"}
        loud |= {"image.origin": "lower", "image.interpolation": "bilinear", "image.aspect": "auto", "xtick.direction": "in"}
        loud |= {"xtick.minor.visible": True, "ytick.minor.visible": True, "xtick.top": True, "ytick.right": True}
        with matplotlib.rc_context(loud):
            assert viz.png(SOME[name]()) == first
    assert "matplotlib.pyplot" not in sys.modules or not matplotlib.pyplot.get_fignums(), "no screen"


def seen(axis) -> list:
    """Labels of the ticks that lie within the axes; matplotlib draws no others."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


def texts_have_room(figure: Figure) -> None:
    """No text of a figure that was drawn is cut off or lies on another."""
    page = figure.bbox
    texts = [
        *figure.texts,
        *(text for ax in figure.axes for text in [*ax.texts, *seen(ax.xaxis), *seen(ax.yaxis), ax._left_title]),
    ]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text() and text.get_visible()]
    for text, box in boxes:
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, f"{text!r} is cut off"
    for k, (text, box) in enumerate(boxes):
        for other, place in boxes[k + 1 :]:
            width = min(box.x1, place.x1) - max(box.x0, place.x0)
            height = min(box.y1, place.y1) - max(box.y0, place.y0)
            assert min(width, height) < 5, f"{text!r} lies on {other!r}"


def test_figures_can_be_made_in_threads():
    quick = {name: SOME[name] for name in ("learning_curves", "bars")}
    wanted = {name: viz.png(make()) for name, make in quick.items()}
    results = []

    def draw():
        results.append({name: viz.png(make()) for name, make in quick.items()})

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [wanted] * 2


def test_save(tmp_path):
    figure = SOME["confusion_matrix"]()
    viz.save(figure, tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    assert content == viz.png(figure) == figure._repr_png_()
    picture = Image.open(io.BytesIO(content))
    assert picture.size == tuple(round(side * 160) for side in figure.get_size_inches())
    assert set(picture.info) <= {"dpi"}, "no time, no version"
    viz.save(figure, tmp_path / "a.png", dpi=80)
    assert abs(Image.open(tmp_path / "a.png").size[0] - picture.size[0] / 2) <= 1 and figure.get_dpi() == 160
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_save_says_what_is_wrong(tmp_path):
    figure = style.note("a", "b")
    with pytest.raises(ArgumentError, match="ends in .png, got .*a.pdf"):
        viz.save(figure, tmp_path / "a.pdf")
    with pytest.raises(FileError, match="a folder that can be written, got No such file or directory"):
        viz.save(figure, tmp_path / "absent" / "a.png")
    with pytest.raises(ArgumentError, match="less than 409 inches"):
        style.figure(5, 500)


def test_a_plain_matplotlib_figure_can_be_saved(tmp_path):
    viz.save(Figure(figsize=(1, 1), dpi=50), tmp_path / "plain.png")
    assert Image.open(tmp_path / "plain.png").size == (50, 50)


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=8), st.floats(0.5, 50))
def test_spread_keeps_order_and_distance(wanted, gap):
    placed = spread(wanted, gap)
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(np.array(placed)[order]) >= gap - 1e-6).all()
    assert np.mean(placed) == pytest.approx(np.mean(wanted), abs=1e-6), "moved apart, not away"
    if (np.diff(np.sort(wanted)) >= gap).all():
        np.testing.assert_allclose(placed, wanted, atol=1e-6)


def test_spread_moves_as_little_as_possible():
    """Against the quadratic programme min sum (p - w)^2, p_{i+1} - p_i >= gap, solved by scipy."""
    from scipy.optimize import minimize

    wanted, gap = np.array([0.0, 0.1, 0.3, 2.0, 2.2, 9.0]), 1.0
    limits = [{"type": "ineq", "fun": lambda p, i=i: p[i + 1] - p[i] - gap} for i in range(5)]
    best = minimize(lambda p: ((p - wanted) ** 2).sum(), wanted, constraints=limits, options={"ftol": 1e-12, "maxiter": 500})
    np.testing.assert_allclose(spread(list(wanted), gap), best.x, atol=1e-4)


@pytest.mark.parametrize(
    "value, text",
    [(0, "0"), (float("nan"), "not a number"), (-np.inf, "infinite"), (1e12, "1,000,000,000,000"), (-0.5, "-0.500"),
     (99.99, "99.99"), (100.4, "100"), (12, "12")],
)  # fmt: skip
def test_numbers(value, text):
    assert number(value) == text


def test_fonts_are_looked_up_once(monkeypatch):
    from matplotlib import font_manager

    from nabi.viz import style

    style._installed.cache_clear()
    asked = []
    names = font_manager.get_font_names()
    monkeypatch.setattr(font_manager, "get_font_names", lambda: asked.append(1) or names)
    for _ in range(5):
        style.has_korean(), style.families("나비")
    assert len(asked) <= 2
    style._installed.cache_clear()


def test_a_korean_font_that_was_installed_later_is_found(monkeypatch):
    """matplotlib's own list on the disk does not have it."""
    from matplotlib import font_manager

    from nabi.viz import style

    style._installed.cache_clear()
    there = ["DejaVu Sans"]
    monkeypatch.setattr(font_manager, "get_font_names", lambda: list(there))
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/fonts/NotoSansCJK.ttc", "/fonts/broken.ttf"])

    def add(path):
        if "broken" in path:
            raise RuntimeError("not a font")
        there.append("Noto Sans CJK KR")

    monkeypatch.setattr(font_manager.fontManager, "addfont", add)
    assert style.has_korean() and style.families("나비")[-1] == "Noto Sans CJK KR"
    style._installed.cache_clear()
