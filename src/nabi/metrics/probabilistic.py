"""Probabilistic metrics: cross-entropies and other distances between distributions, over all samples since `reset_state`.

    binary cross-entropy - mean (y log p + (1 - y) log(1 - p))      categorical - sum y log p      sparse - log p_y
    KL divergence sum y log(y / p)                                  Poisson mean (p - y log p)

Source: Keras 3, metrics/probabilistic_metrics.py.
"""

from typing import Any

from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register
from nabi.metrics.from_losses import LossMetric


@register("metric", "bce", "BCE", "binary_crossentropy")
class BinaryCrossentropy(LossMetric):
    """- mean (y log p + (1 - y) log(1 - p)) of all samples.

    Example:
        >>> round(BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        0.8149
    """

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ):
        super().__init__("binary_crossentropy", name, {"from_logits": from_logits, "label_smoothing": label_smoothing}, dtype)
        self.from_logits = flag("BinaryCrossentropy(from_logits)", from_logits)
        self.label_smoothing = number("BinaryCrossentropy(label_smoothing)", label_smoothing, least=0, most=1)


@register("metric", "categorical_crossentropy")
class CategoricalCrossentropy(LossMetric):
    """- sum y log p of all samples, labels one-hot.

    Example:
        >>> round(CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ):
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__("categorical_crossentropy", name, arguments, dtype)
        self.from_logits = flag("CategoricalCrossentropy(from_logits)", from_logits)
        self.label_smoothing = number("CategoricalCrossentropy(label_smoothing)", label_smoothing, least=0, most=1)
        self.axis = whole("CategoricalCrossentropy(axis)", axis)


@register("metric", "sparse_categorical_crossentropy")
class SparseCategoricalCrossentropy(LossMetric):
    """- log p_y of all samples, labels as class numbers.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        arguments = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__("sparse_categorical_crossentropy", name, arguments, dtype)
        self.from_logits = flag("SparseCategoricalCrossentropy(from_logits)", from_logits)
        self.ignore_class = whole("SparseCategoricalCrossentropy(ignore_class)", ignore_class, optional=True)
        self.axis = whole("SparseCategoricalCrossentropy(axis)", axis)


@register("metric", "kl_divergence", "kld", "KLD", "kullback_leibler_divergence")
class KLDivergence(LossMetric):
    """sum y log(y / p) of all samples: how many nats are lost by taking p for y.

    Example:
        >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]), 4)
        0.1438
    """

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None):
        super().__init__("kl_divergence", name, dtype=dtype)


@register("metric", "poisson")
class Poisson(LossMetric):
    """mean (p - y log p) of all samples, y counts, p expected counts.

    Example:
        >>> round(Poisson()([[2.0]], [[1.0]]), 4)
        1.0
    """

    def __init__(self, name: str | None = "poisson", dtype: Any = None):
        super().__init__("poisson", name, dtype=dtype)
