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
