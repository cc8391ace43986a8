"""Generator: pictures that are varied at random while a network learns: `ImageDataGenerator` of Keras 1, 2 and 3.

    picture -> affine map -> channel shift -> flips -> brightness          what is drawn: apply_transform
            -> preprocessing_function -> rescale -> own mean, spread -> mean, spread, whitening of all     standardize

A batch goes through each step at once. Source: Keras 3, legacy/preprocessing/image.py.
"""

from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.warning import warn
from nabi.preprocessing.arrays_flow import NumpyArrayIterator
from nabi.preprocessing.drawing import draw
from nabi.preprocessing.files_flow import DataFrameIterator, DirectoryIterator
from nabi.preprocessing.pixels import as_array, checked_format
from nabi.preprocessing.transforms import GEOMETRY, brightened, channel_shifted, moved
from nabi.preprocessing.whitening import whitening

SMALL = 1e-6  # added to a spread before it divides
STEPS = ("get_random_transform", "apply_transform", "random_transform", "standardize")  # which a class of the user's may replace


class ImageDataGenerator:
    """Says how pictures are varied and standardised; `flow`, `flow_from_directory` and `flow_from_dataframe` give the batches.

    Args:
        featurewise_center, featurewise_std_normalization: x - mean, x / (std + 1e-6), a channel each, of what `fit` saw.
        samplewise_center, samplewise_std_normalization: the same with each picture's own.
        zca_whitening, zca_epsilon: x W with W from `fit`: pixels without correlation.
        rotation_range: degrees either way.
        width_shift_range, height_shift_range: shares of the size below 1, else pixels; a whole number or a list is chosen from.
        brightness_range: (low, high), a factor. See `nabi.preprocessing.transforms.brightened`.
        shear_range: degrees.
        zoom_range: (low, high), or z for (1 - z, 1 + z); rows and columns are drawn apart.
        channel_shift_range: most that is added to all numbers.
        fill_mode, cval: what lies beyond the border: "nearest", "constant" (cval), "reflect", "wrap".
        horizontal_flip, vertical_flip: whether every other picture is turned round.
        rescale: factor, such as 1/255.
        preprocessing_function: picture -> picture, after the variation.
        data_format: "channels_first" for (channels, height, width); `dim_ordering` "tf" or "th" in Keras 1.
        validation_split: share that subset="validation" gives.
        interpolation_order: 0 nearest pixel, 1 bilinear.
        dtype: of the batches.

    Example:
        >>> generator = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
        >>> x, y = next(generator.flow(np.full((5, 8, 8, 3), 255.0), np.arange(5), batch_size=2))
        >>> x.shape, float(x.max()), y.shape
        ((2, 8, 8, 3), 1.0, (2,))

    Random numbers come from `np.random`, or from the `seed` of a flow: two flows of one seed vary pictures and masks alike, and
    the numbers are Keras'. Raises ArgumentError.
    """

    def __init__(self, featurewise_center: bool = False, samplewise_center: bool = False,
                 featurewise_std_normalization: bool = False, samplewise_std_normalization: bool = False,
                 zca_whitening: bool = False, zca_epsilon: float = 1e-6, rotation_range: float = 0,
                 width_shift_range: Any = 0.0, height_shift_range: Any = 0.0, brightness_range: Any = None,
                 shear_range: float = 0.0, zoom_range: Any = 0.0, channel_shift_range: float = 0.0, fill_mode: str = "nearest",
                 cval: float = 0.0, horizontal_flip: bool = False, vertical_flip: bool = False, rescale: float | None = None,
                 preprocessing_function: Any = None, data_format: str | None = None, validation_split: float | None = 0.0,
                 interpolation_order: int = 1, dtype: Any = "float32", dim_ordering: str | None = None):
        self.featurewise_center = featurewise_center or featurewise_std_normalization or zca_whitening
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range, self.channel_shift_range = rotation_range, shear_range, channel_shift_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        if np.size(zoom_range) > 2 or np.size(zoom_range) == 2 and np.ndim(zoom_range) != 1:
            raise ArgumentError("ImageDataGenerator(zoom_range)", "a number or two", repr(zoom_range))
        self.zoom_range = list(zoom_range) if np.ndim(zoom_range) else [1 - zoom_range, 1 + zoom_range]
        if brightness_range is not None and np.shape(brightness_range) != (2,):
            raise ArgumentError("ImageDataGenerator(brightness_range)", "two numbers, (low, high)", repr(brightness_range))
        self.brightness_range = brightness_range
        self.fill_mode, self.cval, self.interpolation_order = fill_mode, cval, interpolation_order
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function, self.dtype = rescale, preprocessing_function, dtype or "float32"
        self.data_format = checked_format("ImageDataGenerator", data_format or dim_ordering)
        self.channel_axis, self.row_axis, self.col_axis = (3, 1, 2) if self.data_format == "channels_last" else (1, 2, 3)
        if validation_split and not 0 < validation_split < 1:
            raise ArgumentError("ImageDataGenerator(validation_split)", "a share between 0 and 1", validation_split)
        self._validation_split = validation_split or 0.0
        self.mean: Any = None
        self.std: Any = None
        self.zca_whitening_matrix: Any = None

    def flow(self, x: Any = None, y: Any = None, batch_size: int = 32, shuffle: bool = True, sample_weight: Any = None,
             seed: int | None = None, save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png",
             ignore_class_split: bool = False, subset: str | None = None, X: Any = None) -> NumpyArrayIterator:
        """Batches from arrays: x alone, (x, y) or (x, y, sample_weight); x may be (pictures, [other arrays]).

        Args:
            x: (N, height, width, channels). `X` in Keras 1.
            y, sample_weight: (N, ...).
            batch_size: pictures a batch.
            shuffle: draws a new order for each pass.
            seed: of order and variation.
            save_to_dir, save_prefix, save_format: writes every picture that is given, to look at.
            ignore_class_split: lets the parts of a split have different classes.
            subset: "training" or "validation".
        """
        return NumpyArrayIterator(X if x is None else x, y, self, batch_size, shuffle, sample_weight, seed, self.data_format,
                                  save_to_dir, save_prefix, save_format, subset, ignore_class_split, self.dtype)

    def flow_from_directory(self, directory: Any, target_size: Any = (256, 256), color_mode: str = "rgb", classes: Any = None,
                            class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
                            seed: int | None = None, save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png",
                            follow_links: bool = False, subset: str | None = None, interpolation: str = "nearest",
                            keep_aspect_ratio: bool = False) -> DirectoryIterator:
        """Batches from a folder with a folder for each class; see `DirectoryIterator`."""
        return DirectoryIterator(directory, self, target_size, color_mode, classes, class_mode, batch_size, shuffle, seed,
                                 self.data_format, save_to_dir, save_prefix, save_format, follow_links, subset, interpolation,
                                 keep_aspect_ratio, self.dtype)

    def flow_from_dataframe(self, dataframe: Any, directory: Any = None, x_col: str = "filename", y_col: Any = "class",
                            weight_col: str | None = None, target_size: Any = (256, 256), color_mode: str = "rgb",
                            classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32,
                            shuffle: bool = True, seed: int | None = None, save_to_dir: Any = None, save_prefix: str = "",
                            save_format: str = "png", subset: str | None = None, interpolation: str = "nearest",
                            validate_filenames: bool = True, **kwargs) -> DataFrameIterator:
        """Batches from the files that a table names; see `DataFrameIterator`.

        Older arguments, `has_ext`, `sort` and `drop_duplicates`, are passed over.
        """
        for word in set(kwargs) - {"has_ext", "sort", "drop_duplicates"}:
            raise ArgumentError(f"flow_from_dataframe({word}=...)", "a known argument", repr(word))
        return DataFrameIterator(dataframe, directory, self, x_col, y_col, weight_col, target_size, color_mode, classes,
                                 "raw" if class_mode == "other" else class_mode, batch_size, shuffle, seed, self.data_format,
                                 save_to_dir, save_prefix, save_format, subset, interpolation, False, self.dtype,
                                 validate_filenames)

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]:
        """The parameters of one picture, drawn from `np.random`; `seed` starts it anew."""
        if seed is not None:
            np.random.seed(seed)
        drawn = draw(self, 1, img_shape[self.row_axis - 1], img_shape[self.col_axis - 1], np.random)
        return {name: None if value is None else value[0] for name, value in drawn.items()}

    def apply_transform(self, x: Any, transform_parameters: dict[str, Any]) -> np.ndarray:
        """One picture after the variation that the parameters say; names that are missing change nothing."""
        p: dict[str, Any] = {name: np.array([transform_parameters.get(name, still)]) for name, still in GEOMETRY.items()}
        for name in ("flip_horizontal", "flip_vertical"):
            p[name] = np.array([bool(transform_parameters.get(name))])
        for name in ("channel_shift_intensity", "brightness"):
            value = transform_parameters.get(name)
            p[name] = None if value is None else np.array([value])
        return self.varied(as_array(x)[None], p)[0]

    def varied(self, x: np.ndarray, p: dict[str, Any]) -> np.ndarray:
        """A batch of pictures after the variation that the parameters, (N,) each, say."""
        first = self.data_format == "channels_first"
        x = moved(np.moveaxis(x, 1, -1) if first else x, p, self.fill_mode, self.cval, self.interpolation_order)
        if p["channel_shift_intensity"] is not None:
            x = channel_shifted(x, p["channel_shift_intensity"])
        for name, axis in (("flip_horizontal", 2), ("flip_vertical", 1)):
            turned = p[name]
            if turned.any():
                x = np.where(turned[:, None, None, None], np.flip(x, axis), x)
        if p["brightness"] is not None:
            if x.size and x.max() <= 1:
                warn("ImageDataGenerator(brightness_range): pixels of 0 to 1 become 0 or 1, as in Keras; give 0 to 255 and "
                     "rescale=1/255.")
            x = brightened(x, p["brightness"])
        return np.moveaxis(x, -1, 1) if first else x

    def random_transform(self, x: Any, seed: int | None = None) -> np.ndarray:
        """One picture, varied at random."""
        return self.apply_transform(x, self.get_random_transform(np.shape(x), seed))

    def standardize(self, x: Any) -> np.ndarray:
        """One picture, or a batch as if it were one, brought to the scale that a network reads."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        x = as_array(x)
        return self.standardized(x, tuple(range(x.ndim)))

    def standardized(self, x: np.ndarray, axes: tuple[int, ...], in_place: bool = False) -> np.ndarray:
        """What follows the user's function; `axes` are those of one picture."""
        kind = np.result_type(x.dtype, np.float32)
        x = x if in_place and x.dtype == kind else np.array(x, kind)
        if self.rescale:
            x *= x.dtype.type(self.rescale)
        if self.samplewise_center:
            x -= x.mean(axes, keepdims=True)
        if self.samplewise_std_normalization:
            x /= x.std(axes, keepdims=True) + SMALL
        wanted = {"featurewise_center": self.mean, "featurewise_std_normalization": self.std,
                  "zca_whitening": self.zca_whitening_matrix}
        for name, known in wanted.items():
            if getattr(self, name) and known is None:
                warn(f"ImageDataGenerator({name}): nothing is known of the data; call fit(x) first.")
        if self.featurewise_center and self.mean is not None:
            x -= self.mean
        if self.featurewise_std_normalization and self.std is not None:
            x /= self.std + SMALL
        if self.zca_whitening and self.zca_whitening_matrix is not None:
            x = (x.reshape(-1, len(self.zca_whitening_matrix)) @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def one_at_a_time(self) -> bool:
        """Whether a function or method of the user's wants pictures one after the other."""
        return bool(self.preprocessing_function) or any(getattr(type(self), name) is not getattr(ImageDataGenerator, name)
                                                        for name in STEPS)

    def made(self, x: np.ndarray, rng: Any) -> np.ndarray:
        """A batch of pictures, which is used up, as it is given to a network."""
        if self.one_at_a_time():
            return np.stack([self.standardize(self.apply_transform(one, self.get_random_transform(one.shape))) for one in x])
        p = draw(self, len(x), x.shape[self.row_axis], x.shape[self.col_axis], rng)
        return self.standardized(self.varied(x, p), (1, 2, 3), True).astype(self.dtype, copy=False)

    def fit(self, x: Any = None, augment: bool = False, rounds: int = 1, seed: int | None = None, X: Any = None) -> None:
        """Measures mean, spread and whitening of pictures (N, height, width, channels), for the options that need them.

        Args:
            x: the pictures. `X` in Keras 1.
            augment: measures pictures that are varied at random, `rounds` times each.
            seed: of the variation.
        """
        x = np.array(as_array(X if x is None else x), self.dtype)
        if x.ndim != 4:
            raise ShapeError("ImageDataGenerator.fit(x)", "(N, height, width, channels)", f"shape {x.shape}",
                             "Grey pictures need their channel: x[..., None]." if x.ndim == 3 else "")
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= x.dtype.type(self.rescale)
        if augment:
            size = x.shape[self.row_axis], x.shape[self.col_axis]
            x = np.concatenate([self.varied(x, draw(self, len(x), *size, np.random)) for _ in range(rounds)])
        axes, shape = (0, self.row_axis, self.col_axis), [1, 1, 1]
        shape[self.channel_axis - 1] = x.shape[self.channel_axis]
        if self.featurewise_center:
            self.mean = x.mean(axes).reshape(shape)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = x.std(axes).reshape(shape)
            x /= self.std + SMALL
        if self.zca_whitening:
            self.zca_whitening_matrix = whitening(x.reshape(len(x), -1), self.zca_epsilon)
