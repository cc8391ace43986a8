"""VGG-CNN-M: AlexNet's plan with a finer first layer: 7 x 7 windows at strides of 2.

    picture 224 x 224 x 3
    Conv 7x7/2,  96   -> 109 x 109      LRN, pool 3x3/2 -> 54 x 54
    Conv 5x5/2, 256   ->  26 x  26      LRN, pool 3x3/2 -> 13 x 13
    Conv 3x3, 512 (three times)         pool 3x3/2 ->  6 x  6
    Dense 4096, dropout .5, Dense 4096, dropout .5, Dense 1000

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("vgg-cnn-m"))
    102908520

Source: Chatfield, Simonyan, Vedaldi & Zisserman, "Return of the devil in the details", BMVC 2014, table 1, CNN-M; sizes of maps
and the LRN's numbers (size 5, alpha .0005 / 5, beta .75, k 2) from the authors' Caffe model.
"""

from typing import Any

from nabi.core.calls import checked
from nabi.core.numbers import flag
from nabi.layers import Conv2D, Dense, Dropout, Flatten, LocalResponseNormalization, MaxPooling2D
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import IMAGENET, picture, shares, wide, without_top

PAPER = Paper("Chatfield, Simonyan, Vedaldi & Zisserman",
              "Return of the devil in the details: delving deep into convolutional nets", "BMVC 2014", 2014)


@network(PAPER, "table 1, CNN-M", 102_908_520, 1_676_172_320, "13.7 % top-5 errors on ImageNet (the authors' Caffe model)")
@checked
def vgg_cnn_m(input_shape=IMAGENET, classes=1000, include_top=True, pooling=None, width=1.0, units=4096) -> Model:
    """The medium one of three networks.

    Args:
        input_shape: (height, width, channels).
        classes, include_top, pooling: see `nabi.zoo.build`.
        width: share of the paper's filters.
        units: of the two dense layers before the classifier.
    """
    he: dict[str, Any] = {"activation": "relu", "kernel_initializer": "he_normal"}
    x = image = picture(input_shape)
    x = Conv2D(wide(96, width), 7, strides=2, name="conv1", **he)(x)
    x = LocalResponseNormalization(alpha=1e-4, name="lrn1")(x)
    x = MaxPooling2D(3, 2, name="pool1")(x)
    x = Conv2D(wide(256, width), 5, strides=2, padding=1, name="conv2", **he)(x)
    x = LocalResponseNormalization(alpha=1e-4, name="lrn2")(x)
    x = MaxPooling2D(3, 2, padding="same", name="pool2")(x)  # Caffe counts a window that begins inside
    for number in (3, 4, 5):
        x = Conv2D(wide(512, width), 3, padding="same", name=f"conv{number}", **he)(x)
    x = MaxPooling2D(3, 2, name="pool5")(x)
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, "vgg_cnn_m")
    x = Flatten(name="flatten")(x)
    for number in (6, 7):
        x = Dense(units, activation="relu", name=f"fc{number}")(x)
        x = Dropout(0.5, name=f"drop{number}")(x)
    return Model(image, Dense(classes, activation=shares(classes), name="classes")(x), name="vgg_cnn_m")
