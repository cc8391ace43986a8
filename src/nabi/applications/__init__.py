"""Applications: networks as Keras has them, layer by layer, so that Keras' files of weights fit.

    from nabi.applications import ResNet50
    from nabi.applications.resnet50 import preprocess_input, decode_predictions

    model = ResNet50(weights="resnet50_weights_tf_dim_ordering_tf_kernels.h5")
    decode_predictions(model.predict(preprocess_input(pictures)))

`nabi.zoo` has the networks as their papers have them, for small pictures too, and transfer learning.
"""

from nabi.applications import (
    convnext,
    densenet,
    efficientnet,
    efficientnet_v2,
    imagenet_utils,
    inception_resnet_v2,
    inception_v3,
    mobilenet,
    mobilenet_v2,
    mobilenet_v3,
    nasnet,
    resnet,
    resnet50,
    resnet_v2,
    vgg16,
    vgg19,
    xception,
)
from nabi.applications.convnext import ConvNeXtBase, ConvNeXtLarge, ConvNeXtSmall, ConvNeXtTiny, ConvNeXtXLarge
from nabi.applications.densenet import DenseNet121, DenseNet169, DenseNet201
from nabi.applications.efficientnet import (
    EfficientNetB0,
    EfficientNetB1,
    EfficientNetB2,
    EfficientNetB3,
    EfficientNetB4,
    EfficientNetB5,
    EfficientNetB6,
    EfficientNetB7,
)
from nabi.applications.efficientnet_v2 import (
    EfficientNetV2B0,
    EfficientNetV2B1,
    EfficientNetV2B2,
    EfficientNetV2B3,
    EfficientNetV2L,
    EfficientNetV2M,
    EfficientNetV2S,
)
from nabi.applications.inception_resnet_v2 import InceptionResNetV2
from nabi.applications.inception_v3 import InceptionV3
from nabi.applications.mobilenet import MobileNet
from nabi.applications.mobilenet_v2 import MobileNetV2
from nabi.applications.mobilenet_v3 import MobileNetV3Large, MobileNetV3Small
from nabi.applications.nasnet import NASNetLarge, NASNetMobile
from nabi.applications.resnet import ResNet50, ResNet101, ResNet152
from nabi.applications.resnet_v2 import ResNet50V2, ResNet101V2, ResNet152V2
from nabi.applications.vgg16 import VGG16
from nabi.applications.vgg19 import VGG19
from nabi.applications.xception import Xception
from nabi.core.attributes import offer_nearest

__all__ = [
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge", "DenseNet121", "DenseNet169",
    "DenseNet201", "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5",
    "EfficientNetB6", "EfficientNetB7", "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3",
    "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S", "InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2",
    "MobileNetV3Large", "MobileNetV3Small", "NASNetLarge", "NASNetMobile", "ResNet101", "ResNet101V2", "ResNet152",
    "ResNet152V2", "ResNet50", "ResNet50V2", "VGG16", "VGG19", "Xception", "convnext", "densenet", "efficientnet",
    "efficientnet_v2", "imagenet_utils", "inception_resnet_v2", "inception_v3", "mobilenet", "mobilenet_v2", "mobilenet_v3",
    "nasnet", "resnet", "resnet50", "resnet_v2", "vgg16", "vgg19", "xception",
]

offer_nearest(__name__, __all__)
