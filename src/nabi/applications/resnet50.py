"""ResNet50 under the path that Keras 1 and 2 have for it."""

from nabi.applications.resnet import ResNet50, decode_predictions, preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
