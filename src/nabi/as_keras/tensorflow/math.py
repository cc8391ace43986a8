"""Math: `tf.math`."""

from nabi.as_keras.tensorflow import arithmetic, selecting, tensors
from nabi.as_keras.tensorflow.arithmetic import *  # noqa: F403
from nabi.as_keras.tensorflow.renaming import MATH, table
from nabi.as_keras.tensorflow.statistics import confusion_matrix, in_top_k, l2_normalize

NAMES = table(MATH) | table("log_softmax softmax")
globals().update({name: function for name, function in NAMES.items() if name not in arithmetic.__all__})
reduce_logsumexp, top_k = tensors.reduce_logsumexp, selecting.top_k
cumprod, cumsum = selecting.cumprod, selecting.cumsum
equal, not_equal = selecting.equal, selecting.not_equal
__all__ = [*sorted({*NAMES, *arithmetic.__all__}), "confusion_matrix", "in_top_k", "l2_normalize",
           "reduce_logsumexp", "top_k"]
