"""What is published of the zoo's networks: parameters, multiply-adds, the shape of each stage."""

PARAMETERS = {
    # the subject's table; torchvision's documentation for what it does not list
    "lecture-cnn": 1_199_882, "lecture-dense": 407_050, "lenet5": 61_706, "lenet5-1998": 156 + 12 + 1516 + 32 + 48_120 + 10_164,
    "alexnet": 60_965_224, "alexnet-one-tower": 61_100_840,
    "vgg11": 132_863_336, "vgg13": 133_047_848, "vgg16": 138_357_544, "vgg19": 143_667_240,
    "vgg11-bn": 132_868_840, "vgg13-bn": 133_053_736, "vgg16-bn": 138_365_992, "vgg19-bn": 143_678_248,
    "googlenet": 6_998_552, "googlenet-bn": 6_624_904,
    "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032, "resnet101": 44_549_160, "resnet152": 60_192_808,
    "resnet50-v1-5": 25_557_032, "resnet101-v1-5": 44_549_160, "resnet152-v1-5": 60_192_808,
    "densenet121": 7_978_856, "densenet161": 28_681_000, "densenet169": 14_149_480, "densenet201": 20_013_928,
    "efficientnet-lite0": 4_652_008,
}  # fmt: skip

MILLIONS = {  # as printed in the papers: (millions, decimals)
    "vgg-cnn-m": (102.9, 1), "nin": (0.97, 2), "nin-imagenet": (7.6, 1),
    "resnet20": (0.27, 2), "resnet32": (0.46, 2), "resnet44": (0.66, 2), "resnet56": (0.85, 2), "resnet110": (1.7, 1),
    "preresnet164": (1.7, 1), "densenet40": (1.0, 1), "densenet-bc100": (0.8, 1), "efficientnet-lite0": (4.7, 1),
}  # fmt: skip

GIGAMACS = {  # (billions as printed, tolerance as a share): papers of ResNet, GoogLeNet; Sze et al. 2017, table II; torchvision
    "resnet18": (1.8, 0.02), "resnet34": (3.6, 0.02), "resnet50": (3.8, 0.02), "resnet101": (7.6, 0.01),
    "resnet152": (11.3, 0.01),
    "resnet50-v1-5": (4.09, 0.001), "resnet101-v1-5": (7.80, 0.001), "resnet152-v1-5": (11.51, 0.001),
    "googlenet": (1.5, 0.06), "googlenet-bn": (1.50, 0.01), "alexnet": (0.724, 0.001), "alexnet-one-tower": (0.71, 0.01),
    "vgg11": (7.61, 0.001), "vgg13": (11.31, 0.001), "vgg16": (15.47, 0.001), "vgg19": (19.63, 0.001), "vgg16-bn": (15.47, 0.001),
    "densenet121": (2.83, 0.005), "densenet161": (7.73, 0.001), "densenet169": (3.36, 0.001), "densenet201": (4.29, 0.001),
    "efficientnet-lite0": (0.407, 0.06),  # the authors count batch normalisation along
}  # fmt: skip

ACCURACY = {  # % on ImageNet, torchvision's acc@1 of its first weights, as its weights' meta data tell
    "alexnet-one-tower": 56.522, "vgg11-bn": 70.370, "vgg13-bn": 71.586, "vgg16-bn": 73.360, "vgg19-bn": 74.218,
    "googlenet-bn": 69.778, "resnet50-v1-5": 76.130, "resnet101-v1-5": 77.374, "resnet152-v1-5": 78.312, "densenet161": 77.138,
}  # fmt: skip

