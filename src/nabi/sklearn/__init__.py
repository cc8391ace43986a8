"""Scikit-learn: networks as its classifiers and regressors, for pipelines, grid searches and cross-validation.

    from nabi.sklearn import Classifier

    search = GridSearchCV(Classifier(epochs=30), {"model__hidden": [(50,), (100, 50)], "optimizer__learning_rate": [1e-3, 1e-2]})
    search.fit(X, labels).best_params_

`n_jobs` above 1 takes processes; each begins with some 3 seconds of CPU: torch, scikit-learn and nabi are imported (2 s),
then Numba, and its kernels are read from their cache (1.3 s, at the first step of the first fit). Workers live on from fit to fit
and from search to search. So leave n_jobs=1 where the fits of a search take less than a few seconds together; and fit once before
the first search on a machine, or every worker compiles the kernels for itself.

Scikit-learn is an extra: `pip install "nabi[sklearn]"`.
"""

import importlib.util

from nabi.core.attributes import offer_nearest
from nabi.core.errors import StateError

if importlib.util.find_spec("sklearn") is None:
    raise StateError("nabi.sklearn", "scikit-learn", "none installed", 'Install it: pip install "nabi[sklearn]".')

from nabi.sklearn.classifier import Classifier  # noqa: E402
from nabi.sklearn.network import dense_net  # noqa: E402
from nabi.sklearn.regressor import Regressor  # noqa: E402

__all__ = ["Classifier", "Regressor", "dense_net"]

offer_nearest(__name__, __all__)
