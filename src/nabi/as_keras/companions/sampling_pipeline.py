"""imblearn's pipeline, where imblearn is not installed: scikit-learn's, in which samplers change the rows that are learnt from.

    make_pipeline(StandardScaler(), SMOTE(), model).fit(X, y).predict(X)      predict passes the sampler by
    Pipeline([("over", SMOTE(0.1)), ("under", RandomUnderSampler(0.5))]).fit_resample(X, y)
"""

from typing import Any

from sklearn import pipeline

__all__ = ["Pipeline", "make_pipeline"]


class Pipeline(pipeline.Pipeline):
    """Steps one after the other.

    Args:
        steps: (name, step) pairs: transformers, samplers, and last a model or one of these.
        memory, transform_input, verbose: scikit-learn's.
    """

    def learnt(self, X: Any, y: Any) -> tuple[Any, Any]:
        """X and y before the last step, with all others fitted."""
        for _, step in self.steps[:-1]:
            if hasattr(step, "fit_resample"):
                X, y = step.fit_resample(X, y)
            elif step not in (None, "passthrough"):
                X = step.fit(X, y).transform(X)
        return X, y

    def fit(self, X: Any, y: Any = None, **params: Any) -> "Pipeline":  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fits every step on what the steps before it give.

        Args:
            params: arguments for the last step's fit, as name__argument.
        """
        X, y = self.learnt(X, y)
        name, last = self.steps[-1]
        if last not in (None, "passthrough"):
            last.fit(X, y, **{key.removeprefix(f"{name}__"): value for key, value in params.items()})
        return self

    def fit_resample(self, X: Any, y: Any = None) -> tuple[Any, ...]:
        """What the samplers make of X and y; the last step is one, too."""
        return self.steps[-1][1].fit_resample(*self.learnt(X, y))

    fit_sample = fit_resample


def make_pipeline(*steps: Any, **options: Any) -> Pipeline:
    """A Pipeline whose steps are named after their classes."""
    return Pipeline(pipeline.make_pipeline(*steps).steps, **options)
