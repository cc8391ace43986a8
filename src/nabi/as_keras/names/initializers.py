"""Initializers: names of Keras 1 and 2: normal, uniform, zero, one; and `deserialize`."""

from nabi.as_keras.layers.spectrograms import STFT
from nabi.as_keras.names.objects import deserializer
from nabi.initializers import Constant, Identity, Ones, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, Zeros, get

__all__ = ["STFT", "STFTInitializer", "IdentityInitializer", "OrthogonalInitializer", "deserialize", "normal", "one",
           "random_normal_initializer", "random_uniform_initializer", "truncated_normal_initializer", "uniform", "zero",
           "constant_initializer", "zeros_initializer", "ones_initializer"]
normal = random_normal_initializer = RandomNormal
uniform = random_uniform_initializer = RandomUniform
truncated_normal_initializer = TruncatedNormal
zero = zeros_initializer = Zeros
one = ones_initializer = Ones
constant_initializer = Constant
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal
STFTInitializer = STFT
deserialize = deserializer(get)
