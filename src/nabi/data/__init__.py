"""Data: feeds that turn arrays and generators into batches, streams (`tf.data`), splits, and weights by class."""

from nabi.data.batch import Batch, as_list, as_tensor, cast, weights_for
from nabi.data.feeds import ArrayFeed, Feed, IterableFeed, NumberedFeed, is_iterable_source
from nabi.data.given import make_feed, opened
from nabi.data.mapped import MappedFeed
from nabi.data.split import class_labels, class_weights, split_indices, warn_missing
from nabi.data.stream import AUTOTUNE, Dataset
from nabi.data.strings import Strings

__all__ = ["AUTOTUNE", "ArrayFeed", "Batch", "Dataset", "Feed", "IterableFeed", "MappedFeed", "NumberedFeed", "Strings",
           "as_list", "as_tensor", "cast", "class_labels",
           "class_weights", "is_iterable_source", "make_feed", "opened", "split_indices", "warn_missing",
           "weights_for"]
