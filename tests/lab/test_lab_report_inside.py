"""What the report says of the inside: its curves are the watch's, its bars the times', its tiles the model's own maps."""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

import nabi
from nabi import explain, lab
from nabi.core.random import set_seed
from nabi.lab.calibration import calibration
from nabi.lab.evaluation import Evaluation, evaluate
from nabi.lab.looking import EDGES, POWERS
from nabi.lab.report import chart_many, inside, looks, ridges
from nabi.lab.watched import table
from nabi.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, Input
from nabi.models.saving import load_model
from nabi.viz import style


def pixels(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1])))) / 255


def heights(html, k=0):
    points = re.findall(r'<polyline class="many l(\d+)" points="([^"]+)"', html)
    return [float(point.split(",")[1]) for point in points[k][1].split()]


@pytest.fixture(scope="module")
def data():
    return lab.load_data("digits")


@pytest.fixture(scope="module")
def cnn(data):
    """A small CNN that is sometimes right."""
    set_seed(0)
    model = nabi.Sequential([Input((28, 28, 1)), Conv2D(4, 5, strides=2, activation="relu", name="conv1"),
                             Conv2D(6, 3, activation="relu", name="conv2"), Flatten(), Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = data.x_train.astype(np.float32)
    model.fit(x, data.y_train, epochs=1, batch_size=100, verbose=0)
    return model


def test_curves_of_the_inside_are_the_watch_s(run):
    html = str(inside.training(run))
    norms = table(run.watched, "gradient_norm")["dense"]
    slope, offset = np.polyfit(norms, heights(html), 1)
    assert slope < 0 and np.abs(slope * np.array(norms) + offset - heights(html)).max() < 0.1
    assert f"the same {run.watched[0]['samples']} training pictures" in html
    paces = [event["images_per_second"] for event in run.events if event["event"] == "epoch"]
    assert f"{chart_many.number(paces[-1])}" in html.replace("\xa0", " ")


def test_ridges_are_the_shares_of_the_watch():
    counts = np.zeros(len(EDGES) - 1)
    counts[[40, 41, 43]] = [0.7, 0.1, 0.2]
    one = {"quantiles": [0.0], "counts": counts.tolist()}
    sizes = np.zeros(len(POWERS) - 1)
    sizes[[21, 22]] = [0.25, 0.75]
    rows = [{"epoch": e, "layers": [{"layer": "conv", "zeros": 0.6, "activations": one,
                                     "gradients": {"quantiles": [0.0], "counts": sizes.tolist()}}]} for e in range(9)]
    ((html,), (slopes,)) = ridges.ridges(rows, "activations"), ridges.ridges(rows, "gradients")
    shapes = re.findall(r'<polygon points="([^"]+)"', html)
    assert len(shapes) == 6 and re.findall(r'text-anchor="end">(\d)</text>', html)[:6] == list("023568")
    base, heights = ridges.TOP + ridges.PEAK, [float(point.split(",")[1]) for point in shapes[0].split()]
    shares = (base - np.array(heights))[1:-1:2] / (0.94 * ridges.PEAK)
    np.testing.assert_allclose(shares, [0.5, 0.5, 0, 1], atol=0.01)  # 0.7 - 0.6 and 0.1 of 0.2
    assert "10⁻⁷" in slopes and "10⁻⁶" in slopes and POWERS[21] == -6.75
    assert ridges.ridges([{"epoch": 0, "layers": [{"layer": "out", "gradients": None}]}], "gradients") == []


def test_many_lines_are_thinned_and_start_where_they_should():
    lines = {f"layer{k}": [None, 1.0 + k, 2.0 + k] for k in range(20)}
    html = str(chart_many.many("Norm", lines, 0))
    assert re.findall(r'<tspan class="name">(\w+)</tspan>', html) == [f"layer{k}" for k in (0, 4, 8, 11, 15, 19)]
    ticks = re.findall(r'text-anchor="middle">(\d+)<', html) + re.findall(r'y="[\d.]+" text-anchor="middle">(\d+)', html)
    assert {"0", "1", "2"} <= set(ticks)
    assert chart_many.many("Norm", {"a": [None, float("nan")]}, 0) is None and chart_many.many("Norm", {}) is None


def test_the_ticks_of_epochs_stay_under_any_scale():
    for values in ([10.0, 1200.0, 1100.0], [0.61, 0.62, 0.63]):
        html = str(chart_many.many("Pace", {"training": values}, 1))
        places = [float(x) for x in re.findall(r'<text class="tick" x="([\d.]+)" y="250" text-anchor="middle"', html)]
        assert len(places) == 3 and min(places) >= chart_many.WIDTH * 0.1 and places == sorted(places)


def test_times_add_up_and_lie_in_the_folder(run, cnn, data):
    rows = json.loads((run.folder / "times.json").read_text())
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert {"dense", "flatten"} <= {name for row in rows for name in row["layers"]}
    html = str(inside.times(rows)).replace("\xa0", " ")
    for row in rows:
        assert f"{inside.percent(row['share'])}".replace("\xa0", " ") in html
    many = [{"layers": [f"conv{k}"], "kind": "Conv2D", "forward": 0.01, "backward": 0.0, "share": 1 / 20} for k in range(20)]
    text = str(inside.times(many)).replace("\xa0", " ")
    assert "6 others" in text and "30.0 %" in text and "100 %" in text, "all convolutions together"
    assert inside.measured(run, cnn, None) is None


def test_the_diagram_of_sureness_is_the_calibration_s():
    sure = np.array([0.95] * 8 + [0.55] * 20)
    right = np.array([True] * 4 + [False] * 4 + [True] * 15 + [False] * 5)
    found = calibration(sure, right)
    html = str(chart_many.reliability(found))
    levels = [float(y) for y in re.findall(r'<line class="level" [^>]*y1="([\d.]+)"', html)]
    rings = [float(y) for y in re.findall(r'<circle class="ring" [^>]*cy="([\d.]+)"', html)]
    side, top = chart_many.SIDE, chart_many.TOP
    np.testing.assert_allclose(levels, [top + side * 0.25, top + side * 0.5], atol=0.1)
    np.testing.assert_allclose(rings, [top + side * 0.45, top + side * 0.05], atol=0.1)
    assert html.count('class="right few"') == 1 and html.count('class="right"') == 1
    said = str(inside.sureness(Evaluation(np.zeros(28, int), np.where(right, 0, 1), sure, ("a", "b")))).replace("\xa0", " ")
    assert f"Calibration error {100 * (8 * 0.45 + 20 * 0.2) / 28:.1f} %" in said


def test_tiles_are_the_model_s_maps_and_filters(cnn, data):
    found = evaluate(cnn, data.x_test, data.y_test, data.class_names)
    html = str(looks.seen(cnn, data, found))
    images = [pixels(uri) for uri in re.findall(r'src="([^"]+)"', html)]
    k = np.flatnonzero(found.truth == found.answers)[0]
    np.testing.assert_allclose(images[0], 1 - data.x_test[k, ..., 0], atol=0.003)
    kernel = explain.filters(cnn)
    first = looks.FOR_AND_AGAINST((kernel[..., 0, 0] / abs(kernel).max() + 1) / 2)[..., :3]
    np.testing.assert_allclose(images[1], first, atol=0.01)
    maps = explain.feature_maps(cnn, data.x_test[k].astype("float32"), "conv1")["conv1"][0]
    first = maps[..., np.argsort(-maps.mean((0, 1)))[0]]
    np.testing.assert_allclose(images[5], style.BLUES(first / maps.max())[..., :3], atol=0.01)
    assert len(images) == 1 + 4 + 4 + 6


def test_grad_cam_is_asked_for_the_answer_and_for_the_truth(cnn, data):
    found = evaluate(cnn, data.x_test, data.y_test, data.class_names)
    html = str(looks.cams(cnn, data, found))
    k = found.misread[0]
    assert html.count("<figure>") == min(looks.CAMS, len(found.misread))
    assert re.findall(r"<span>for (\w+)</span>", html)[:2] == [str(found.answers[k]), str(found.truth[k])]
    truth = explain.grad_cam(cnn, data.x_test[k].astype("float32"), int(found.truth[k])).map
    drawn = looks.coloured(looks.under(data.x_test[k, ..., 0], True), truth, False)
    images = [pixels(uri) for uri in re.findall(r'src="([^"]+)"', html)]
    np.testing.assert_allclose(images[2], drawn.clip(0, 1), atol=0.01)
    assert abs(images[1] - images[2]).max() > 0.05


def test_networks_without_maps_have_no_such_sections(run, data):
    model = load_model(run.model)
    found = evaluate(model, data.x_test[:50], data.y_test[:50], data.class_names)
    assert looks.seen(model, data, found) is None and looks.cams(model, data, found) is None
    assert "<svg" in looks.diagram(model) and "http" not in looks.diagram(model)
    open_size = nabi.Sequential([Input((None, None, 1)), Conv2D(2, 3), GlobalAveragePooling2D(), Dense(2)])
    assert looks.spatial(open_size) and "<svg" in looks.diagram(open_size)
