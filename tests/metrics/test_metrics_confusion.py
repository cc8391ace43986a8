"""Counts, precision, recall, F, AUC, R2, IoU, top-k: Keras 3 in float64, scikit-learn, plain loops; mutations that are seen."""

import json
import warnings

import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn

from nabi import metrics
from nabi.core import registry
from nabi.core.errors import ArgumentError, DataError

RNG = np.random.default_rng(12)
N, C = 60, 4
BITS, P = RNG.integers(2, size=(N, C)), RNG.uniform(size=(N, C))
P = np.clip(0.35 * BITS + 0.65 * P, 0, 1)  # better than guessing
ONE_HOT = np.eye(C)[RNG.integers(C, size=N)]
SHARES = RNG.dirichlet(np.ones(C), size=N) * 0.85 + 0.15 * ONE_HOT
NUMBERS, ANSWERS = RNG.integers(3, size=N), RNG.integers(4, size=N)
REAL = RNG.normal(size=(N, 2)) + 3
FITTED = REAL + RNG.normal(size=(N, 2)) * [0.3, 0.8]
W = RNG.uniform(size=N)
BATCHES = [slice(0, 25), slice(25, 59), slice(59, 60)]
BINARY, CLASSES = (BITS[:, 0], P[:, 0]), (ONE_HOT, SHARES)

CASES = [
    *((name, options, BINARY) for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
      for options in ({}, {"thresholds": [0.9, 0.2, 0.61]})),
    ("Precision", {}, (BITS, P)), ("Precision", {"thresholds": [0.7, 0.3]}, BINARY), ("Precision", {"class_id": 2}, CLASSES),
    ("Precision", {"top_k": 2}, CLASSES), ("Precision", {"top_k": 2, "class_id": 1, "thresholds": 0.2}, CLASSES),
    ("Recall", {}, (BITS, P)), ("Recall", {"thresholds": [0.8, 0.4]}, BINARY), ("Recall", {"top_k": 1}, CLASSES),
    ("Recall", {"class_id": 0, "thresholds": 0.4}, CLASSES),
    ("F1Score", {}, CLASSES), ("F1Score", {"average": "macro"}, CLASSES), ("F1Score", {"threshold": 0.5}, (BITS, P)),
    ("FBetaScore", {"beta": 2.0, "average": "weighted", "threshold": 0.6}, (BITS, P)),
    ("FBetaScore", {"beta": 0.5, "average": "micro"}, CLASSES),
    ("R2Score", {}, (REAL, FITTED)), ("R2Score", {"class_aggregation": None}, (REAL, FITTED)),
    ("R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 3}, (REAL, FITTED)),
    ("TopKCategoricalAccuracy", {"k": 2}, CLASSES), ("TopKCategoricalAccuracy", {"k": 1}, CLASSES),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, (ONE_HOT.argmax(1), SHARES)),
    ("SparseTopKCategoricalAccuracy", {"k": 3, "from_sorted_ids": True}, (NUMBERS, SHARES.argsort(1)[:, ::-1].copy())),
]  # fmt: skip
AREAS = [
    ("AUC", {}, BINARY), ("AUC", {}, (BITS, P)), ("AUC", {"num_thresholds": 7}, BINARY), ("AUC", {"num_thresholds": 2}, BINARY),
    *(("AUC", {"curve": curve, "summation_method": method, "thresholds": [0.6, 0.2, 0.33, 0.9]}, BINARY)
      for curve in ("ROC", "PR") for method in ("interpolation", "majoring", "minoring")),
    ("AUC", {"curve": "PR"}, BINARY), ("AUC", {"multi_label": True, "curve": "pr"}, (BITS, P)),
    ("AUC", {"multi_label": True, "num_labels": C, "label_weights": [1.0, 2.0, 0.5, 0.0]}, (BITS, P)),
    ("AUC", {"label_weights": [1.0, 2.0, 0.5, 0.0]}, (BITS, P)), ("AUC", {"from_logits": True}, (BITS[:, 0], P[:, 0] * 6 - 3)),
    ("SensitivityAtSpecificity", {"specificity": 0.7}, BINARY), ("SpecificityAtSensitivity", {"sensitivity": 0.8}, BINARY),
    ("PrecisionAtRecall", {"recall": 0.6, "num_thresholds": 30}, BINARY), ("PrecisionAtRecall", {"recall": 0.97}, BINARY),
    ("RecallAtPrecision", {"precision": 0.9, "class_id": 3}, CLASSES), ("RecallAtPrecision", {"precision": 1.0}, BINARY),
    ("SensitivityAtSpecificity", {"specificity": 0.3, "num_thresholds": 1}, BINARY),
]  # fmt: skip
OVERLAPS = [
    ("IoU", {"num_classes": 4, "target_class_ids": [0, 3]}, (NUMBERS, ANSWERS)),
    ("MeanIoU", {"num_classes": 4}, (NUMBERS, ANSWERS)), ("MeanIoU", {"num_classes": 6, "ignore_class": 1}, (NUMBERS, ANSWERS)),
    ("MeanIoU", {"num_classes": 3}, (NUMBERS, ANSWERS)), ("OneHotMeanIoU", {"num_classes": C}, CLASSES),
    ("OneHotIoU", {"num_classes": C, "target_class_ids": [2]}, CLASSES), ("BinaryIoU", {"threshold": 0.6}, BINARY),
    ("MeanIoU", {"num_classes": C, "sparse_y_true": False, "sparse_y_pred": False}, CLASSES),
]  # fmt: skip