ERRORS = {  # % as the papers print them, top-1 first where both are given
    "alexnet": ("40.7", "18.2"), "vgg11": ("29.6", "10.4"), "vgg13": ("28.7", "9.9"), "vgg16": ("25.6", "8.1"),
    "vgg19": ("25.5", "8.0"), "googlenet": ("10.07",), "vgg-cnn-m": ("13.7",), "nin": ("8.81", "10.41"),
    "resnet18": ("27.88",), "resnet34": ("24.52", "7.46"), "resnet50": ("22.85", "6.71"), "resnet101": ("21.75", "6.05"),
    "resnet152": ("21.43", "5.71"), "resnet20": ("8.75",), "resnet32": ("7.51",), "resnet44": ("7.17",), "resnet56": ("6.97",),
    "resnet110": ("6.43", "6.61"), "preresnet164": ("5.46",), "resnet152-v2": ("21.1", "5.5"), "densenet40": ("5.24",),
    "densenet-bc100": ("4.51",), "densenet121": ("25.02", "7.71"), "densenet169": ("23.80", "6.85"),
    "densenet201": ("22.58", "6.34"), "lenet5-1998": (".95",), "mlp": (".35",), "two-layer": ("4.7",),
    "softmax-regression": ("12.0",),
}  # fmt: skip

RESNET = {"conv1_relu": (112, 112, 64), "pool1": (56, 56, 64)}
STAGES = {
    "lenet5": {"C1": (28, 28, 6), "S2": (14, 14, 6), "C3": (10, 10, 16), "S4": (5, 5, 16), "C5": (1, 1, 120), "F6": (84,)},
    "lenet5-1998": {"C1": (28, 28, 6), "S2": (14, 14, 6), "C3": (10, 10, 16), "S4": (5, 5, 16), "C5": (1, 1, 120), "F6": (84,)},
    "alexnet": {"conv1": (55, 55, 96), "pool1": (27, 27, 96), "conv2": (27, 27, 256), "pool2": (13, 13, 256),
                "conv3": (13, 13, 384), "conv4": (13, 13, 384), "conv5": (13, 13, 256), "pool5": (6, 6, 256), "fc7": (4096,)},
    "alexnet-one-tower": {"conv1": (55, 55, 64), "conv2": (27, 27, 192), "conv5": (13, 13, 256), "pool5": (6, 6, 256)},
    "vgg16": {"conv1_2": (224, 224, 64), "pool1": (112, 112, 64), "pool2": (56, 56, 128), "pool3": (28, 28, 256),
              "pool4": (14, 14, 512), "pool5": (7, 7, 512), "fc6": (4096,)},
    "vgg-cnn-m": {"conv1": (109, 109, 96), "pool1": (54, 54, 96), "conv2": (26, 26, 256), "pool2": (13, 13, 256),
                  "conv5": (13, 13, 512), "pool5": (6, 6, 512)},
    "nin": {"conv1_3": (32, 32, 96), "pool1": (16, 16, 96), "conv2_3": (16, 16, 192), "pool2": (8, 8, 192),
            "classes": (8, 8, 10)},
    "nin-imagenet": {"conv1_3": (54, 54, 96), "conv2_3": (27, 27, 256), "conv3_3": (13, 13, 384), "classes": (6, 6, 1000)},
    "googlenet": {  # table 1
        "conv1": (112, 112, 64), "pool1": (56, 56, 64), "conv2": (56, 56, 192), "pool2": (28, 28, 192),
        "inception3a": (28, 28, 256), "inception3b": (28, 28, 480), "pool3": (14, 14, 480), "inception4a": (14, 14, 512),
        "inception4b": (14, 14, 512), "inception4c": (14, 14, 512), "inception4d": (14, 14, 528), "inception4e": (14, 14, 832),
        "pool4": (7, 7, 832), "inception5a": (7, 7, 832), "inception5b": (7, 7, 1024), "pool": (1024,)},
    "resnet34": {**RESNET, "conv2_3": (56, 56, 64), "conv3_4": (28, 28, 128), "conv4_6": (14, 14, 256), "conv5_3": (7, 7, 512)},
    "resnet50": {**RESNET, "conv2_3": (56, 56, 256), "conv3_4": (28, 28, 512), "conv4_6": (14, 14, 1024),
                 "conv5_3": (7, 7, 2048)},
    "resnet152": {**RESNET, "conv2_3": (56, 56, 256), "conv3_8": (28, 28, 512), "conv4_36": (14, 14, 1024),
                  "conv5_3": (7, 7, 2048)},
    "resnet101-v2": {**RESNET, "conv2_3": (56, 56, 256), "conv4_23": (14, 14, 1024), "last_relu": (7, 7, 2048)},
    "resnet20": {"conv1_3": (32, 32, 16), "conv2_3": (16, 16, 32), "conv3_3": (8, 8, 64), "pool": (64,)},
    "preresnet164": {"conv1_18": (32, 32, 64), "conv2_18": (16, 16, 128), "conv3_18": (8, 8, 256)},
    "densenet121": {  # table 1
        "conv1": (112, 112, 64), "pool1": (56, 56, 64), "dense1_6": (56, 56, 256), "transition1": (28, 28, 128),
        "dense2_12": (28, 28, 512), "transition2": (14, 14, 256), "dense3_24": (14, 14, 1024), "transition3": (7, 7, 512),
        "dense4_16": (7, 7, 1024), "pool": (1024,)},
    "densenet40": {"conv1": (32, 32, 16), "dense1_12": (32, 32, 160), "dense2_12": (16, 16, 304), "dense3_12": (8, 8, 448)},
    "densenet-bc100": {"conv1": (32, 32, 24), "dense1_16": (32, 32, 216), "transition1": (16, 16, 108),
                       "dense2_16": (16, 16, 300), "transition2": (8, 8, 150), "dense3_16": (8, 8, 342)},
    "efficientnet-lite0": {"first_relu": (112, 112, 32), "block1_1_project": (112, 112, 16), "block2_2": (56, 56, 24),
                           "block3_2": (28, 28, 40), "block4_3": (14, 14, 80), "block5_3": (14, 14, 112), "block6_4": (7, 7, 192),
                           "block7_1_project": (7, 7, 320), "last_relu": (7, 7, 1280)},
}  # fmt: skip

