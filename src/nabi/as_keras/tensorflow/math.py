"""Math: `tf.math`."""

from nabi.as_keras.tensorflow import tensors
from nabi.as_keras.tensorflow.renaming import MATH, table
from nabi.as_keras.tensorflow.statistics import confusion_matrix, in_top_k, l2_normalize
from nabi.ops import top_k

NAMES = table(MATH)
globals().update(NAMES)
reduce_logsumexp = tensors.reduce_logsumexp
__all__ = [*sorted(NAMES), "confusion_matrix", "in_top_k", "l2_normalize", "reduce_logsumexp", "top_k"]