def run(module, name, config, data, weight):
    """The result after three batches of unequal size."""
    metric = getattr(module, name)(**({} if module is metrics else {"dtype": "float64"}), **config)
    y, p = map(torch.tensor, data)
    for batch in BATCHES:
        metric.update_state(y[batch], p[batch], sample_weight=None if weight is None else torch.tensor(weight[batch]))
    return np.asarray(metric.result())


@pytest.mark.parametrize("weight", [None, W], ids=["", "weighted"])
def test_keras(keras64, weight):
    """1e-12, where Keras on torch itself computes in float64; its even thresholds and its IoU pass through float32."""
    for cases, tolerance in ((CASES, 1e-12), (AREAS, 1e-6), (OVERLAPS, 1e-6)):
        for name, config, data in cases:
            theirs, ours = run(keras64.metrics, name, config, data, weight), run(metrics, name, config, data, weight)
            np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance, err_msg=f"{name} {config}")
            assert np.abs(theirs).max() > 0.01, (name, config)


def test_default_names_and_configurations_are_keras(keras64):
    for name in dict.fromkeys(name for name, *_ in (*CASES, *AREAS, *OVERLAPS)):
        config = next(config for other, config, _ in (*CASES, *AREAS, *OVERLAPS) if other == name)
        ours, theirs = getattr(metrics, name)(**config), getattr(keras64.metrics, name)(**config)
        assert theirs.name.rstrip("_0123456789") in (ours.name, ours.name.rstrip("_0123456789")), name
        same = set(ours.get_config()) & set(theirs.get_config()) - {"name", "dtype", "thresholds"}
        assert {k: ours.get_config()[k] for k in same} == {k: theirs.get_config()[k] for k in same}
        assert set(theirs.get_config()) - {"dtype"} <= set(ours.get_config()), name
        assert ours.direction == {"up": "max", "down": "min", None: None}[getattr(theirs, "_direction", None)], name


