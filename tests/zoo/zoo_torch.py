"""Plain torch.nn networks, written from the papers with torchvision's names: what the zoo's networks are held against."""

import re
from collections import OrderedDict
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

Conv = partial(nn.Conv2d, bias=False)


def vgg(convolutions, classes, units, width, side, norm):
    """Simonyan & Zisserman, table 1."""
    layers, channels = [], 3
    for count, filters in zip(convolutions, (64, 128, 256, 512, 512), strict=True):
        for _ in range(count):
            layers.append(nn.Conv2d(channels, int(filters * width), 3, padding=1))
            channels = int(filters * width)
            layers += [nn.BatchNorm2d(channels), nn.ReLU()] if norm else [nn.ReLU()]
        layers.append(nn.MaxPool2d(2, 2))
    flat = channels * (side // 32) ** 2
    net = nn.Sequential()
    net.features = nn.Sequential(*layers)
    net.flatten = nn.Flatten()
    net.classifier = nn.Sequential(nn.Linear(flat, units), nn.ReLU(), nn.Dropout(), nn.Linear(units, units), nn.ReLU(),
                                   nn.Dropout(), nn.Linear(units, classes))
    return net


def alexnet(classes, units, side):
    """Krizhevsky 2014, one tower."""
    net = nn.Sequential()
    net.features = nn.Sequential(
        nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2))
    net.flatten = nn.Flatten()
    net.classifier = nn.Sequential(nn.Dropout(), nn.Linear(256 * side**2, units), nn.ReLU(), nn.Dropout(),
                                   nn.Linear(units, units), nn.ReLU(), nn.Linear(units, classes))
    return net


class Residual(nn.Module):
    """He et al. 2016, figure 5: basic for two convolutions, bottleneck for three; `at`: which of them strides."""

    def __init__(self, channels, filters, strides, bottleneck, at):
        super().__init__()
        sizes = [(filters, 1), (filters, 3), (4 * filters, 1)] if bottleneck else [(filters, 3), (filters, 3)]
        last = sizes[-1][0]
        self.count, before = len(sizes), channels
        for number, (out, size) in enumerate(sizes, 1):
            setattr(self, f"conv{number}", Conv(before, out, size, strides if number == at else 1, size // 2))
            setattr(self, f"bn{number}", nn.BatchNorm2d(out))
            before = out
        if strides > 1 or channels != last:
            self.downsample = nn.Sequential(Conv(channels, last, 1, strides), nn.BatchNorm2d(last))

    def forward(self, x):
        y = x
        for number in range(1, self.count + 1):
            y = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(y))
            y = F.relu(y) if number < self.count else y
        return F.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class ResNet(nn.Module):
    """He et al. 2016, table 1."""

    def __init__(self, units, bottleneck, classes, width, at):
        super().__init__()
        channels = int(64 * width)
        self.conv1, self.bn1 = Conv(3, channels, 7, 2, 3), nn.BatchNorm2d(channels)
        for stage, count in enumerate(units, 1):
            filters, blocks = int(64 * width) * 2 ** (stage - 1), []
            for unit in range(count):
                blocks.append(Residual(channels, filters, 2 if stage > 1 and not unit else 1, bottleneck, at))
                channels = filters * (4 if bottleneck else 1)
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.stages, self.fc = len(units), nn.Linear(channels, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for stage in range(1, self.stages + 1):
            x = getattr(self, f"layer{stage}")(x)
        return self.fc(x.mean((2, 3)))


class DenseLayer(nn.Module):
    """Huang et al. 2017, section 3: BN-ReLU-Conv 1x1, BN-ReLU-Conv 3x3."""

    def __init__(self, channels, growth):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(channels), Conv(channels, 4 * growth, 1)
        self.norm2, self.conv2 = nn.BatchNorm2d(4 * growth), Conv(4 * growth, growth, 3, padding=1)

    def forward(self, x):
        return torch.cat([x, self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))], 1)


