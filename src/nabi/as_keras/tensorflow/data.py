"""Data: `tf.data` and `tf.data.experimental`, over the streams of `nabi.data`."""

from collections.abc import Callable
from typing import Any

from nabi.as_keras.tensorflow.records import FixedLengthRecordDataset, TextLineDataset, TFRecordDataset, TFRecordWriter
from nabi.as_keras.tensorflow.tables import CsvDataset, make_csv_dataset
from nabi.data.stream import AUTOTUNE, INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Dataset
from nabi.data.structure import TensorSpec

__all__ = ["AUTOTUNE", "AutoShardPolicy", "AutotuneOptions", "Counter", "CsvDataset", "Dataset", "DistributeOptions",
           "FixedLengthRecordDataset", "INFINITE_CARDINALITY", "OptimizationOptions", "Options", "RandomDataset",
           "TFRecordDataset", "TFRecordWriter", "TensorSpec", "TextLineDataset", "ThreadingOptions", "UNKNOWN_CARDINALITY",
           "assert_cardinality", "bucket_by_sequence_length", "cardinality", "choose_from_datasets", "copy_to_device",
           "enumerate_dataset", "get_output_shapes", "get_output_types", "get_single_element", "group_by_window",
           "ignore_errors", "load", "make_csv_dataset",
           "make_one_shot_iterator", "map_and_batch", "prefetch_to_device", "rejection_resample", "sample_from_datasets", "save",
           "scan",
           "shuffle_and_repeat", "snapshot", "take_while", "unbatch", "unique"]
INSTEAD = {
    "SqlDataset": "Read the table with sqlite3 or pandas and give its columns to Dataset.from_tensor_slices.",
}


class Options:
    """Settings of TensorFlow's: any may be set, and none changes anything here."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = Options()
        return self.__dict__[name]


AutotuneOptions = DistributeOptions = OptimizationOptions = ThreadingOptions = Options
AutoShardPolicy = Options()


def cardinality(dataset: Dataset) -> Any:
    """Number of elements, -1 without an end, -2 where it is not known."""
    return dataset.cardinality()


def assert_cardinality(expected_cardinality: int) -> Callable[[Dataset], Dataset]:
    """For `apply`: a stream of which this number of elements is known."""
    return lambda dataset: Dataset(dataset.run, int(expected_cardinality), dataset.view, dataset.works, dataset.batched)


sample_from_datasets, choose_from_datasets = Dataset.sample_from_datasets, Dataset.choose_from_datasets


def applied(name: str) -> Callable[..., Callable[[Dataset], Dataset]]:
    """A method of streams as a function for `apply`."""
    def made(*args: Any, **options: Any) -> Callable[[Dataset], Dataset]:
        return lambda dataset: getattr(dataset, name)(*args, **options)

    made.__name__, made.__doc__ = name, f"For `apply`: the stream's method `{name}`."
    return made


bucket_by_sequence_length, group_by_window = applied("bucket_by_sequence_length"), applied("group_by_window")
rejection_resample = applied("rejection_resample")
ignore_errors = applied("ignore_errors")
take_while, scan, unique, snapshot = applied("take_while"), applied("scan"), applied("unique"), applied("snapshot")


def save(dataset: Dataset, path: Any, *more: Any, **options: Any) -> None:
    """`dataset.save(path)`."""
    dataset.save(path)


load = Dataset.load


def get_single_element(dataset: Dataset) -> Any:
    """The only element of a stream."""
    return dataset.get_single_element()


def Counter(start: int = 0, step: int = 1, dtype: Any = None) -> Dataset:
    """start, start + step, ... without an end."""
    return Dataset.counter(start, step)


def RandomDataset(seed: Any = None) -> Dataset:
    """Random whole numbers without an end."""
    return Dataset.random(seed)


def unbatch() -> Callable[[Dataset], Dataset]:
    """For `apply`: the rows of each element."""
    return lambda dataset: dataset.unbatch()


def enumerate_dataset(start: int = 0) -> Callable[[Dataset], Dataset]:
    """For `apply`: (number, element)."""
    return lambda dataset: dataset.enumerate(start)


def shuffle_and_repeat(buffer_size: int, count: Any = None, seed: Any = None) -> Callable[[Dataset], Dataset]:
    """For `apply`: shuffled, then repeated."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def map_and_batch(map_func: Callable, batch_size: int, num_parallel_batches: Any = None, drop_remainder: bool = False,
                  num_parallel_calls: Any = None) -> Callable[[Dataset], Dataset]:
    """For `apply`: a function of each element, then batches."""
    return lambda dataset: dataset.map(map_func, num_parallel_calls).batch(batch_size, drop_remainder)


def prefetch_to_device(device: Any, buffer_size: Any = None) -> Callable[[Dataset], Dataset]:
    """For `apply`: `prefetch`."""
    return lambda dataset: dataset.prefetch()


copy_to_device = prefetch_to_device


def get_output_shapes(dataset_or_iterator: Dataset) -> Any:
    """TensorFlow 1's word for the shapes of a stream's elements."""
    return dataset_or_iterator.output_shapes


def get_output_types(dataset_or_iterator: Dataset) -> Any:
    """TensorFlow 1's word for their dtypes."""
    return dataset_or_iterator.output_types


def make_one_shot_iterator(dataset: Dataset) -> Any:
    """TensorFlow 1's iterator."""
    return dataset.make_one_shot_iterator()
