"""Explanations: why did the network answer that? Functions of a model and a picture that give plain data; pictures come second.

    found = explain.grad_cam(model, x)            Explanation: map (H, W), class, score, share, layer, values of the formula
    found.figure()                                the map over the picture: a figure of `nabi.viz`
    explain.sanity_check(model, found)            the same map from random weights: is it about what was learned?
    explain.deletion_curve(model, found)          the answer while the pixels that count most go first, against a random order

    saliency, smooth_grad                         the gradient of the class' score
    guided_backpropagation                        the gradient with a gate behind each ReLU
    integrated_gradients                          shares of the answer, with the error of their sum
    occlusion                                     the answer with a patch covered: no gradient
    cam, grad_cam, grad_cam_plus_plus             maps of a layer, weighted for a class
    feature_maps, filters                         what layers make of a picture, and by what
    activation_maximization                       a picture that a unit or class answers most
    features, nearest, pca, tsne                  pictures as points: which are alike for the network?

How it is built. One `walk` through the flat graph runs the layers' own arithmetic in inference mode, in the dtype of the
weights: no hooks, so nothing to remove after an error; no copy, so nothing to keep equal; the compiled plan, precision, random
numbers, states and training flags are not touched. A method asks a `Question`: the picture converted as the model's card says
(and told), the class by number or name, the layer by the way to it ("backbone/conv", "conv#2") or the last one with places, the
score before the softmax or the answer behind it, as its paper has it. It puts a tensor in a place of the walk (a leaf to
differentiate by, a gate) and reads off a map. A layer's map is laid over the picture where its receptive fields have their
centres.

Each method is one file with its paper's equations. Pictures are drawn by `nabi.viz` from arrays alone.

Example:
    >>> from nabi import explain, zoo
    >>> import numpy as np
    >>> net = zoo.build("lenet5")
    >>> net.layers[1].bias.add_(0.1).shape  # as if it were trained
    torch.Size([6])
    >>> explain.grad_cam(net, np.ones((32, 32, 1), "float32")).map.shape
    (32, 32)
"""

from nabi.core.attributes import offer_nearest
from nabi.explain.activation_maximization import Maximized, activation_maximization
from nabi.explain.cam import cam
from nabi.explain.deletion import Deletion, deletion_curve
from nabi.explain.feature_maps import feature_maps, filters
from nabi.explain.grad_cam import grad_cam
from nabi.explain.grad_cam_plus_plus import grad_cam_plus_plus
from nabi.explain.guided_backpropagation import guided_backpropagation
from nabi.explain.integrated_gradients import integrated_gradients
from nabi.explain.methods import METHODS
from nabi.explain.neighbours import Nearest, features, nearest
from nabi.explain.occlusion import occlusion
from nabi.explain.projection import Projection, pca, tsne
from nabi.explain.result import Explanation
from nabi.explain.saliency import saliency
from nabi.explain.sanity import SanityCheck, sanity_check
from nabi.explain.smooth_grad import smooth_grad

__all__ = ["Deletion", "Explanation", "METHODS", "Maximized", "Nearest", "Projection", "SanityCheck", "activation_maximization",
           "cam", "deletion_curve", "feature_maps", "features", "filters", "grad_cam", "grad_cam_plus_plus",
           "guided_backpropagation", "integrated_gradients", "nearest", "occlusion", "pca", "saliency", "sanity_check",
           "smooth_grad", "tsne"]

offer_nearest(__name__, __all__)
