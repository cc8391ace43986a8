"""Workers: processes that scikit-learn trains estimators in, under the limits and the seed of the run that started them.

    GridSearchCV(KerasClassifier(make), ..., n_jobs=-1)          nabi run --max-epochs 1 --seed 7: one epoch, and this seed

An estimator's pickle carries them; a process that the sender started takes them up, any other leaves them.
"""

import os
from dataclasses import dataclass

from nabi.as_keras.scripts import shortening
from nabi.core.random import current_seed
from nabi.utils import set_random_seed

SET = 2**32  # seeds that are set lie below it; one that a program draws when it starts has 63 bits


@dataclass(frozen=True)
class Conditions:
    """What a worker needs to know.

    Attributes:
        sender: number of the process that sends it. epochs, samples: of `shortening.Limits`. seed: of `--seed`
            or `set_random_seed`; None where none was set.
    """

    sender: int
    epochs: int | None
    samples: int | None
    seed: int | None


def conditions() -> Conditions | None:
    """Those of this process; None where nabi does not play Keras."""
    from nabi.as_keras.installing import installed

    limits, seed = shortening.Limits, current_seed()
    return Conditions(os.getpid(), limits.epochs, limits.samples, seed if seed < SET else None) if installed() else None


def take(given: Conditions | None) -> None:
    """In a process that the sender started: nabi plays Keras, within its limits; each task begins at its seed."""
    from nabi.as_keras.installing import install_as_keras

    if given is not None and given.sender == os.getppid():
        install_as_keras()
        shortening.begin(given.epochs, given.samples)
        if given.seed is not None:
            set_random_seed(given.seed)
