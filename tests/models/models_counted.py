"""Networks whose numbers summaries must get right: the lectures', branches, nested twins, odd windows, maps that grow."""

import nabi
from nabi.layers import (
    LSTM,
    RNN,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    GRUCell,
    LocallyConnected2D,
    MaxPooling1D,
    MaxPooling2D,
    RepeatVector,
    Reshape,
    SeparableConv1D,
    SeparableConv2D,
    SimpleRNN,
    TimeDistributed,
    UpSampling2D,
    ZeroPadding2D,
)


def chain(shape, *layers, **named):
    return nabi.Sequential([nabi.Input(shape), *layers], **named)


def lecture_cnn():
    return chain((28, 28, 1), Conv2D(32, 3, activation="relu"), Conv2D(64, 3, activation="relu"), MaxPooling2D(2), Dropout(0.25),
                 Flatten(), Dense(128, activation="relu"), Dropout(0.5), Dense(10, activation="softmax"))


def branching():
    x = nabi.Input((16, 16, 3), name="picture")
    a = Conv2D(4, 1, activation="relu", name="one")(x)
    b = BatchNormalization(name="norm")(Conv2D(4, 3, padding="same", use_bias=False, name="three")(x))
    y = Concatenate(name="join")([a, b, MaxPooling2D(3, strides=1, padding="same", name="pool")(x)])
    z = Add(name="skip")([y, Conv2D(11, 3, padding="same", name="five")(y)])
    return nabi.Model(x, Dense(10, name="out")(GlobalAveragePooling2D(name="mean")(z)), name="branching")


def twins():
    encoder = chain((12, 12, 1), Conv2D(8, 3, strides=2, padding="same", name="conv"), BatchNormalization(name="bn"),
                    Flatten(name="flat"), Dense(16, name="code"), name="encoder")
    left, right = nabi.Input((12, 12, 1), name="left"), nabi.Input((12, 12, 1), name="right")
    joined = Concatenate(name="both")([encoder(left), encoder(right)])
    return nabi.Model([left, right], Dense(1, name="same")(joined), name="twins")


def oddities():
    """Dilation, groups, padding by number, kernels and strides that are not square, no bias, Dense on the last axis."""
    return chain((23, 30, 4), Conv2D(8, (3, 5), strides=(2, 1), padding="same", groups=2),
                 Conv2D(6, 3, dilation_rate=(2, 3), padding=2), AveragePooling2D((2, 3), padding="same"),
                 BatchNormalization(scale=False), Conv2D(4, 2, strides=3, use_bias=False), Dense(7),
                 MaxPooling2D(2, strides=1, padding=1), Dense(3, use_bias=False), Flatten(), Dense(2))


def up_and_down():
    """Depthwise, separable, transposed and local kernels; maps padded, cut and stretched; a shape that is worked out."""
    return chain((40, 3), Reshape((8, -1, 3)), DepthwiseConv2D(3, strides=(1, 2), padding="same", depth_multiplier=2),
                 Conv2DTranspose(4, (3, 2), strides=(1, 3), padding="same"), Conv2DTranspose(4, 2, strides=2, output_padding=1),
                 SeparableConv2D(5, (2, 3), depth_multiplier=2), ZeroPadding2D(((1, 0), (2, 2))), UpSampling2D((1, 2)),
                 Cropping2D((5, 9)), LocallyConnected2D(2, 3, strides=2), GlobalMaxPooling2D(), RepeatVector(9),
                 Conv1D(4, 3, padding="causal", dilation_rate=2), MaxPooling1D(2), Conv1DTranspose(3, 2, strides=3),
                 SeparableConv1D(3, 2, use_bias=False), GlobalAveragePooling1D())


def sequences():
    """Words, read both ways (in a loop whose products torch counts), with a layer at each step and a cell on its own."""
    return chain((7,), Embedding(9, 4), Bidirectional(LSTM(3, return_sequences=True, use_cudnn=False)), TimeDistributed(Dense(5)),
                 RNN(GRUCell(2), return_sequences=True), SimpleRNN(3, use_bias=False), Dense(1))


MODELS = [lecture_cnn, branching, twins, oddities, up_and_down, sequences]