def test_counts_by_a_loop():
    for threshold in (0.0, 0.37, 0.5, 1.0):
        p = np.round(P[:, 0], 1)
        yes = p > threshold
        expected = [(W * (BITS[:, 0] == label) * (yes == said)).sum() for label, said in ((1, 1), (0, 1), (0, 0), (1, 0))]
        found = [getattr(metrics, name)(threshold)(BITS[:, 0], p, W)
                 for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")]
        np.testing.assert_allclose(found, expected, rtol=1e-13)
        wrong = (W * BITS[:, 0] * (p >= threshold)).sum()
        assert threshold != 0.5 or abs(wrong - found[0]) > 1e-3, "p at the threshold is a no; >= would be seen"


@pytest.mark.parametrize("weight", [None, W])
def test_scikit_learn(weight):
    yes, no_weight = P[:, 0] > 0.5, weight if weight is not None else np.ones(N)
    y, p = BINARY
    for ours, theirs in [
        (metrics.Precision(), sklearn.precision_score), (metrics.Recall(), sklearn.recall_score),
    ]:  # fmt: skip
        assert ours(y, p, weight) == pytest.approx(theirs(y, yes, sample_weight=weight), rel=1e-12)
    for average in ("micro", "macro", "weighted", None):
        for beta in (1.0, 2.0):
            theirs = sklearn.fbeta_score(BITS, P > 0.5, beta=beta, average=average, sample_weight=weight)
            np.testing.assert_allclose(metrics.FBetaScore(average, beta, 0.5)(BITS, P, weight), theirs, rtol=1e-6)
    finest = list(np.unique(p))[1:-1]
    exact = sklearn.roc_auc_score(y, p, sample_weight=weight)
    assert metrics.AUC(thresholds=finest)(y, p, weight) == pytest.approx(exact, abs=1e-12)
    assert 1e-6 < abs(metrics.AUC()(y, p, weight) - exact) < 0.01 < abs(metrics.AUC(4)(y, p, weight) - exact)
    for aggregation, name in (("uniform_average", "uniform_average"), ("variance_weighted_average", "variance_weighted"),
                              (None, "raw_values")):
        theirs = sklearn.r2_score(REAL + 1e6, FITTED + 1e6, multioutput=name, sample_weight=weight)
        np.testing.assert_allclose(metrics.R2Score(aggregation)(REAL + 1e6, FITTED + 1e6, weight), theirs, rtol=1e-9)
    jaccard = sklearn.jaccard_score(NUMBERS, ANSWERS, average=None, labels=range(4), sample_weight=no_weight)
    assert metrics.MeanIoU(4)(NUMBERS, ANSWERS, weight) == pytest.approx(jaccard.mean(), rel=1e-6)
    top = sklearn.top_k_accuracy_score(ONE_HOT.argmax(1), SHARES, k=2, sample_weight=weight)
    assert metrics.TopKCategoricalAccuracy(2)(ONE_HOT, SHARES, weight) == pytest.approx(top, rel=1e-12)
    matrix = sklearn.confusion_matrix(y, yes, sample_weight=weight)
    counts = [[metrics.TrueNegatives(), metrics.FalsePositives()], [metrics.FalseNegatives(), metrics.TruePositives()]]
    np.testing.assert_allclose([[m(y, p, weight) for m in row] for row in counts], matrix, rtol=1e-12)


def test_area_of_precision_by_integration():
    """Between two thresholds TP rises evenly with P; the integral of TP/P over TP in ten thousand steps."""
    limits = [-1e-7, 0.2, 0.4, 0.6, 0.8, 1 + 1e-7]
    y, p = BINARY
    tp, yes = (np.array([((p > t) & part).sum() for t in limits]) for part in (y == 1, np.ones(N, bool)))
    area = 0.0
    for i in range(len(limits) - 1):
        t = (np.arange(10_000) + 0.5) / 10_000
        many, right = yes[i + 1] + t * (yes[i] - yes[i + 1]), tp[i + 1] + t * (tp[i] - tp[i + 1])
        area += (right / many).mean() * (tp[i] - tp[i + 1]) / y.sum()
    found = metrics.AUC(curve="PR", thresholds=limits[1:-1])(y, p)
    assert found == pytest.approx(area, abs=1e-6)
    assert abs(metrics.AUC(curve="PR", thresholds=limits[1:-1], summation_method="majoring")(y, p) - area) > 1e-3


BROKEN = {
    "precision and recall swapped": (metrics.Precision(), BINARY, lambda y, p: sklearn.recall_score(y, p > 0.5)),
    "beta on precision": (metrics.FBetaScore("micro", 2.0, 0.5), (BITS, P),
                          lambda y, p: sklearn.fbeta_score(y, p > 0.5, beta=0.5, average="micro")),
    "macro for weighted": (metrics.F1Score("weighted", 0.5), (BITS, P),
                           lambda y, p: sklearn.f1_score(y, p > 0.5, average="macro")),
    "left sums for trapezoids": (metrics.AUC(num_thresholds=10), BINARY,
                                 lambda y, p: metrics.AUC(num_thresholds=10, summation_method="minoring")(y, p)),
    "straight lines in PR": (metrics.AUC(5, "PR"), BINARY, lambda y, p: np.trapezoid(*curve(y, p)[::-1])),
    "mean of squares for variance": (metrics.R2Score(), (REAL, FITTED),
                                     lambda y, p: np.mean(1 - ((y - p) ** 2).sum(0) / (y**2).sum(0))),
    "dice for IoU": (metrics.MeanIoU(4), (NUMBERS, ANSWERS),
                     lambda y, p: sklearn.f1_score(y, p, average="macro", labels=range(4))),
    "k one too many": (metrics.TopKCategoricalAccuracy(2), CLASSES,
                       lambda y, p: sklearn.top_k_accuracy_score(y.argmax(1), p, k=3)),
}  # fmt: skip


def curve(y, p):
    """Recall and precision at 5 thresholds, from right to left, without the last."""
    limits = [0.75, 0.5, 0.25, -1]
    hits = np.array([((p > t) & (y == 1)).sum() for t in limits])
    return hits / y.sum(), hits / np.array([(p > t).sum() for t in limits])


@pytest.mark.parametrize("what", BROKEN)
def test_broken_on_purpose(what):
    metric, data, mutated = BROKEN[what]
    assert abs(metric(*data) - mutated(*data)) > 1e-3


def test_edges():
    """Nothing to count gives 0; NaN is a no; equal probabilities share a place; a label out of range is not among the best."""
    zeros = np.zeros(3)
    for name in ("Precision", "Recall", "AUC"):
        assert getattr(metrics, name)()(zeros, zeros) == 0.0
    assert metrics.TruePositives()([1, 1], [np.nan, 0.9]) == 1 and metrics.FalseNegatives()([1, 1], [np.nan, 0.9]) == 1
    assert metrics.AUC()([0, 1], [0.0, 1.0]) == 1.0 and metrics.AUC()([0, 1], [0.0, np.nan]) < 1
    assert metrics.SparseTopKCategoricalAccuracy(1)([0, 1, 9, -1], np.full((4, 3), 1 / 3)) == 0.5
    assert metrics.SparseTopKCategoricalAccuracy(9)([[0], [1]], np.full((2, 3), 1 / 3)) == 1.0
    assert metrics.R2Score()([2.0, 2.0], [2.0, 2.0]) == 1.0 and metrics.R2Score()([0.1, 0.1, 0.1], [0.1, 0.1, 0.2]) == 0.0
    assert metrics.R2Score()([1.0, 2.0], [[1.0], [2.0]]) == 1.0
    assert metrics.F1Score()([[0, 1]], [[0.0, 0.0]]).tolist() == [0, 0], "a sample of zeros has no yes"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert metrics.R2Score(num_regressors=2)([1.0, 2.0, 3.0], [1.0, 2.0, 4.0]) == 0.5
    assert "3 values are too few for num_regressors=2" in str(told[0].message)
    pictures = RNG.uniform(size=(2, 3, 3))
    weighted = metrics.TruePositives()(pictures > 0.4, pictures, [1.0, 0.0])
    assert weighted == (pictures[0] > 0.5).sum(), "a weight of a sample holds for all its places"


def test_predictions_in_float32_meet_thresholds_in_float32():
    """0.3 as float32 lies above 0.3; it is no yes for that."""
    assert metrics.TruePositives(0.3)([1], torch.tensor([0.3])) == 0


def test_sum_and_functions_with_arguments():
    total = metrics.Sum()
    values = RNG.normal(size=(N, C))
    for w in (None, W, RNG.uniform(size=(N, C)), 2.0):
        total.reset_state()
        total.update_state(values, w)
        expected = (values * (1 if w is None else w[:, None] if np.shape(w) == (N,) else w)).sum()
        assert total.result() == pytest.approx(expected, rel=1e-12)
    within = metrics.MeanMetricWrapper(metrics.top_k_categorical_accuracy, "top2", k=2)
    assert within(ONE_HOT, SHARES) == metrics.TopKCategoricalAccuracy(2)(ONE_HOT, SHARES)


def test_a_function_with_arguments_is_written_with_them():
    @registry.register("metric")
    def error_to_the(y_true, y_pred, power=1):
        return ((y_true - y_pred).abs() ** power).mean(-1)

    try:
        metric = metrics.MeanMetricWrapper(error_to_the, "cubes", power=3)
        again = metrics.get(json.loads(json.dumps(metrics.serialize(metric))))
        assert again([[0.0]], [[2.0]]) == metric([[0.0]], [[2.0]]) == 8.0 and again.name == "cubes"
    finally:
        del registry.TABLE["metric"]["error_to_the"]


BAD = {  # bad values of every argument
    "TruePositives": {"thresholds": (1.5, -0.1, "0.5", [], [0.5, 2])}, "Precision": {
        "thresholds": (2, [0.1, None]), "top_k": (0, 1.5, "2"), "class_id": (-1, "0"), "name": (3,), "dtype": ("int32",)},
    "Recall": {"thresholds": (float("nan"),), "top_k": (True,), "class_id": (0.5,)},
    "FBetaScore": {"average": ("mean", 3), "beta": (0, -1, "1", None), "threshold": (0, 1.1, "0.5")},
    "F1Score": {"average": ("binary",), "threshold": (-1,)},
    "AUC": {"num_thresholds": (1, 2.5, None), "curve": ("roc-curve", 3, "PRGAIN"), "summation_method": ("mean", None),
            "thresholds": ([2.0], ["a"]), "multi_label": (2,), "num_labels": (3,), "label_weights": ([-1], ["a"]),
            "from_logits": ("no",)},
    "R2Score": {"class_aggregation": ("mean",), "num_regressors": (-1, 0.5)},
    "TopKCategoricalAccuracy": {"k": (0, 1.5, None)}, "SparseTopKCategoricalAccuracy": {"k": (-1,), "from_sorted_ids": (2,)},
    "BinaryCrossentropy": {"from_logits": (2,), "label_smoothing": (2, "a")}, "CosineSimilarity": {"axis": (None,)},
    "CategoricalCrossentropy": {"axis": (0.5,), "label_smoothing": (-1,)}, "BinaryAccuracy": {"threshold": ("a", None)},
    "SparseCategoricalCrossentropy": {"ignore_class": (0.5,), "from_logits": (None,)}, "BinaryIoU": {"threshold": (None,)},
    "MeanMetricWrapper": {"fn": (3, None)}, "MeanIoU": {"num_classes": (0, "2")},
}  # fmt: skip


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in BAD.items() for word in words])
def test_bad_values_of_arguments(name, word):
    for value in BAD[name][word]:
        with pytest.raises(ArgumentError, match=rf"^{name}\({word}\): expected .*, got "):
            getattr(metrics, name)(**{word: value})


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: metrics.Precision()(np.zeros(5), np.zeros((5, 3))), DataError, r"precision: expected labels .*\(5, 3\), got \(5,\)"),
    (lambda: metrics.Precision(top_k=4)(np.zeros((5, 3)), np.zeros((5, 3))), DataError, r"\(top_k\): expected up to 3"),
    (lambda: metrics.Recall(class_id=3)(np.zeros((5, 3)), np.zeros((5, 3))), DataError, r"\(class_id\): .*class 3, got \(5, 3\)"),
    (lambda: metrics.Recall()(np.zeros(5), np.zeros(5), np.ones(4)), DataError, "sample_weight: expected one weight a sample"),
    (lambda: metrics.F1Score()(np.zeros(5), np.zeros((5, 3))), DataError, r"f1_score: .*to_categorical\(y\)"),
    (lambda: metrics.R2Score()(np.zeros((5, 3)), np.zeros((5, 2))), DataError, r"r2_score: .*\(5, 2\), got targets \(5, 3\)"),
    (lambda: metrics.AUC(multi_label=True)(np.zeros(5), np.zeros(5)), DataError, r"auc: expected predictions \(batch, labels\)"),
    (lambda: metrics.AUC(label_weights=[1, 2])(np.zeros((5, 3)), np.zeros((5, 3))), DataError, "for each of 3 labels, got 2"),
    (lambda: metrics.TopKCategoricalAccuracy()(np.zeros((5, 3)), np.zeros((4, 3))), DataError, "top-k accuracy: expected labels"),
    (lambda: metrics.MeanIoU(2)(np.zeros(5), np.zeros(4)), DataError, "mean_io_u: expected as many labels as answers, 4, got 5"),
    (lambda: metrics.MeanIoU(2)(np.zeros(5), np.zeros(5), np.ones(4)), DataError, "sample_weight: .*each of 5 places, got 4"),
    (lambda: metrics.IoU(2, [2]), ArgumentError, r"IoU\(target_class_ids\): expected class numbers below 2, got \[2\]"),
    (lambda: metrics.IoU(2, 1), ArgumentError, r"IoU\(target_class_ids\): expected a list of class numbers, got 1"),
    (lambda: metrics.SensitivityAtSpecificity(1.5), ArgumentError, r"Specificity\(specificity\): .* in \[0, 1\], got 1.5"),
    (lambda: metrics.RecallAtPrecision(0.5, 0), ArgumentError, r"RecallAtPrecision\(num_thresholds\): .*from 1 upwards, got 0"),
    (lambda: metrics.get("presicion"), ValueError, "Did you mean 'precision'"),
])  # fmt: skip
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
