"""Any labels: values that do not fit a loss, with which Keras computes all the same; a script is told once and goes on.

    labels += 0.05 * np.random.random(labels.shape)          noisy labels of a GAN, up to 1.05
    autoencoder.compile("adam", "binary_crossentropy")       on standardised columns
    Dense(1, activation="softmax")                           with categorical_crossentropy: the loss is always 0

Only names, and class numbers that the last layer has no unit for, are refused: Keras fails there, too.
"""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.core.errors import DataError

CHECKS = {"shares": ("binary", "categorical", "focal", "overlap"), "several_classes": ("categorical", "focal"),
          "whole_numbers": ("sparse",)}  # fmt: skip

PENDING: dict[str, str] = {}  # loss -> what is to be said of its labels' shape; "" where their numbers were the matter


def dress_labels(patches: Patches) -> None:
    """Lets the losses' checks pass what Keras computes with."""
    for check, modules in CHECKS.items():
        for module in modules:
            patches.around(sys.modules[f"nabi.losses.{module}"], check, told)


def told(check: Callable) -> Callable:
    """The check, which says what it finds instead of raising it, but for labels that are no numbers."""

    @wraps(check)
    def call(where: str, seen: Any, *more: Any) -> None:
        try:
            check(where, seen, *more)
        except DataError as error:
            if getattr(getattr(seen, "dtype", None), "kind", "f") not in "fiub":
                raise
            PENDING[where] = ""
            note(f"labels of {where}", f"{error} Keras computes with them as they are, and so does this run.")

    return call
