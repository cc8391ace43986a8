"""Zoo: networks by name, from the perceptron to DenseNet; each a small file that reads like its paper's figure.

    list("resnet*"), card("vgg16")                     which there are; paper, size and published accuracy of one
    build("vgg16", input_shape=(64, 64, 3), classes=10)
    altered(model, activation="tanh")                   one thing changed everywhere
    features(model), head(model), reset_head(model, 5)
    fit_cached(model, x, y), cached_features(model, x)  frozen layers compute once
"""

from nabi.core.attributes import offer_nearest
from nabi.zoo.alexnet import alexnet, alexnet_one_tower
from nabi.zoo.altering import altered
from nabi.zoo.cached import cached_features, fit_cached
from nabi.zoo.card import Card, card
from nabi.zoo.catalogue import build, list_networks, macs, outline, parameters
from nabi.zoo.densenet import (
    densenet,
    densenet40,
    densenet121,
    densenet161,
    densenet169,
    densenet201,
    densenet_bc40,
    densenet_bc100,
    densenet_cifar,
)
from nabi.zoo.efficientnet_lite import efficientnet_lite0
from nabi.zoo.fast import fast_cnn
from nabi.zoo.fast_cifar import fast_cifar
from nabi.zoo.fast_pictures import fast_pictures
from nabi.zoo.googlenet import AUXILIARY_WEIGHTS, googlenet, googlenet_bn, main_branch
from nabi.zoo.heads import features, head, reset_head
from nabi.zoo.lecture import lecture_cnn, lecture_dense
from nabi.zoo.lenet import lenet5, lenet5_1998
from nabi.zoo.mlp import mlp
from nabi.zoo.nin import nin, nin_imagenet
from nabi.zoo.perceptron import Perceptron, perceptron
from nabi.zoo.preresnet import (
    preresnet,
    preresnet164,
    preresnet_cifar,
    resnet18_v2,
    resnet34_v2,
    resnet50_v2,
    resnet101_v2,
    resnet152_v2,
)
from nabi.zoo.pretrained import decode_predictions, imagenet_classes
from nabi.zoo.resnet import (
    resnet,
    resnet18,
    resnet20,
    resnet32,
    resnet34,
    resnet44,
    resnet50,
    resnet50_v1_5,
    resnet56,
    resnet101,
    resnet101_v1_5,
    resnet110,
    resnet152,
    resnet152_v1_5,
    resnet_cifar,
)
from nabi.zoo.smile_cnn import smile_cnn
from nabi.zoo.softmax_regression import SoftmaxRegression, softmax_regression
from nabi.zoo.torch_weights import load_torch, to_torch_state_dict
from nabi.zoo.two_layer import TwoLayerNet, two_layer
from nabi.zoo.vgg import vgg, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from nabi.zoo.vgg_cnn_m import vgg_cnn_m

list = list_networks

__all__ = [
    "AUXILIARY_WEIGHTS", "Card", "Perceptron", "SoftmaxRegression", "TwoLayerNet", "alexnet", "alexnet_one_tower", "altered",
    "build", "cached_features", "card", "decode_predictions", "densenet", "densenet121", "densenet161", "densenet169",
    "densenet201", "densenet40", "densenet_bc100", "densenet_bc40", "densenet_cifar", "efficientnet_lite0", "fast_cifar",
    "fast_cnn", "fast_pictures", "features", "fit_cached", "googlenet", "googlenet_bn", "head", "imagenet_classes",
    "lecture_cnn", "lecture_dense", "lenet5", "lenet5_1998", "list", "list_networks", "load_torch", "macs", "main_branch",
    "mlp", "nin", "nin_imagenet", "outline", "parameters", "perceptron", "preresnet", "preresnet164", "preresnet_cifar",
    "reset_head", "resnet", "resnet101", "resnet101_v1_5", "resnet101_v2", "resnet110", "resnet152", "resnet152_v1_5",
    "resnet152_v2", "resnet18", "resnet18_v2", "resnet20", "resnet32", "resnet34", "resnet34_v2", "resnet44", "resnet50",
    "resnet50_v1_5", "resnet50_v2", "resnet56", "resnet_cifar", "smile_cnn", "softmax_regression", "to_torch_state_dict",
    "two_layer", "vgg", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "vgg_cnn_m",
]

NO_NEED = ('None is needed: networks with weights="imagenet" take pixels 0 to 255 as they are, not x / 255, and scale them '
           "inside; others take what they were trained with.")

offer_nearest(__name__, __all__, {"preprocess_input": NO_NEED})
