"""Image: `tf.image`: sizes, flips and colours of pictures (height, width, channels) or batches of them, and their files."""

from nabi.as_keras.tensorflow import picture_colours, picture_files, picture_shapes, picture_windows
from nabi.as_keras.tensorflow.picture_colours import *  # noqa: F403
from nabi.as_keras.tensorflow.picture_files import *  # noqa: F403
from nabi.as_keras.tensorflow.picture_shapes import *  # noqa: F403
from nabi.as_keras.tensorflow.picture_windows import *  # noqa: F403

__all__ = [*picture_colours.__all__, *picture_files.__all__, *picture_shapes.__all__,
           *picture_windows.__all__]
