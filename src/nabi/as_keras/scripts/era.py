"""Era: whether a script was written for stand-alone Keras up to 2.3, which counted layers from 1 and had other defaults.

    from keras.models import Sequential             and one of the signs: border_mode, nb_epoch, Convolution2D,
    from keras.layers.core import Dense             keras.layers.core, np_utils, history["val_acc"], print x, ...

    dense_1, dense_2, conv2d_1, input_1, model_1, sequential_1; dense_1_input       in Keras 2
    convolution2d_1, maxpooling2d_1, batchnormalization_1, merge_1                  in Keras 1

tf.keras and Keras since 2.4 count dense, dense_1; where there is no sign, or one of a later time, that holds. A history's
"accuracy" is one: it was "acc" before 2.3.
Source: Keras 1.2 and 2.2, engine/topology.py, `Layer.__init__` and `Container.__init__`; models.py, `Sequential.add`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from nabi.as_keras.dressing.old_defaults import old_defaults
from nabi.core.names import snake_case
from nabi.core.registry import TABLE
from nabi.layers.names import Counting, counted

IMPORTED = re.compile(r'^[ \t"]*(from|import)\s+keras\b', re.MULTILINE)
OLD = re.compile(
    r"\b(nb_epoch|border_mode|nb_filter|nb_row|samples_per_epoch|Convolution[123]D|np_utils|visualize_util|predict_classes"
    r"|tensorflow_backend|set_image_dim_ordering|image_dim_ordering|dim_ordering)\b"
    r"|\bkeras\.layers\.(convolutional|core|recurrent|normalization|advanced_activations|wrappers|pooling|merge|noise|local)\b"
    r"|Using (TensorFlow|Theano) backend"
    r"|\b[Kk]eras\s*[=v]?=?\s*(version)?\s*(1|2\.[0-3])\.\d|keras\.__version__[^\n]*['\"](1|2\.[0-3])\."
    r"|[\w)]\[\\?['\"](val_)?acc\\?['\"]\]"
    r"|KERAS_BACKEND\\?['\"]\]\s*=\s*\\?['\"]theano"
    r'|^[ \t"]*print\s+(\\?["\']|[\w.]+[(\[])', re.MULTILINE)  # fmt: skip
NEW = re.compile(r"\btf\.keras|tensorflow\.keras|tensorflow\.python\.keras|tf_keras|keras_core|keras\.ops|keras import ops"
                 r"|keras\.random|keras\.saving|\.keras['\"]|set_random_seed|tf\.random\.set_seed|tf\.config\.|tf\.data\."
                 r"|[=,(]\s*\[\\?['\"]acc\\?['\"]|val_accuracy|[\w)]\[\\?['\"]accuracy\\?['\"]\]")  # fmt: skip
KERAS_1 = re.compile(r"""['"](convolution\dd|maxpooling\dd|averagepooling\dd|batchnormalization|merge|timedistributed"""
                     r"""|zeropadding\dd|globalaveragepooling\dd)_\d+(_input_\d+)?['"]""")  # fmt: skip
OF_KERAS_1 = {"conv1d": "convolution1d", "conv2d": "convolution2d", "conv3d": "convolution3d", "add": "merge",
              "multiply": "merge", "concatenate": "merge", "average": "merge", "conv2d_transpose": "deconvolution2d"}  # fmt: skip
COMMON = {"input_layer": "input"}
KINDS = ("dense conv1d conv2d conv3d flatten lstm gru embedding activation dropout lambda bidirectional sequential model "
         "max_pooling2d batch_normalization").split()  # fmt: skip
UNNUMBERED = re.compile(rf"""get_layer\(\s*(name\s*=\s*)?\\?['"]({"|".join(KINDS)})\\?['"]""")

LONGEST = 2000  # letters of a line; longer ones are pictures in notebooks


def is_old(text: str) -> bool:
    """Whether a script shows that it was written for stand-alone Keras up to 2.3.

    Example:
        >>> is_old("from keras.layers import Dense"), is_old("from keras.layers.core import Dense")
        (False, True)
    """
    text = "\n".join(line for line in text.splitlines() if len(line) < LONGEST)
    return bool(IMPORTED.search(text) and OLD.search(text)) and not NEW.search(text) and not UNNUMBERED.search(text)


def names_of(text: str) -> Counting:
    """How an old script counts: as Keras 2, or as Keras 1 where it asks for names that only Keras 1 gave."""
    words = dict(COMMON)
    if KERAS_1.search(text):
        kinds = {snake_case(getattr(kind, "__name__", "")) for kind in TABLE["layer"].values()}
        words = {kind: kind.replace("_", "") for kind in kinds} | OF_KERAS_1 | COMMON
    return Counting(first=1, words=words, after_layer=True)


@contextmanager
def of_its_time(source: bytes) -> Iterator[None]:
    """Within the block names and defaults are those of the Keras that a script was written for; names are counted anew."""
    text = source.decode("utf-8", errors="replace")
    if not is_old(text):
        with counted(Counting()):
            yield
    else:
        with counted(names_of(text)), old_defaults():
            yield
