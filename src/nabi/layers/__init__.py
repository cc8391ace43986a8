"""Layers: one file each, all in the same order: formula, constructor, `build`, `call`, `compute_output_shape`."""

from nabi.core.registry import lookup
from nabi.layers.activated import Activated
from nabi.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from nabi.layers.convolution import Conv2D
from nabi.layers.dense import Dense
from nabi.layers.dot import Dot, dot
from nabi.layers.dropout import Dropout, SpatialDropout1D, SpatialDropout2D
from nabi.layers.flip import RandomFlip
from nabi.layers.group_normalization import GroupNormalization
from nabi.layers.input import Input, InputLayer
from nabi.layers.layer import Layer
from nabi.layers.layer_normalization import LayerNormalization
from nabi.layers.local_response import LocalResponseNormalization
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
from nabi.layers.noise import GaussianDropout, GaussianNoise
from nabi.layers.normalization import BatchNormalization
from nabi.layers.normalizing import Normalization
from nabi.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, L2Pooling2D, MaxPooling2D
from nabi.layers.prelu import PReLU
from nabi.layers.reshaping import Flatten, Rescaling
from nabi.layers.translation import RandomTranslation
from nabi.layers.unit_normalization import UnitNormalization

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
    "Convolution2D", "Dense", "Dot", "Dropout", "ELU", "Flatten", "GaussianDropout", "GaussianNoise", "GlobalAveragePooling2D",
    "GlobalAvgPool2D", "GroupNormalization", "Input", "InputLayer", "L2Pooling2D", "Layer", "LayerNormalization", "LeakyReLU",
    "LocalResponseNormalization", "MaxPool2D", "MaxPooling2D", "Maximum", "Minimum", "Multiply", "Normalization", "PReLU",
    "RandomFlip", "RandomTranslation", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "Subtract",
    "UnitNormalization", "add", "average", "concatenate", "dot", "get", "maximum", "minimum", "multiply", "subtract",
]
