"""Layers: one file each, all in the same order: formula, constructor, `build`, `call`, `compute_output_shape`."""

from nabi.core.registry import lookup
from nabi.layers.activated import Activated
from nabi.layers.activation import Activation, LeakyReLU, ReLU, Softmax
from nabi.layers.convolution import Conv2D
from nabi.layers.dense import Dense
from nabi.layers.dropout import Dropout
from nabi.layers.flip import RandomFlip
from nabi.layers.input import Input, InputLayer
from nabi.layers.layer import Layer
from nabi.layers.merging import (
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    maximum,
    minimum,
    multiply,
    subtract,
)
from nabi.layers.normalization import BatchNormalization
from nabi.layers.normalizing import Normalization
from nabi.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, L2Pooling2D, MaxPooling2D
from nabi.layers.reshaping import Flatten, Rescaling
from nabi.layers.translation import RandomTranslation

Convolution2D = Conv2D
MaxPool2D = MaxPooling2D
AvgPool2D = AveragePooling2D
GlobalAvgPool2D = GlobalAveragePooling2D


def get(identifier) -> Layer:
    """A layer from its config dict {"class_name", "config"}, or the layer itself."""
    if isinstance(identifier, Layer):
        return identifier
    return lookup("layer", identifier["class_name"]).from_config(identifier["config"])


__all__ = [
    "Activated", "Activation", "Add", "Average", "AveragePooling2D", "AvgPool2D", "BatchNormalization", "Concatenate", "Conv2D",
    "Convolution2D", "Dense", "Dropout", "Flatten", "GlobalAveragePooling2D", "GlobalAvgPool2D", "Input", "InputLayer",
    "L2Pooling2D", "Layer", "LeakyReLU", "MaxPool2D", "MaxPooling2D", "Maximum", "Minimum", "Multiply", "Normalization",
    "RandomFlip", "RandomTranslation", "ReLU", "Rescaling", "Softmax", "Subtract", "add", "average", "concatenate", "get",
    "maximum", "minimum", "multiply", "subtract",
]
