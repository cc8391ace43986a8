"""Layers: one file each, all in the same order: formula, constructor, `build`, `call`, `compute_output_shape`."""

from nabi.core.attributes import offer_nearest
from nabi.core.registry import lookup
from nabi.layers.activated import Activated
from nabi.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from nabi.layers.activity_regularization import ActivityRegularization
from nabi.layers.blur import RandomGaussianBlur
from nabi.layers.convolution import Conv1D, Conv2D
from nabi.layers.crop import CenterCrop, RandomCrop
from nabi.layers.dense import Dense
from nabi.layers.depthwise import DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D
from nabi.layers.dot import Dot, dot
from nabi.layers.dropout import Dropout, SpatialDropout1D, SpatialDropout2D
from nabi.layers.embedding import Embedding
from nabi.layers.erasing import RandomErasing
from nabi.layers.flip import RandomFlip
from nabi.layers.function import Lambda
from nabi.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
)
from nabi.layers.grey import RandomColorDegeneration, RandomGrayscale
from nabi.layers.group_normalization import GroupNormalization
from nabi.layers.histogram import AutoContrast, Equalization
from nabi.layers.hue import RandomHue, RandomSaturation
from nabi.layers.identity import Identity
from nabi.layers.input import Input, InputLayer
from nabi.layers.inverting import RandomInvert, Solarization
from nabi.layers.jitter import RandomColorJitter
from nabi.layers.layer import Layer
from nabi.layers.layer_normalization import LayerNormalization
from nabi.layers.lighting import RandomBrightness, RandomContrast
from nabi.layers.local import LocallyConnected2D
from nabi.layers.local_response import LocalResponseNormalization
from nabi.layers.masking import Masking
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
from nabi.layers.mixing import CutMix, MixUp
from nabi.layers.noise import GaussianDropout, GaussianNoise
from nabi.layers.normalization import BatchNormalization
from nabi.layers.normalizing import Normalization
from nabi.layers.operation import Operation
from nabi.layers.padding import Cropping1D, Cropping2D, ZeroPadding1D, ZeroPadding2D
from nabi.layers.policies import AugMix, RandAugment
from nabi.layers.pooling import AveragePooling1D, AveragePooling2D, L2Pooling2D, MaxPooling1D, MaxPooling2D
from nabi.layers.posterization import RandomPosterization
from nabi.layers.prelu import PReLU
from nabi.layers.rearranging import Permute, RepeatVector, Reshape
from nabi.layers.recurrent import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    GRUCell,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
)
from nabi.layers.reshaping import Flatten, Rescaling
from nabi.layers.residual import CustomScaleLayer, LayerScale
from nabi.layers.resizing import Resizing
from nabi.layers.rotation import RandomRotation
from nabi.layers.sharpness import RandomSharpness
from nabi.layers.shear import RandomShear
from nabi.layers.time_distributed import TimeDistributed
from nabi.layers.translation import RandomTranslation
from nabi.layers.transposed import Conv1DTranspose, Conv2DTranspose
from nabi.layers.unit_normalization import UnitNormalization
from nabi.layers.upsampling import UpSampling1D, UpSampling2D
from nabi.layers.zoom import RandomZoom

Convolution1D, Convolution2D = Conv1D, Conv2D
Convolution1DTranspose, Convolution2DTranspose = Conv1DTranspose, Conv2DTranspose
SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
MaxPool1D, MaxPool2D = MaxPooling1D, MaxPooling2D
AvgPool1D, AvgPool2D = AveragePooling1D, AveragePooling2D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D


def get(identifier) -> Layer:
    """A layer from its config dict {"class_name", "config"}, or the layer itself."""
    if isinstance(identifier, Layer):
        return identifier
    return lookup("layer", identifier["class_name"]).from_config(identifier["config"])


__all__ = [
    "Activated", "Activation", "ActivityRegularization", "Add", "AugMix", "AutoContrast", "Average", "AveragePooling1D",
    "AveragePooling2D", "AvgPool1D", "AvgPool2D", "BatchNormalization", "Bidirectional", "CenterCrop", "Concatenate",
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Convolution1D", "Convolution1DTranspose", "Convolution2D",
    "Convolution2DTranspose", "Cropping1D", "Cropping2D", "CustomScaleLayer", "CutMix", "Dense", "DepthwiseConv1D",
    "DepthwiseConv2D", "Dot", "Dropout", "ELU", "Embedding", "Equalization", "Flatten", "GRU", "GRUCell", "GaussianDropout",
    "GaussianNoise", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAvgPool1D", "GlobalAvgPool2D",
    "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GroupNormalization", "Identity",
    "Input", "InputLayer", "L2Pooling2D", "LSTM", "LSTMCell", "Lambda", "Layer", "LayerNormalization", "LayerScale",
    "LeakyReLU", "LocalResponseNormalization", "LocallyConnected2D", "Masking", "MaxPool1D", "MaxPool2D", "MaxPooling1D",
    "MaxPooling2D", "Maximum", "Minimum", "MixUp", "Multiply", "Normalization", "Operation", "PReLU", "Permute", "RNN",
    "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomCrop",
    "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert",
    "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation",
    "RandomZoom", "ReLU", "RepeatVector", "Rescaling", "Reshape", "Resizing", "SeparableConv1D", "SeparableConv2D",
    "SeparableConvolution1D", "SeparableConvolution2D", "SimpleRNN", "SimpleRNNCell", "Softmax", "Solarization",
    "SpatialDropout1D", "SpatialDropout2D", "StackedRNNCells", "Subtract", "TimeDistributed", "UnitNormalization",
    "UpSampling1D", "UpSampling2D", "ZeroPadding1D", "ZeroPadding2D", "add", "average", "concatenate", "dot", "get",
    "maximum", "minimum", "multiply", "subtract",
]

offer_nearest(__name__, __all__)
