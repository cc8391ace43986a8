"""ConvNeXt Tiny, Small, Base, Large, XLarge: a plain convolutional network with the choices that made transformers good.

    y = x + gamma W2 gelu(W1 norm(conv7x7(x) by channel))         W1: to four times the channels; gamma near 0 at first

Pictures go in as pixels of 0-255: scaling is the network's first layer, unless include_preprocessing=False.
Source: Liu et al., "A ConvNet for the 2020s", 2022, figure 4.
"""

from typing import Any

from nabi.applications.building import IMAGENET, assembled
from nabi.applications.imagenet_utils import DEVIATION, MEAN, as_they_are, decode_predictions
from nabi.core.numbers import flag
from nabi.layers import Activation, Conv2D, Dense, GlobalAveragePooling2D, LayerNormalization, LayerScale, Normalization
from nabi.models import Sequential

__all__ = ["ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge", "LayerScale", "decode_predictions",
           "preprocess_input"]

EPSILON = 1e-6
FIRST_SCALE = 1e-6  # of LayerScale
SIZES = {  # blocks and channels of the four stages
    "Tiny": ((3, 3, 9, 3), 96), "Small": ((3, 3, 27, 3), 96), "Base": ((3, 3, 27, 3), 128), "Large": ((3, 3, 27, 3), 192),
    "XLarge": ((3, 3, 27, 3), 256),
}  # fmt: skip
preprocess_input = as_they_are(__name__)


def normed(name: str | None = None) -> LayerNormalization:
    """Layer normalisation with this paper's epsilon."""
    return LayerNormalization(epsilon=EPSILON, name=name)


def narrower(channels: int, stage: int, name: str) -> Sequential:
    """What stands before a stage: the map divided by 4 and later by 2, with more channels."""
    if not stage:
        return Sequential([Conv2D(channels, 4, strides=4, name=f"{name}_stem_conv"), normed(f"{name}_stem_layernorm")],
                          name=f"{name}_stem")
    return Sequential([normed(f"{name}_downsampling_layernorm_{stage - 1}"),
                       Conv2D(channels, 2, strides=2, name=f"{name}_downsampling_conv_{stage - 1}")],
                      name=f"{name}_downsampling_block_{stage - 1}")


def block(x: Any, channels: int, name: str) -> Any:
    """One residual block."""
    y = Conv2D(channels, 7, padding="same", groups=channels, name=f"{name}_depthwise_conv")(x)
    y = Dense(4 * channels, name=f"{name}_pointwise_conv_1")(normed(f"{name}_layernorm")(y))
    y = Dense(channels, name=f"{name}_pointwise_conv_2")(Activation("gelu", name=f"{name}_gelu")(y))
    y = LayerScale(FIRST_SCALE, channels, name=f"{name}_layer_scale")(y)
    return x + Activation("linear", name=f"{name}_identity")(y)


def sized(word: str) -> Any:
    """The function that builds one of the networks."""
    counts, width = SIZES[word]
    own = f"convnext_{word.lower()}"

    def build(include_top=True, include_preprocessing=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None,
              classes=IMAGENET, classifier_activation="softmax", name=own):
        def stages(x: Any) -> Any:
            if flag(f"ConvNeXt{word}(include_preprocessing)", include_preprocessing) and x.shape[-1] == len(MEAN):
                x = Normalization(mean=[255 * m for m in MEAN], variance=[(255 * d) ** 2 for d in DEVIATION],
                                  name=f"{name}_prestem_normalization")(x)
            for stage, count in enumerate(counts):
                x = narrower(width * 2**stage, stage, name)(x)
                for place in range(count):
                    x = block(x, width * 2**stage, f"{name}_stage_{stage}_block_{place}")
            return x

        def head(x: Any, classes: int, activation: Any) -> Any:
            x = normed(f"{name}_head_layernorm")(GlobalAveragePooling2D(name=f"{name}_head_gap")(x))
            return Dense(classes, activation=activation, name=f"{name}_head_dense")(x)

        stages.__name__ = build.__name__
        return assembled(stages, head, f"{own}{{top}}.h5", 224, 32, include_top, weights, input_tensor, input_shape, pooling,
                         classes, classifier_activation, name, tail=normed())

    build.__name__ = build.__qualname__ = f"ConvNeXt{word}"
    build.__module__ = __name__
    build.__doc__ = (f"ConvNeXt-{word}; pictures of 224 x 224 as they are, pixels 0-255; with include_preprocessing=False they "
                     "come scaled. Other arguments as in `ResNet50`.")
    return build


ConvNeXtTiny, ConvNeXtSmall, ConvNeXtBase, ConvNeXtLarge, ConvNeXtXLarge = map(sized, SIZES)
