"""Small helpers for a script: one-hot labels, unit vectors, one seed for everything, a diagram of a model, files by address."""

from nabi.core.attributes import offer_nearest
from nabi.utils import np_utils
from nabi.utils.arrays import normalize
from nabi.utils.fetching import get_file
from nabi.utils.labels import to_categorical
from nabi.utils.old import GeneratorEnqueuer, HDF5Matrix, OrderedEnqueuer
from nabi.utils.plotting import plot_model
from nabi.utils.progress import Progbar
from nabi.utils.seeds import set_random_seed
from nabi.utils.sequences import PyDataset, Sequence

__all__ = ["GeneratorEnqueuer", "HDF5Matrix", "OrderedEnqueuer", "Progbar", "PyDataset", "Sequence", "get_file", "normalize",
           "np_utils", "plot_model", "set_random_seed", "to_categorical"]

offer_nearest(__name__, __all__)