SMALL = {  # members of each family that train in no time
    "alexnet": {"input_shape": (67, 67, 3), "width": 1 / 16, "units": 16},
    "alexnet-one-tower": {"input_shape": (63, 63, 3), "width": 1 / 16, "units": 16},
    "densenet": {"input_shape": (32, 32, 3), "blocks": (1, 2, 1, 1), "growth": 4},
    "densenet-cifar": {"input_shape": (8, 8, 3), "depth": 16, "growth": 4},
    "efficientnet-lite0": {"input_shape": (32, 32, 3), "width": 0.1},
    "googlenet": {"input_shape": (32, 32, 3), "width": 1 / 8},
    "googlenet-bn": {"input_shape": (32, 32, 3), "width": 1 / 16},
    "lenet5": {"width": 0.5},
    "lenet5-1998": {"classes": 3},
    "mlp": {"input_shape": (6, 6, 1), "units": (9, 8, 7)},
    "nin": {"input_shape": (8, 8, 3), "width": 1 / 16},
    "preresnet-cifar": {"input_shape": (8, 8, 3), "width": 0.25, "depth": 11},
    "resnet20": {"input_shape": (8, 8, 3), "width": 0.25},
    "resnet": {"input_shape": (32, 32, 3), "width": 1 / 16, "units": (1, 2)},
    "preresnet": {"input_shape": (32, 32, 3), "width": 1 / 16, "units": (1, 2)},
    "two-layer": {"input_shape": (6, 6, 1), "units": 9},
    "vgg11": {"input_shape": (32, 32, 3), "width": 1 / 16, "units": 16},
    "vgg11-bn": {"input_shape": (32, 32, 3), "width": 1 / 16, "units": 16},
    "vgg-cnn-m": {"input_shape": (51, 51, 3), "width": 1 / 32, "units": 16},
}  # fmt: skip
