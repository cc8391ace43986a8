"""Names and arguments that NumPy, pandas, scikit-learn, SciPy and matplotlib no longer have: there during a run, gone behind it.

Oracle: what these libraries themselves give by today's names.
"""

import ast
import sys
from importlib import import_module

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from nabi.as_keras import install_as_keras, uninstall_as_keras
from nabi.as_keras.libraries.old_libraries import resolved
from nabi.as_keras.libraries.old_names import MODULES, NAMES
from nabi.datasets import boston_housing, standing_in


def test_every_name_stands_for_something(served):
    for module, names in NAMES.items():
        for name, where in names.items():
            assert resolved(where) is not None, name
            if module in sys.modules:
                getattr(sys.modules[module], name)


def test_every_module_stands_for_another(served):
    assert all(resolved(where) is not None for where in MODULES.values())
    from six.moves import cPickle, xrange
    from sklearn import model_selection
    from sklearn.cross_validation import train_test_split
    from sklearn.externals import joblib
    from sklearn.externals.joblib import dump

    assert train_test_split is model_selection.train_test_split and dump is joblib.dump and [*xrange(2)] == [0, 1]
    assert cPickle.loads(cPickle.dumps(3)) == 3


def test_nothing_remains():
    assert not hasattr(np, "float")
    install_as_keras()
    with pytest.warns(UserWarning, match="numpy.float is gone"):
        assert np.float(2) == 2.0
    import_module("sklearn.grid_search")
    uninstall_as_keras()
    assert not hasattr(np, "float") and "sklearn.grid_search" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        import_module("sklearn.grid_search")


def test_boston(served):
    from sklearn.datasets import load_boston

    with standing_in():
        boston = load_boston()
        (x, y), _ = boston_housing.load_data()
    assert np.allclose(boston.data[22], x[0]) and boston.target[22] == y[0]  # RandomState(113) moves row 22 to the first place
    assert boston.data.shape == (506, 13) and boston["target"].shape == (506,) and len(boston.feature_names) == 13


def test_functions_of_scikit_learn(served):
    from sklearn.metrics import confusion_matrix, mean_squared_error
    from sklearn.preprocessing import OneHotEncoder
    from sklearn.utils.class_weight import compute_class_weight

    y, p = [0, 1, 1, 2], [0, 1, 2, 2]
    assert mean_squared_error(y, p, squared=False) == mean_squared_error(y, p) ** 0.5 == 0.5
    assert (confusion_matrix(y, p, [2, 1]) == confusion_matrix(y, p, labels=[2, 1])).all()
    assert np.allclose(compute_class_weight("balanced", np.unique(y), y), [4 / 3, 2 / 3, 4 / 3])
    assert OneHotEncoder(sparse=False).fit_transform([["a"], ["b"]]).tolist() == [[1, 0], [0, 1]]


def test_frames(served, tmp_path):
    table = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": ["x", "y", "x"], "c": [1, 2, 4]})
    assert table.fillna(method="ffill")["a"].tolist() == [1, 1, 3] and table["b"].dtype == object
    assert np.isclose(table.corr().loc["a", "c"], 1.0) and table.mean()["a"] == 2.0
    longer = table.append({"a": 5.0, "b": "z", "c": 7}, ignore_index=True)
    assert longer.shape == (4, 3) and longer.ix[3, "b"] == "z" and longer.ix[0, 2] == 1
    assert longer.as_matrix(["a"]).shape == (4, 1)
    values = table[["a", "c"]].values
    values[0, 0] = 9.0
    assert values[0, 0] == 9 and table["a"][0] == 1
    (tmp_path / "t.txt").write_text("1 2   3\n4 5 6\n")
    assert pd.read_csv(tmp_path / "t.txt", delim_whitespace=True, header=None).to_numpy().tolist() == [[1, 2, 3], [4, 5, 6]]
    pd.set_option("max_colwidth", -1)
    pd.reset_option("max_colwidth")


