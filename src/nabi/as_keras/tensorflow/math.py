"""Math: `tf.math`."""

from nabi.as_keras.tensorflow import arithmetic, tensors
from nabi.as_keras.tensorflow.arithmetic import *  # noqa: F403
from nabi.as_keras.tensorflow.renaming import MATH, table
from nabi.as_keras.tensorflow.statistics import confusion_matrix, in_top_k, l2_normalize
from nabi.ops import top_k

NAMES = table(MATH)
globals().update({name: function for name, function in NAMES.items() if name not in arithmetic.__all__})
reduce_logsumexp = tensors.reduce_logsumexp
__all__ = [*sorted({*NAMES, *arithmetic.__all__}), "confusion_matrix", "in_top_k", "l2_normalize", "reduce_logsumexp", "top_k"]
