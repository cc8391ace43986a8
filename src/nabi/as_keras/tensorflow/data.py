"""Data: `tf.data` and `tf.data.experimental`, over the streams of `nabi.data`."""

from collections.abc import Callable
from typing import Any

from nabi.data.chains import chosen, mixed, total
from nabi.data.stream import AUTOTUNE, INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Dataset
from nabi.data.strings import Strings
from nabi.data.structure import TensorSpec

__all__ = ["AUTOTUNE", "Dataset", "INFINITE_CARDINALITY", "Options", "TensorSpec", "TextLineDataset", "UNKNOWN_CARDINALITY",
           "assert_cardinality", "cardinality", "choose_from_datasets", "copy_to_device", "enumerate_dataset", "ignore_errors",
           "make_one_shot_iterator", "map_and_batch", "prefetch_to_device", "sample_from_datasets", "shuffle_and_repeat",
           "unbatch"]
INSTEAD = {
    "TFRecordDataset": "Records of TensorFlow are not read: keep arrays in .npz files, or pictures in folders.",
    "make_csv_dataset": "Read the table with pandas and give its columns to Dataset.from_tensor_slices.",
    "CsvDataset": "Read the table with pandas and give its columns to Dataset.from_tensor_slices.",
}


class Options:
    """Settings of TensorFlow's: any may be set, and none changes anything here."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = Options()
        return self.__dict__[name]


class TextLineDataset(Dataset):
    """The lines of text files, as texts.

    Args:
        filenames: a name or several.
    """

    def __init__(self, filenames: Any, *args: Any, **kwargs: Any):
        names = [str(name) for name in ([filenames] if isinstance(filenames, (str, bytes)) else filenames)]

        def run():
            for name in names:
                with open(name, encoding="utf-8") as file:
                    yield from (Strings(line.rstrip("\r\n")) for line in file)

        super().__init__(run, works=True)

    def other(self, run: Callable, count: int = UNKNOWN_CARDINALITY, **kwargs: Any) -> Dataset:
        """What methods make of the lines is a plain stream."""
        return Dataset(run, count, **kwargs)


def cardinality(dataset: Dataset) -> Any:
    """Number of elements, -1 without an end, -2 where it is not known."""
    return dataset.cardinality()


def assert_cardinality(expected_cardinality: int) -> Callable[[Dataset], Dataset]:
    """For `apply`: a stream of which this number of elements is known."""
    return lambda dataset: Dataset(dataset.run, int(expected_cardinality), dataset.view, dataset.works, dataset.batched)


def sample_from_datasets(datasets: Any, weights: Any = None, seed: Any = None, stop_on_empty_dataset: bool = False) -> Dataset:
    """Elements of several streams, each time of one drawn by its weight."""
    streams = list(datasets)
    count = UNKNOWN_CARDINALITY if stop_on_empty_dataset else total([one.count for one in streams])
    return Dataset(lambda: mixed(streams, weights, seed, stop_on_empty_dataset), count, works=True)


def choose_from_datasets(datasets: Any, choice_dataset: Dataset, stop_on_empty_dataset: bool = True) -> Dataset:
    """Elements of several streams, each time of the one whose number a stream gives."""
    return Dataset(lambda: chosen(list(datasets), choice_dataset), works=True)


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


def ignore_errors(log_warning: bool = False) -> Callable[[Dataset], Dataset]:
    """For `apply`: the stream itself; an error of a function stays one."""
    return lambda dataset: dataset


def prefetch_to_device(device: Any, buffer_size: Any = None) -> Callable[[Dataset], Dataset]:
    """For `apply`: `prefetch`."""
    return lambda dataset: dataset.prefetch()


copy_to_device = prefetch_to_device


def make_one_shot_iterator(dataset: Dataset) -> Any:
    """TensorFlow 1's iterator."""
    return dataset.make_one_shot_iterator()
