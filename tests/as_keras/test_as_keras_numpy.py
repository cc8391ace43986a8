"""NumPy's functions on tensors while nabi plays Keras: numbers and arrays, as of NumPy's own."""

import numpy as np
import pytest
import torch

from nabi.as_keras.dressing.numpy_beside import dress_reflected
from nabi.as_keras.patches import Patches

CALLS = [lambda x: np.max(x), lambda x: np.mean(x, axis=0), lambda x: np.sum(x, 1, keepdims=True), lambda x: np.std(x),
         lambda x: np.round(x, 1), lambda x: np.concatenate([x, np.ones((1, 3))]), lambda x: np.argmax(x, axis=-1),
         lambda x: np.any(x > 1), lambda x: np.prod(x), lambda x: np.expand_dims(x, 0), lambda x: np.ones((2, 3)) * x]


@pytest.fixture
def dressed():
    patches = Patches()
    dress_reflected(patches)
    yield
    patches.undo()


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_functions_of_numpy_read_tensors(number, dressed):
    array = np.linspace(-1, 2, 6).reshape(2, 3)
    found = CALLS[number](torch.tensor(array))
    np.testing.assert_allclose(np.asarray(found), CALLS[number](array), rtol=1e-12)


def test_it_is_undone():
    patches = Patches()
    dress_reflected(patches)
    patches.undo()
    assert not hasattr(torch.Tensor, "__array_function__")
    with pytest.raises(TypeError):
        np.max(torch.ones(2, 3))
