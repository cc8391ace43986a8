"""Samplers of imblearn that is not installed: rows and labels are imblearn's.

Oracle: what imbalanced-learn 0.14.2 gives for the same data and seeds.
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler

from nabi.as_keras.companions.samplers import SMOTE, RandomOverSampler, RandomUnderSampler
from nabi.as_keras.companions.sampling_pipeline import Pipeline, make_pipeline
from nabi.core.errors import ArgumentError

SOURCE = np.random.RandomState(0)
X, Y = SOURCE.randn(40, 3), np.repeat([0, 1, 2], (24, 9, 7))
SOURCE.shuffle(Y)
FRAME = pd.DataFrame({"a": X[:, 0], "b": (X[:, 1] * 10).astype(int), "c": X[:, 2] > 0}, index=range(100, 140))
COLUMN = pd.Series(Y, name="t", index=FRAME.index)


def test_smote_goes_from_a_row_towards_a_neighbour():
    rows, labels = SMOTE(random_state=7).fit_resample(X, Y)
    assert rows.shape == (72, 3) and np.bincount(labels).tolist() == [24, 24, 24] and np.array_equal(rows[:40], X)
    assert np.allclose(rows[-1], [0.816385, 0.361607, -0.776654], atol=1e-6) and rows.sum() == pytest.approx(8.1042, abs=1e-4)
    near, _ = SMOTE(random_state=7, k_neighbors=3).fit_resample(X.astype("float32"), Y)
    assert near.dtype == np.float32 and near.sum() == pytest.approx(5.6105, abs=1e-3)
    whole, labels = SMOTE(sampling_strategy={1: 20}, random_state=7).fit_resample((X * 10).astype(int), Y)
    assert whole[-3:].tolist() == [[0, 5, 0], [2, -3, -2], [4, 4, 7]] and len(labels) == 51
    half, labels = SMOTE(ratio=0.9, kind="regular", random_state=7).fit_sample(X, (Y == 0).astype(int))
    assert len(half) == 45 and half.sum() == pytest.approx(15.0126, abs=1e-4) and labels.sum() == 24


def test_smote_keeps_frames_one_hot_rows_and_lists():
    rows, labels = SMOTE(sampling_strategy="minority", random_state=7).fit_resample(FRAME, COLUMN)
    assert [str(kind) for kind in rows.dtypes] == ["float64", "int64", "bool"]
    assert list(rows.index) == list(labels.index) == list(range(57))
    assert rows.iloc[-1].tolist() == [-0.21087322617175186, 15, False] and labels.name == "t" and len(labels) == 57
    _, frame = SMOTE(random_state=7).fit_resample(FRAME, COLUMN.to_frame())
    assert list(frame) == ["t"] and len(frame) == 72
    assert SMOTE(random_state=7).fit_resample(X, np.eye(3)[Y])[1].sum(axis=0).tolist() == [24, 24, 24]
    assert SMOTE(random_state=7).fit_resample(X, np.eye(2)[(Y == 0).astype(int)])[1].shape == (48, 1)  # as imblearn has it
    rows, labels = SMOTE(random_state=7).fit_resample(X.tolist(), Y.tolist())
    assert rows[-1] == pytest.approx([0.816385, 0.361607, -0.776654], abs=1e-6) and labels[-2:] == [2, 2]


def test_rows_are_repeated_or_left_out():
    sampler = RandomOverSampler(random_state=0)
    rows, labels = sampler.fit_resample(X, Y)
    assert rows.sum() == pytest.approx(18.4708, abs=1e-4) and labels.sum() == 72
    assert np.array_equal(X[sampler.sample_indices_], rows)
    mixed = FRAME.assign(c=["x", "y"] * 20)
    rows, _ = RandomOverSampler(random_state=0).fit_resample(mixed, COLUMN)
    assert rows.iloc[-1].tolist() == [-1.7062701906250126, 19, "x"] and list(rows.index[-2:]) == [70, 71]
    rows, labels = RandomUnderSampler(random_state=0).fit_resample(mixed, COLUMN)
    assert len(rows) == 21 and list(rows.index)[:3] == [115, 111, 137] and list(labels.index)[-3:] == [117, 126, 128]
    rows, labels = RandomUnderSampler(sampling_strategy=0.9, random_state=0).fit_resample(X, (Y == 0) * 1)
    assert len(labels) == 33 and rows.sum() == pytest.approx(5.1213, abs=1e-4)
    rows, _, places = RandomUnderSampler(ratio={0: 12}, random_state=0, replacement=True, return_indices=True).fit_resample(X, Y)
    assert rows.sum() == pytest.approx(19.6679, abs=1e-4) and np.array_equal(X[places], rows)


def test_what_cannot_be_sampled_is_said():
    for sampler, y in ((SMOTE(0.5), Y), (SMOTE("majority"), Y), (SMOTE({1: 2}), Y), (RandomUnderSampler({5: 1}), Y),
                       (SMOTE(), np.eye(3)[Y] + np.eye(3)[0] > 0)):
        with pytest.raises(ArgumentError, match="[.]$"):
            sampler.fit_resample(X, y)
    with pytest.raises(ArgumentError, match="pip install imbalanced-learn"):
        SMOTE(kind="svm")


def test_a_pipeline_samples_where_it_learns():
    draw = np.random.RandomState(0)
    x = draw.randn(120, 3)
    y = (x[:, 0] + draw.randn(120) > 1.2).astype(int)
    whole = make_pipeline(StandardScaler(), SMOTE(random_state=1), LogisticRegression())
    shares = whole.fit(x, y).predict_proba(x)
    assert np.allclose(shares[:2, 1], [0.950715, 0.982042], atol=1e-5) and whole.score(x, y) == 0.825
    assert cross_val_score(whole, x, y, cv=3).tolist() == [0.775, 0.85, 0.85]
    steps = [("over", SMOTE(0.6, random_state=1)), ("under", RandomUnderSampler(0.8, random_state=1))]
    rows, labels = Pipeline(steps).fit_resample(x, y)
    assert rows.shape == (132, 3) and labels.sum() == 59 and rows.sum() == pytest.approx(64.02808, abs=1e-4)


def test_scripts_find_it(served):
    import imblearn  # pyright: ignore[reportMissingImports]
    from imblearn.over_sampling import SMOTE as found  # pyright: ignore[reportMissingImports]

    assert found is SMOTE and imblearn.under_sampling.RandomUnderSampler is RandomUnderSampler
    assert imblearn.pipeline.Pipeline is Pipeline
