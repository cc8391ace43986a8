"""Image: pictures between files, arrays and networks, under the names of Keras' `preprocessing.image`."""

from nabi.core.attributes import offer_nearest
from nabi.preprocessing.arrays_flow import NumpyArrayIterator
from nabi.preprocessing.files_flow import DataFrameIterator, DirectoryIterator
from nabi.preprocessing.generator import ImageDataGenerator
from nabi.preprocessing.iterating import Iterator
from nabi.preprocessing.pixels import array_to_img, img_to_array, load_img, save_img, smart_resize
from nabi.preprocessing.transforms import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    flip_axis,
    random_brightness,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)

__all__ = [
    "DataFrameIterator", "DirectoryIterator", "ImageDataGenerator", "Iterator", "NumpyArrayIterator", "apply_affine_transform",
    "apply_brightness_shift", "apply_channel_shift", "array_to_img", "flip_axis", "img_to_array", "load_img", "random_brightness",
    "random_channel_shift", "random_rotation", "random_shear", "random_shift", "random_zoom", "save_img", "smart_resize",
]

offer_nearest(__name__, __all__)
