"""Networks that torchvision does not have, as plain functions on torch tensors, written from papers and Caffe models.

Each is f(x, pour): x is (N, C, H, W), and pour() gives the next layer's (weight, bias) in torch's order of axes.
"""

import torch
import torch.nn.functional as F

INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64), "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}  # fmt: skip


def pool(x, ceil=False):
    """Overlapping 3/2."""
    return F.max_pool2d(x, 3, 2, ceil_mode=ceil)


def dense_end(x, pour):
    """Two dense layers with ReLU, and the classifier; torch flattens (C, H, W)."""
    weight, bias = pour(flat=x.shape[1:])
    x = F.relu(F.linear(x.flatten(1), weight, bias))
    return F.linear(F.relu(F.linear(x, *pour())), *pour())


def alexnet(x, pour):
    """Krizhevsky et al. 2012: LRN with n = 5, alpha = 1e-4, beta = .75, k = 2; torch's alpha is n times the paper's."""
    def lrn(x):
        return F.local_response_norm(x, 5, 5e-4, 0.75, 2.0)

    x = pool(lrn(F.relu(F.conv2d(x, *pour(), stride=4))))
    x = pool(lrn(F.relu(F.conv2d(x, *pour(), padding=2, groups=2))))
    x = F.relu(F.conv2d(x, *pour(), padding=1))
    x = F.relu(F.conv2d(x, *pour(), padding=1, groups=2))
    return dense_end(pool(F.relu(F.conv2d(x, *pour(), padding=1, groups=2))), pour)


def vgg_cnn_m(x, pour):
    """Chatfield et al. 2014, table 1; Caffe: local_size 5, alpha .0005, beta .75, k 2; pools round up."""
    def lrn(x):
        return F.local_response_norm(x, 5, 5e-4, 0.75, 2.0)

    x = pool(lrn(F.relu(F.conv2d(x, *pour(), stride=2))), ceil=True)
    x = pool(lrn(F.relu(F.conv2d(x, *pour(), stride=2, padding=1))), ceil=True)
    for _ in range(3):
        x = F.relu(F.conv2d(x, *pour(), padding=1))
    return dense_end(pool(x, ceil=True), pour)


def nin(x, pour):
    """Lin et al. 2014, CIFAR; Caffe: mean pools round up, and count what lies inside."""
    for size in (5, 1, 1):
        x = F.relu(F.conv2d(x, *pour(), padding=size // 2))
    x = pool(x, ceil=True)
    for size in (5, 1, 1):
        x = F.relu(F.conv2d(x, *pour(), padding=size // 2))
    x = F.avg_pool2d(x, 3, 2, ceil_mode=True, count_include_pad=False)
    for size in (3, 1, 1):
        x = F.relu(F.conv2d(x, *pour(), padding=size // 2))
    return x.mean((2, 3))


def googlenet(x, pour):
    """Szegedy et al. 2015, table 1; Caffe's bvlc_googlenet: LRN 5, alpha .0001, beta .75, k 1, behind the first pool."""
    def conv(x, strides=1):
        weight, bias = pour()
        return F.relu(F.conv2d(x, weight, bias, strides, weight.shape[-1] // 2))

    def lrn(x):
        return F.local_response_norm(x, 5, 1e-4, 0.75, 1.0)

    x = lrn(pool(conv(x, 2), ceil=True))
    x = pool(lrn(conv(conv(x))), ceil=True)
    for number in INCEPTIONS:
        x = pool(x, ceil=True) if number in ("4a", "5a") else x
        x = torch.cat([conv(x), conv(conv(x)), conv(conv(x)), conv(F.max_pool2d(x, 3, 1, 1))], 1)
    return F.linear(x.mean((2, 3)), *pour())


READS = ["012", "123", "234", "345", "450", "501", "0123", "1234", "2345", "3450", "4501", "5012", "0134", "1245", "0235",
         "012345"]


def lenet_1998(x, pour):
    """LeCun et al. 1998, section II.B and table 1: mean of four, coefficient, bias, 1.7159 tanh(2/3 a); distances at the end."""
    def squash(a):
        return 1.7159 * torch.tanh(2 * a / 3)

    def subsample(x):
        weight, bias = pour()
        return squash(F.avg_pool2d(x, 2) * weight.reshape(1, -1, 1, 1) + bias.reshape(1, -1, 1, 1))

    x = subsample(squash(F.conv2d(x, *pour())))
    x = squash(torch.cat([F.conv2d(x[:, list(map(int, reads))], *pour()) for reads in READS], 1))
    x = squash(F.conv2d(subsample(x), *pour())).flatten(1)
    x = squash(F.linear(x, *pour()))
    (codes,) = pour()
    return -((x[:, None] - codes[None]) ** 2).sum(-1) / 2
