"""What scripts print: the texts of TensorFlow 2.21 and Keras 3.15 for the same lines."""

import pytest

from nabi.as_keras.scripts.running import Trial, run_file

LINES = """print(t); print(tf.constant(3)); print(repr(t)); print([tf.constant(1), tf.constant(2.)]); print(tf.constant([2, 2]))
print(f"{t} {t[0, 0]:.2f}"); print(t > 2); print(v); print(tf.reduce_sum(t)); print(layer.weights[0])
"""
TENSORFLOW = """tf.Tensor(
[[1. 2.]
 [3. 4.]], shape=(2, 2), dtype=float32)
tf.Tensor(3, shape=(), dtype=int32)
<tf.Tensor: shape=(2, 2), dtype=float32, numpy=
array([[1., 2.],
       [3., 4.]], dtype=float32)>
[<tf.Tensor: shape=(), dtype=int32, numpy=1>, <tf.Tensor: shape=(), dtype=float32, numpy=2.0>]
tf.Tensor([2 2], shape=(2,), dtype=int32)
[[1. 2.]
 [3. 4.]] 1.00
tf.Tensor(
[[False False]
 [ True  True]], shape=(2, 2), dtype=bool)
<tf.Variable 'v:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>
tf.Tensor(10.0, shape=(), dtype=float32)
<Variable path=dense/kernel, shape=(1, 2), dtype=float32, value=[[1. 1.]]>
"""


@pytest.mark.parametrize("first", ["", "import torch\n"])
def test_tensors_are_printed_as_tensorflows(tmp_path, capsys, first):
    """But for scripts that speak torch, too."""
    script = tmp_path / "prints.py"
    made = "t, v = tf.constant([[1., 2], [3, 4]]), tf.Variable([1., 2.], name='v')\n"
    made += "layer = keras.layers.Dense(2, kernel_initializer='ones', name='dense'); layer.build((None, 1))\n"
    script.write_text(first + "import tensorflow as tf, keras\n" + made + LINES)
    assert run_file(script, trial=Trial(out=None)) == 0
    said = capsys.readouterr().out
    if first:
        assert said.startswith("tensor([[1., 2.],\n        [3., 4.]])\n")
    else:
        assert said == TENSORFLOW

PRINTS = """a = tf.constant([[1., 2.5], [3., 4e-6]])
tf.print(a, "x", 3, True); tf.print(tf.range(10), tf.range(4)); tf.print(tf.zeros((2, 1, 1)))
tf.print(tf.constant(0.1), tf.constant(1/3), tf.constant(123456789.), tf.constant(0.1, tf.float64), 1/3)
tf.print(tf.Variable([1., 2.]), [1, 2], (3, a[0]), {"k": tf.constant(2)}, sep=","); tf.print(tf.range(10), summarize=-1)
tf.print(tf.constant([True, False]), tf.constant("abc"), tf.constant([0.1, float("nan"), float("inf")]), end="|\\n")
print(tf.range(2), tf.cumsum([1, 2]), tf.math.top_k([1., 3.], 1).indices, tf.reduce_sum([1, 2]))
print(tf.reduce_mean([1, 2]), tf.reduce_mean([-1, -2]), tf.reduce_mean(tf.constant([200, 101], tf.uint8)), tf.square(3))
print(tf.reduce_mean(tf.constant([[1, 2], [4, 5]]), axis=0), tf.reduce_mean(tf.constant([1.])), tf.argmax([1]).dtype is tf.int64)
"""
PRINTED = """[[1 2.5]
 [3 4e-06]] x 3 True
[0 1 2 ... 7 8 9] [0 1 2 3]
[[[0]]

 [[0]]]
0.1 0.333333343 123456792 0.1 0.3333333333333333
[1 2],[1, 2],(3, [1 2.5]),{'k': 2}
[0 1 2 3 4 5 6 7 8 9]
[1 0] "abc" [0.1 nan inf]|
tf.Tensor([0 1], shape=(2,), dtype=int32) tf.Tensor([1 3], shape=(2,), dtype=int32) \
tf.Tensor([1], shape=(1,), dtype=int32) tf.Tensor(3, shape=(), dtype=int32)
tf.Tensor(1, shape=(), dtype=int32) tf.Tensor(-1, shape=(), dtype=int32) tf.Tensor(150, shape=(), dtype=uint8) \
tf.Tensor(9, shape=(), dtype=int32)
tf.Tensor([2 3], shape=(2,), dtype=int32) tf.Tensor(1.0, shape=(), dtype=float32) True
"""


def test_tf_print_and_whole_numbers(tmp_path, capsys):
    script = tmp_path / "prints.py"
    script.write_text("import tensorflow as tf\n" + PRINTS)
    assert run_file(script, trial=Trial(out=None)) == 0
    assert capsys.readouterr().out == PRINTED


@pytest.mark.parametrize("line", ['{"acc": kept["accuracy"]}', 'dict(label="acc")', 'print("val_accuracy", ["acc"])'])
def test_captions_rename_no_logs(tmp_path, capsys, line):
    """Keras 3: what is logged under metrics=["accuracy"] is "accuracy", however a picture calls it."""
    script = tmp_path / "captions.py"
    script.write_text(f"""
import numpy as np, keras
net = keras.Sequential([keras.layers.Dense(2, activation="softmax", input_shape=(3,))])
net.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
kept = net.fit(np.eye(9, 3), np.arange(9) % 2, verbose=0).history
{line}
print(sorted(kept.keys()), sorted(dict(kept.items())))
""")
    assert run_file(script, trial=Trial(out=None)) == 0
    assert capsys.readouterr().out.endswith("['accuracy', 'loss'] ['accuracy', 'loss']\n")
