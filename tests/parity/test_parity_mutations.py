"""Mutations: broken formulas, one for each layer, optimizer, loss, are noticed by the random networks or by their own tests."""

from functools import cache
from itertools import count

import pytest
from mutations import Mutation, holding, noticed_by_tests, read
from random_coverage import counted
from random_models import Case, drawn
from random_twins import compared
from test_parity_random import TOLERANCE

MUTATIONS = read()
QUICK = ("Adam", "Conv2D", "LSTM")
MOST = 40  # networks that may be tried


@cache
def parts(seed: int) -> frozenset:
    """What network number `seed` has."""
    return frozenset(key for key, n in counted([drawn(seed)]).items() if n)


def has(mutation: Mutation, seed: int) -> bool:
    """Whether a network has what the mutated formula is for."""
    kind, _, name = mutation.target.rpartition(" ")
    known = parts(seed)
    if kind == "optimizer":
        return any(isinstance(key, tuple) and key[1:] == (name,) for key in known)
    if kind == "activation":
        return bool({("activation", name), ("Activation", "of", name)} & known)
    return bool({name, ("constraint", name), ("regularizer", name), ("constraint", name)} & known)


def noticed(mutation: Mutation, keras) -> int | None:
    """How many networks it takes until one is not as in Keras; None if so many are."""
    tried = 0
    for seed in count():
        if tried == MOST or seed > 2000:
            return None
        if has(mutation, seed):
            tried += 1
            if differs(mutation, drawn(seed), keras):
                return tried


def differs(mutation: Mutation, case: Case, keras) -> bool:
    """Whether a network comes out otherwise, or not at all, under a mutation."""
    with holding(mutation):
        try:
            return max(compared(case, keras).values()) > TOLERANCE
        except Exception:  # whatever it is: the harness would fail
            return True


def test_nothing_is_noticed_where_nothing_is_wrong(keras64):
    same = next(m for m in MUTATIONS if m.target == "Adam")
    assert not differs(Mutation(same.target, same.function, same.before, same.before), drawn(1), keras64)


@pytest.mark.parametrize("mutation", [m for m in MUTATIONS if m.target in QUICK], ids=lambda m: m.name)
def test_a_mutation_is_noticed(keras64, mutation):
    assert noticed(mutation, keras64)


@pytest.mark.full
@pytest.mark.parametrize("mutation", [m for m in MUTATIONS if not m.tests and m.target not in QUICK], ids=lambda m: m.name)
def test_every_mutation_is_noticed(keras64, mutation):
    assert noticed(mutation, keras64)


@pytest.mark.full
@pytest.mark.parametrize("mutation", [m for m in MUTATIONS if m.tests], ids=lambda m: m.name)
def test_every_mutation_beyond_keras_is_noticed_by_its_tests(mutation):
    assert noticed_by_tests(mutation)