def test_pictures(served, tmp_path):
    from scipy.misc import imread, imresize, imsave

    a = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    imsave(tmp_path / "a.png", a)
    assert (imread(tmp_path / "a.png") == a).all() and imresize(a, (2, 3)).shape == (2, 3, 3)
    assert imresize(a, 50).shape == (2, 2, 3)
    assert (imresize(a, (4, 4)) == a).all() and imread(tmp_path / "a.png", flatten=True).shape == (4, 4)


def test_ranges_and_channels_of_pictures(served):
    """Oracle: SciPy 1.2's formula, (x - cmin) 255 / (cmax - cmin)."""
    from scipy.misc import bytescale, imresize, imrotate, toimage

    x = np.array([[0.0, 0.25], [0.5, 0.5]])
    assert np.asarray(toimage(x)).tolist() == [[0, 128], [255, 255]]
    assert np.asarray(toimage(x, cmin=0.0, cmax=1.0)).tolist() == [[0, 64], [128, 128]]
    assert np.asarray(toimage(x, mode="F")).tolist() == x.tolist() and bytescale(x, high=2).max() == 2
    first = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    assert (np.asarray(toimage(first)) == first.transpose(1, 2, 0)).all()
    assert imresize(x, (4, 4), mode="F").dtype == np.float32 and imresize(x, (4, 4), mode="F").max() == 0.5
    a = (np.arange(49) % 5 * 50).astype(np.uint8).reshape(7, 7)
    assert set(imrotate(a, 30, "nearest").ravel()) <= set(a.ravel()) and (imrotate(a, 30) != imrotate(a, 30, "nearest")).any()


def test_imputer_of_rows(served):
    from sklearn.preprocessing import Imputer

    x = [[1.0, np.nan, 3.0], [4.0, 8.0, np.nan]]
    assert Imputer("NaN", "mean", axis=1).fit_transform(x).tolist() == [[1, 2, 3], [4, 8, 6]]
    assert Imputer(axis=0).fit(x).transform(x).tolist() == [[1, 8, 3], [4, 8, 3]]


def test_functions_are_found_in_pickles(served):
    import inspect
    import pickle

    from sklearn import metrics

    scorer = pickle.loads(pickle.dumps(metrics.make_scorer(metrics.f1_score)))
    assert scorer._score_func is metrics.f1_score and pickle.loads(pickle.dumps(np.save)) is np.save
    names, more, options, defaults = inspect.getargspec(lambda x, *rest, y=2: x)
    assert (names, more, options, defaults) == (["x"], "rest", None, None)


def test_styles(served):
    with plt.style.context("seaborn-whitegrid"):
        figure = plt.figure()
        assert figure.gca(projection="polar").name == "polar"
        plt.close(figure)


def test_colab(served, tmp_path, monkeypatch):
    from google.colab import drive, files
    from google.colab.patches import cv2_imshow

    monkeypatch.chdir(tmp_path)
    with pytest.warns(UserWarning, match="google.colab is not here"):
        drive.mount("/content/drive")
    assert files.upload() == {} and files.download("model.h5") is None and cv2_imshow(np.zeros((4, 4, 3))) is None


def test_ragged_rows(served):
    from nabi.as_keras.scripts.ragged import rows

    with pytest.warns(UserWarning, match="different lengths"):
        made = rows(np.array)([[1], [2, 3]])
    assert made.tolist() == np.array([[1], [2, 3]], dtype=object).tolist() and rows(np.asarray)([[1], [2]]).dtype == np.int64
    with pytest.raises(ValueError, match="inhomogeneous"):
        rows(np.array)([[1], [2, 3]], dtype=float)
    assert rows(np.delete)([[1, 2], [], [3]], [1], axis=0).tolist() == [[1, 2], [3]]  # sentences, the empty ones left out
    assert rows(np.delete)([[1, 2], [3]], [], axis=0).tolist() == [[1, 2], [3]]
    assert rows(np.delete)([[1, 2], [3, 4]], [0], axis=0).tolist() == [[3, 4]] and rows(list.append) is list.append


