"""VGG19: VGG16 with a fourth convolution in its last three blocks; 143,667,240 parameters.

Source: Simonyan & Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015, network E.
"""

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.vgg16 import FILE, blocks, three_dense

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]

preprocess_input = prepared("caffe", __name__)


@application("vgg19", 224, 32, FILE.format(name="vgg19"), three_dense, named=False)
def VGG19(x):
    """VGG19, network E of the paper; pictures prepared in mode "caffe".

    Example:
        >>> VGG19(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        20024384
    """
    return blocks(x, (2, 2, 4, 4, 4))