def densenet(blocks, growth, first, classes):
    """Huang et al. 2017, table 1."""
    layers = OrderedDict(conv0=Conv(3, first, 7, 2, 3), norm0=nn.BatchNorm2d(first), relu0=nn.ReLU(), pool0=nn.MaxPool2d(3, 2, 1))
    channels = first
    for number, count in enumerate(blocks, 1):
        block = OrderedDict((f"denselayer{n + 1}", DenseLayer(channels + n * growth, growth)) for n in range(count))
        channels += count * growth
        layers[f"denseblock{number}"] = nn.Sequential(block)
        if number < len(blocks):
            layers[f"transition{number}"] = nn.Sequential(OrderedDict(
                norm=nn.BatchNorm2d(channels), relu=nn.ReLU(), conv=Conv(channels, channels // 2, 1), pool=nn.AvgPool2d(2)))
            channels //= 2
    layers["norm5"] = nn.BatchNorm2d(channels)
    net = nn.Sequential()
    net.features = nn.Sequential(layers)
    net.relu, net.pool, net.flatten = nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    net.classifier = nn.Linear(channels, classes)
    return net


def unit(channels, filters, size, strides=1):
    """torchvision's BasicConv2d."""
    return nn.Sequential(OrderedDict(conv=Conv(channels, filters, size, strides, size // 2),
                                     bn=nn.BatchNorm2d(filters, eps=1e-3), relu=nn.ReLU()))


class Inception(nn.Module):
    """Szegedy et al. 2015, figure 2(b), with 3x3 for 5x5 as in torchvision."""

    def __init__(self, channels, f1, r3, f3, r5, f5, fp):
        super().__init__()
        self.branch1 = unit(channels, f1, 1)
        self.branch2 = nn.Sequential(unit(channels, r3, 1), unit(r3, f3, 3))
        self.branch3 = nn.Sequential(unit(channels, r5, 1), unit(r5, f5, 3))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), unit(channels, fp, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class GoogLeNet(nn.Module):
    """Szegedy et al. 2015, table 1, with batch normalisation."""

    TABLE = """3a 64 96 128 16 32 32, 3b 128 128 192 32 96 64, 4a 192 96 208 16 48 64, 4b 160 112 224 24 64 64,
               4c 128 128 256 24 64 64, 4d 112 144 288 32 64 64, 4e 256 160 320 32 128 128, 5a 256 160 320 32 128 128,
               5b 384 192 384 48 128 128"""

    def __init__(self, classes, width):
        super().__init__()
        def w(n):
            return max(1, round(int(n) * width))

        self.conv1, self.conv2, self.conv3 = unit(3, w(64), 7, 2), unit(w(64), w(64), 1), unit(w(64), w(192), 3)
        channels = w(192)
        for row in re.split(r",\s+", self.TABLE):
            number, *filters = row.split()
            f1, r3, f3, r5, f5, fp = map(w, filters)
            setattr(self, f"inception{number}", Inception(channels, f1, r3, f3, r5, f5, fp))
            channels = f1 + f3 + f5 + fp
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        pool = partial(F.max_pool2d, kernel_size=3, stride=2, ceil_mode=True)
        x = pool(self.conv3(self.conv2(pool(self.conv1(x)))))
        x = pool(self.inception3b(self.inception3a(x)))
        for letter in "abcde":
            x = getattr(self, f"inception4{letter}")(x)
        x = F.max_pool2d(x, 2, 2, ceil_mode=True)
        return self.fc(self.inception5b(self.inception5a(x)).mean((2, 3)))


class PreUnit(nn.Module):
    """He et al. 2016 (ECCV), figure 1(b), as fb.resnet.torch has it: `activate` is False in the first unit of all."""

    def __init__(self, channels, filters, strides, activate):
        super().__init__()
        self.activate, self.skip = activate, None
        self.norms = nn.ModuleList(nn.BatchNorm2d(n) for n in ((channels,) if activate else ()) + (filters, filters))
        self.convs = nn.ModuleList([Conv(channels, filters, 1), Conv(filters, filters, 3, strides, 1),
                                    Conv(filters, 4 * filters, 1)])
        if strides > 1 or channels != 4 * filters:
            self.skip = Conv(channels, 4 * filters, 1, strides)

    def forward(self, x):
        norms = list(self.norms)
        y = F.relu(norms.pop(0)(x)) if self.activate else x
        x = x if self.skip is None else self.skip(y)
        for conv in self.convs[:-1]:
            y = F.relu(norms.pop(0)(conv(y)))
        return x + self.convs[-1](y)


class PreResNet(nn.Module):
    """ResNet v2, bottlenecks."""

    def __init__(self, units, classes, width):
        super().__init__()
        channels = int(64 * width)
        self.conv, self.norm, blocks = Conv(3, channels, 7, 2, 3), nn.BatchNorm2d(channels), []
        for stage, count in enumerate(units):
            for number in range(count):
                filters = int(64 * width) * 2**stage
                blocks.append(PreUnit(channels, filters, 2 if stage and not number else 1, bool(blocks)))
                channels = 4 * filters
        self.blocks, self.last, self.fc = nn.Sequential(*blocks), nn.BatchNorm2d(channels), nn.Linear(channels, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.conv(x))), 3, 2, 1)
        return self.fc(F.relu(self.last(self.blocks(x))).mean((2, 3)))


def lively(net):
    """The net in inference mode, its norms' numbers drawn at random, so that a mistaken one is seen."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                for tensor, low, high in ((module.weight, 0.5, 1.5), (module.bias, -0.5, 0.5), (module.running_mean, -0.5, 0.5),
                                          (module.running_var, 0.5, 2.0)):
                    tensor.uniform_(low, high, generator=generator)
    return net.eval()
