"""Words of TensorFlow that scripts seldom say: sets, flags, NumPy's names, and one sentence each for what is not served.

Oracles: Python's sets, NumPy, the worked numbers of TensorFlow's own pages on tf.sets.
"""

import sys

import numpy as np
import pytest

from nabi.as_keras.tensorflow.flags import Flags
from nabi.core.errors import ArgumentError

A, B = [[1, 2, 3], [4, 5, 6]], [[2, 3, 4], [7, 8, 4]]


def test_sets(served):
    import tensorflow as tf

    for function, of_python in (("intersection", set.__and__), ("union", set.__or__), ("difference", set.__sub__)):
        made = getattr(tf.sets, function)(tf.constant(A), B)
        wanted = [of_python(set(a), set(b)) for a, b in zip(A, B, strict=True)]
        assert made.values.tolist() == [value for row in wanted for value in sorted(row)]
        assert tf.sets.size(made).tolist() == [len(row) for row in wanted]
    assert tf.sparse.to_dense(tf.sets.difference(A, B, aminusb=False)).tolist() == [[4, 0], [7, 8]]


def test_flags(served, monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr(sys, "argv", ["script.py", "--steps=5", "--name", "a,b", "--nofast", "rest"])
    flags = tf.app.flags
    flags.DEFINE_integer("steps", 100, "how many")
    tf.flags.DEFINE_boolean("fast", True, "whether")
    tf.compat.v1.flags.DEFINE_list("name", [], "names")
    assert (flags.FLAGS.steps, flags.FLAGS.fast, flags.FLAGS.name) == (5, False, ["a", "b"])
    got = []
    with pytest.raises(SystemExit):
        tf.app.run(main=got.append)
    assert got == [["script.py", "rest"]]
    own = Flags()
    own.define("n", 1, int)
    with pytest.raises(ArgumentError, match="--n"):
        own.parse(["--n=x"])
    with pytest.raises(AttributeError, match="no flag 'm'"):
        own.m  # noqa: B018


def test_numpys_names(served):
    import tensorflow.experimental.numpy as tnp

    tnp.experimental_enable_numpy_behavior()
    assert np.allclose(tnp.mean(tnp.reshape(tnp.arange(6), (2, 3)), axis=1), np.arange(6).reshape(2, 3).mean(1))


@pytest.mark.parametrize("path", ["raw_ops", "placeholder", "train.Saver", "compat.v1.placeholder",
                                  "compat.v1.get_collection", "train.Coordinator"])
def test_what_is_not_served_says_what_to_write(served, path):
    import tensorflow as tf

    with pytest.raises(AttributeError, match=r"is not part of nabi\. (?!Did|Known)[A-Za-z]"):
        thing = tf
        for name in path.split("."):
            thing = getattr(thing, name)
