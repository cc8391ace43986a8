"""Arrays flow: batches of pictures out of an array, varied at random: what `ImageDataGenerator.flow` gives."""

from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError, ShapeError
from nabi.core.warning import warn
from nabi.preprocessing.iterating import Iterator
from nabi.preprocessing.pixels import as_array, checked_format

SUBSETS = ("training", "validation")


class NumpyArrayIterator(Iterator):
    """Batches x, (x, y) or (x, y, sample_weight); the arguments are those of `ImageDataGenerator.flow`.

    Pictures stay as they came (uint8 stays uint8) and become numbers batch by batch. Raises ArgumentError, DataError, ShapeError.

    Example:
        >>> from nabi.preprocessing.image import ImageDataGenerator
        >>> flow = NumpyArrayIterator(np.zeros((5, 4, 4, 1)), None, ImageDataGenerator(), batch_size=2)
        >>> len(flow), [len(flow[k]) for k in range(3)]
        (3, [2, 2, 1])
    """

    def __init__(self, x: Any, y: Any, image_data_generator: Any, batch_size: int = 32, shuffle: bool = False,
                 sample_weight: Any = None, seed: int | None = None, data_format: str | None = None, save_to_dir: Any = None,
                 save_prefix: str = "", save_format: str = "png", subset: str | None = None, ignore_class_split: bool = False,
                 dtype: Any = "float32"):
        others: list = []
        if isinstance(x, (tuple, list)) and len(x) == 2 and np.ndim(x[0]) == 4:
            others = [as_array(part) for part in (x[1] if isinstance(x[1], list) else [x[1]])]
            x = x[0]
        x = as_array(x)
        if x.ndim != 4:
            raise ShapeError("ImageDataGenerator.flow(x)", "(N, height, width, channels)", f"shape {x.shape}",
                             "Grey pictures need their channel: x[..., None]." if x.ndim == 3 else "")
        y, sample_weight = (None if part is None else as_array(part) for part in (y, sample_weight))
        named = {"y": y, "sample_weight": sample_weight} | {f"x[1][{k}]": part for k, part in enumerate(others)}
        for name, part in named.items():
            if part is not None and len(part) != len(x):
                raise DataError(f"ImageDataGenerator.flow({name})", f"{len(x)} entries, as many as pictures", len(part))
        if subset is not None:
            first = int(len(x) * image_data_generator._validation_split)
            x, y, sample_weight, *others = parted(subset, first, ignore_class_split, [x, y, sample_weight, *others])
        self.data_format, self.dtype = checked_format("ImageDataGenerator.flow", data_format), np.dtype(dtype or "float32")
        channels = x.shape[3 if self.data_format == "channels_last" else 1]
        if channels not in (1, 3, 4):
            warn(f"ImageDataGenerator.flow(x): 1, 3 or 4 channels are pictures; shape {x.shape} has {channels} of them with "
                 f"{self.data_format}.")
        self.x, self.y, self.sample_weight, self.x_misc = x, y, sample_weight, others
        self.image_data_generator = image_data_generator
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        super().__init__(len(x), batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        x = self.made(self.image_data_generator, self.x[index_array].astype(self.dtype))
        if self.save_to_dir:
            self.save(x, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 1e4)
        given = [x, *(part[index_array] for part in self.x_misc)] if self.x_misc else x
        if self.y is None:
            return given
        return (given, *(part[index_array] for part in (self.y, self.sample_weight) if part is not None))


def parted(subset: str, first: int, ignore_class_split: bool, parts: list) -> list:
    """The first entries of each array for "validation", the others for "training"; parts[1] are the labels."""
    if subset not in SUBSETS:
        raise ArgumentError("ImageDataGenerator.flow(subset)", "'training' or 'validation'", repr(subset))
    y = parts[1]
    if y is not None and not ignore_class_split and not np.array_equal(np.unique(y[:first]), np.unique(y[first:])):
        raise DataError("ImageDataGenerator.flow(subset)", "the same classes in both parts", "others",
                        "Shuffle x and y together first; ignore_class_split=True lets it be.")
    side = slice(first) if subset == "validation" else slice(first, None)
    return [None if part is None else part[side] for part in parts]