def test_calls_of_rows_are_written_anew():
    from nabi.as_keras.scripts.ragged import Arrays

    text = "a = np.array(x); b = array(x); c = np.delete(x, [0]); names.append(x); d = self.np.array(x); e = delete(x)"
    new = ast.unparse(Arrays().visit(ast.parse(text)))
    assert new.split("\n") == ["a = __nabi_rows__(np.array)(x)", "b = __nabi_rows__(array)(x)",
                               "c = __nabi_rows__(np.delete)(x, [0])", "names.append(x)", "d = self.np.array(x)", "e = delete(x)"]


def test_pictures_in_folders_that_a_repository_brings(served, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = plt.figure()
    with pytest.warns(UserWarning, match="The folder images/gan was not there"):
        figure.savefig("images/gan/0.png")
    assert (tmp_path / "images/gan/0.png").exists()
    with pytest.raises(FileNotFoundError):
        figure.savefig("../elsewhere/0.png")
    plt.close(figure)


LONE = """
import math
from numpy import array, zeros
one, held, plain = array([[2.5]]), zeros(3), {}
held[1], plain["a"] = 0, 1
held[0] = one
plain["b"] = one
said = "%.1f %d%%" % (one, array([7])), "%.2f" % one[0], float(one), int(one[0]), math.sqrt(array([4.0])), round(array([1.26]), 1)
refused = []
for step in (lambda: float(zeros(2)), lambda: "%d" % "a", lambda: math.sqrt("a"), lambda: held.__setitem__(0, zeros(2))):
    try:
        step()
    except (TypeError, ValueError):
        refused.append(1)
try:
    held[0] = zeros(2)
except ValueError:
    refused.append(1)
"""


def test_arrays_of_one_number(served):
    from nabi.as_keras.scripts.rewriting import concerns, rewritten

    module: dict = {"__name__": "script"}
    with pytest.warns(UserWarning, match="An array of one number"):
        exec(compile(rewritten(ast.parse(LONE)), "script.py", "exec"), module)
    assert module["said"] == ("2.5 7%", "2.50", 2.5, 2, 2.0, 1.3) and module["held"].tolist() == [2.5, 0, 0]
    assert module["plain"]["b"] is module["one"] and len(module["refused"]) == 5 and concerns("print('%d' % x)")
    assert "nabi" not in ast.unparse(rewritten(ast.parse("from numba import njit\nx[0] = float(y)")))


def test_columns_of_a_matrix(served):
    frame = pd.DataFrame({"x": [1, 2], "y": [3, 4], "z": [5, 6]})
    assert frame.as_matrix(columns=("x", "z")).tolist() == [[1, 5], [2, 6]]


def test_california_without_a_network(served, monkeypatch):
    from sklearn import datasets

    from nabi.as_keras.libraries.old_functions import CALIFORNIA, california_housing
    from nabi.datasets import california_housing as ours

    def offline(**options):
        raise OSError("no network")

    fetch = california_housing(offline)
    assert hasattr(datasets.fetch_california_housing, "__wrapped__")
    with standing_in():
        houses, frame = fetch(), fetch(as_frame=True).frame
        (x, y), (x_test, y_test) = ours.load_data()
    assert houses.data.shape == (20640, 8) and list(frame) == [*CALIFORNIA, "MedHouseVal"] and fetch.__name__ == "offline"
    named = dict(zip(ours.feature_names, x[7].astype(float), strict=True))
    order = np.arange(20640)
    np.random.RandomState(113).shuffle(order)  # of Keras
    row = dict(zip(CALIFORNIA, houses.data[order[7]], strict=True))
    assert row["AveRooms"] == named["total_rooms"] / named["households"] and row["Latitude"] == named["latitude"]
    assert row["MedInc"] == named["median_income"] and row["AveOccup"] == named["population"] / named["households"]
    np.testing.assert_allclose(houses.target[order], np.concatenate([y, y_test]) / 1e5, rtol=1e-6)


def test_diagrams_of_other_kinds(served, tmp_path):
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.utils import plot_model
    from PIL import Image

    model = Sequential([Dense(2, input_dim=3)])
    for name, kind in (("new/net.jpg", "JPEG"), ("net", "PNG"), ("net.png", "PNG")):
        plot_model(model, to_file=str(tmp_path / name), show_shapes=True)
        assert Image.open(tmp_path / name).format == kind
