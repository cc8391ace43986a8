"""What scikit-learn's constructors took before version 1, what its objects were asked, during a run.

Oracle: today's spelling of the same thing.
"""

import numpy as np
import pytest

X = np.random.default_rng(0).random((40, 3))
Y = (X[:, 0] > 0.5).astype(int)


def test_folds_that_know_the_data(served):
    from sklearn import model_selection
    from sklearn.cross_validation import KFold, ShuffleSplit, StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    folds = StratifiedKFold(y=Y, n_folds=4, shuffle=True, random_state=7)
    today = model_selection.StratifiedKFold(4, shuffle=True, random_state=7).split(X, Y)
    assert len(folds) == 4 and all(np.array_equal(a[1], b[1]) for a, b in zip(folds, today, strict=True))
    assert [len(test) for _, test in KFold(40, n_folds=5)] == [8] * 5
    assert [len(test) for _, test in ShuffleSplit(40, n_iter=2, test_size=0.25)] == [10, 10]
    scores = cross_val_score(DecisionTreeClassifier(random_state=0), X, Y, cv=folds, fit_params={"sample_weight": None})
    again = cross_val_score(DecisionTreeClassifier(random_state=0), X, Y, cv=list(folds))
    assert scores.tolist() == again.tolist() and len(scores) == 4


def test_constructors(served):
    from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.model_selection import KFold, StratifiedKFold
    from sklearn.tree import DecisionTreeClassifier

    assert KFold(5, True, 42).shuffle
    assert KFold(n_splits=10, random_state=7).n_splits == StratifiedKFold(10, random_state=7).n_splits == 10
    assert RandomForestRegressor(criterion="mse", max_features="auto").get_params()["criterion"] == "squared_error"
    assert RandomForestClassifier(10, "gini", 3).max_depth == 3
    boosted = AdaBoostClassifier(base_estimator=DecisionTreeClassifier(max_depth=1), algorithm="SAMME.R")
    assert boosted.fit(X, Y).estimator.max_depth == 1
    assert LogisticRegression(multi_class="ovr", solver="liblinear").fit(X, Y).score(X, Y) > 0.5
    assert np.allclose(LinearRegression(normalize=True).fit(X, Y).predict(X), LinearRegression().fit(X, Y).predict(X))
    with pytest.raises(TypeError):
        LinearRegression(no_such_word=1)


def test_columns_of_a_table_as_zeros_and_ones(served):
    from sklearn.preprocessing import OneHotEncoder

    table = np.array([[600, 0, 1.5], [700, 2, 2.5], [650, 1, 0.5]], object)
    made = OneHotEncoder(categorical_features=[1]).fit_transform(table).toarray()
    assert made.tolist() == [[1, 0, 0, 600, 1.5], [0, 0, 1, 700, 2.5], [0, 1, 0, 650, 0.5]]
    plain = OneHotEncoder(sparse=False, handle_unknown="ignore").fit([["a"], ["b"]])
    assert plain.get_feature_names() == ["x0_a", "x0_b"] and plain.transform([["b"]]).tolist() == [[0, 1]]


def test_scores_of_searches(served):
    from sklearn.grid_search import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    grid = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=4, iid=False).fit(X, Y)
    for n, (params, mean_score, scores) in enumerate(grid.grid_scores_):
        assert params == {"max_depth": n + 1} and np.isclose(scores.mean(), mean_score) and len(scores) == 4


def test_scorers(served):
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import make_scorer, mean_squared_log_error, roc_auc_score

    model = LogisticRegression().fit(X, Y)
    score = make_scorer(roc_auc_score, needs_proba=True)(model, X, Y)
    assert score == roc_auc_score(Y, model.predict_proba(X)[:, 1])
    assert mean_squared_log_error(Y, Y + 1, squared=False) == mean_squared_log_error(Y, Y + 1) ** 0.5


def test_train_scores_where_a_script_reads_them(served, tmp_path, monkeypatch):
    import sys

    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    script = tmp_path / "search.py"
    script.write_text("print(grid.cv_results_['mean_train_score'])\n")
    assert "mean_train_score" not in GridSearchCV(DecisionTreeClassifier(), {"max_depth": [9]}, cv=2).fit(X, Y).cv_results_
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(script), raising=False)
    grid = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [9]}, cv=2).fit(X, Y)
    assert grid.cv_results_["mean_train_score"].tolist() == [1.0]


def test_digits_of_openml_without_a_network(served, monkeypatch):
    from sklearn.utils import Bunch

    from nabi.as_keras.libraries import old_functions

    def nothing(*args, **options):
        raise OSError("no network")

    digits = {"data": np.zeros((5, 784), np.uint8), "target": np.array([5.0, 0, 4, 1, 9])}
    monkeypatch.setattr(old_functions, "fetch_mldata", lambda name: Bunch(**digits))
    data, target = old_functions.openml(nothing)("mnist_784", version=1, return_X_y=True, as_frame=False)
    frame = old_functions.openml(nothing)("mnist_784")
    assert data.shape == (5, 784) and target.tolist() == ["5", "0", "4", "1", "9"]
    assert list(frame.data)[:2] == ["pixel1", "pixel2"] and frame["target"].dtype == "category"
    with pytest.raises(OSError):
        old_functions.openml(nothing)("iris")
