"""The catalogue: every picture that subject.md names has its figure, each is drawn once, words stand in both languages."""

import re
from string import Formatter

import pytest

from nabi import figures
from nabi.figures.catalogue import FIGURES
from nabi.figures.order import ORDER

ROWS = {  # subject.md, section 9: each row, and the figures that show it
    "softmax as a table": ("softmax",),
    "convolution step by step": ("convolution_steps", "cross_correlation"),
    "padding and stride": ("padding", "dilation", "transposed_convolution", "upsampling"),
    "pooling": ("pooling", "equivariance"),
    "RGB channels": ("rgb_channels",),
    "hand-made filters and augmentation (sections 1 and 4)": ("handmade_filters", "pattern_filters",
                                                               "pixel_correlation", "augmentations"),
    "feature maps layer by layer (parts -> objects)": ("feature_maps", "parts_to_whole"),
    "learned filters": ("learned_filters",),
    "receptive field": ("receptive_field", "receptive_growth", "small_filters"),
    "MNIST digit as a 28x28 table of grey values": ("digit_table",),
    "multi-channel and multi-filter convolution": ("channels_and_filters", "one_by_one"),
    "the evidence table of the last layer": ("evidence",),
    "orientation tuning of learned first-layer filters": ("orientation_tuning",),
    "why an answer, and which pictures are alike": ("explanations", "feature_space", "feature_plane"),
    "loss curve with the early-stopping point": ("loss_curve",),
    "train/test loss plot": ("train_and_test", "validation_and_test"),
    "network diagrams of the whole zoo": ("diagram_lecture_dense", "diagram_lecture_cnn", "diagram_lenet5", "diagram_alexnet",
                                          "diagram_vgg16", "diagram_nin_imagenet", "diagram_googlenet", "diagram_resnet18",
                                          "diagram_resnet50", "diagram_resnet50_v2", "diagram_densenet121"),
    "inception module": ("inception",),
    "residual and pre-activation block": ("residual_blocks",),
    "dense block and a DenseNet of three blocks": ("dense_block", "densenet_of_three_blocks"),
    "perceptron and multi-layer network (section 1)": ("perceptron_and_mlp",),
    "fully connected against locally connected against convolutional wiring": ("wiring",),
    "image to vector": ("image_to_vector",),
    "map size through the net": ("map_sizes",),
    "the three kinds of transfer": ("transfer",),
    "parameters and multiply-adds (section 6)": ("parameters_and_macs", "convolution_shares", "landscape"),
    "family tree of optimizers": ("optimizer_tree",),
    "timeline": ("timeline",),
    "dropout on/off": ("dropout", "dropout_masks"),
    "distribution of activations without and with BN": ("batch_normalization",),
    "misread digits": ("misread",),
    "activation curves with derivatives": ("activations", "vanishing_product", "bias"),
    "optimizer paths on the two surfaces": ("race_beale", "race_long_valley", "saddle_escape", "learning_rate_paths",
                                            "rate_sweep"),
    "GD/SGD/mini-batch paths": ("batch_paths",),
    "the error surface of the line fit with its path": ("error_surface",),
    "decision boundaries (section 1)": ("perceptron", "xor", "boundaries"),
    "tables for the calculator (section 2)": ("steps_parabola", "steps_line", "backprop_by_hand"),
    "comparisons over seeds (sections 2 to 4)": ("compare_activations", "compare_depths", "compare_optimizers", "compare_rates",
                                                 "compare_first_weights"),
    "the race on a real net (section 2)": ("race_net", "loss_surface"),
}


def test_every_row_has_its_figures():
    assert {name for names in ROWS.values() for name in names} <= set(FIGURES)


def test_the_page_has_an_order():
    assert set(ORDER) <= set(FIGURES) and len(set(ORDER)) == len(ORDER)
    assert [entry.name for entry in figures.figures() if entry.section == "history"][0] == "timeline"


def test_words_stand_in_both_languages():
    for entry in figures.figures():
        for english, korean in (entry.title, entry.caption):
            assert re.search("[가-힣]", korean) and not re.search("[가-힣]", english), entry.name
            fields = [sorted(name for _, name, _, _ in Formatter().parse(text) if name) for text in (english, korean)]
            assert fields[0] == fields[1] == [], entry.name


@pytest.mark.learn
@pytest.mark.parametrize("name", sorted(FIGURES))
def test_each_is_drawn(name):
    drawn = figures.draw(name, figures.Scene())
    assert drawn.numbers and (hasattr(drawn.picture, "savefig") or hasattr(drawn.picture, "svg"))
