"""Operations: what `keras.ops` has beside `nabi.ops`, by topic: numbers, arrays, summaries, algebra, networks, control.

    from keras import ops
    ops.slice(x, (0, 0), (2, 3));  ops.segment_sum(x, numbers);  ops.conv(x, kernel)

On symbols they are nodes of the graph (`entered.py`). Source: Keras 3, ops/; their meaning is NumPy's.
"""

from nabi.as_keras.operations import algebra, arrays, control, networks, numbers, spelled, summaries
from nabi.as_keras.operations.algebra import *  # noqa: F403
from nabi.as_keras.operations.arrays import *  # noqa: F403
from nabi.as_keras.operations.control import *  # noqa: F403
from nabi.as_keras.operations.entered import ENTERED
from nabi.as_keras.operations.networks import *  # noqa: F403
from nabi.as_keras.operations.numbers import *  # noqa: F403
from nabi.as_keras.operations.spelled import *  # noqa: F403
from nabi.as_keras.operations.summaries import *  # noqa: F403

__all__ = ["ENTERED", *algebra.__all__, *arrays.__all__, *control.__all__, *networks.__all__, *numbers.__all__,
           *spelled.__all__, *summaries.__all__]
