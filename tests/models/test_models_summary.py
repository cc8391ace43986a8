"""Summaries: the lectures' counts, and the table: frozen, shared, nested layers, open sizes, widths."""

import io
import re
import sys

import pytest
from models_counted import branching, chain, lecture_cnn, twins

import nabi
from nabi import zoo
from nabi.core.errors import ArgumentError
from nabi.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, LocalResponseNormalization, MaxPooling2D
from nabi.models.rows import rows
from nabi.models.summary import summary
from nabi.zoo import outline

# The lectures' numbers -------------------------------------------------------------------------------------------------------


def test_the_lecture_network():
    found = rows(lecture_cnn())
    assert [row.parameters for row in found if row.parameters] == [320, 18_496, 1_179_776, 1_290]
    assert sum(row.parameters for row in found) == 1_199_882
    assert sum(row.macs for row in found) == 11_992_448
    assert [row.shapes[0][1:] for row in found][:5] == [(26, 26, 32), (24, 24, 64), (12, 12, 64), (12, 12, 64), (9216,)]


@pytest.mark.parametrize(
    "layers, parameters, macs",
    [
        (lambda: [Dense(512), Dense(10)], 407_050, 784 * 512 + 5120),
        (lambda: [Dense(1509), Dense(10)], 1_199_665, 1_198_146),
    ],
)
def test_the_dense_networks(layers, parameters, macs):
    found = rows(chain((784,), *layers()))
    assert (sum(row.parameters for row in found), sum(row.macs for row in found)) == (parameters, macs)


def test_the_ladder():
    assert chain((28, 28, 1), Conv2D(32, 3), Conv2D(64, 3), Flatten(), Dense(128), Dense(10)).count_params() == 4_738_826
    forgotten = chain((28, 28, 1), Conv2D(32, 3), Conv2D(64, 3), MaxPooling2D(2), Dense(128), Dense(10))
    assert forgotten.count_params() == 28_426 and forgotten.output.shape == (None, 12, 12, 10)


def test_five_by_five_on_inceptions_third_module():
    """GoogLeNet 3a: 120,422,400 multiply-adds directly, 12,443,648 through 16 maps of 1x1."""
    direct, reduced = (chain((28, 28, 192), *layers) for layers in
                       ([Conv2D(32, 5, padding="same")], [Conv2D(16, 1), Conv2D(32, 5, padding="same")]))
    assert sum(row.macs for row in rows(direct)) == 120_422_400
    assert sum(row.macs for row in rows(reduced)) == 12_443_648


# The table -------------------------------------------------------------------------------------------------------------------


def test_the_lecture_table(monkeypatch):
    nabi.layers.names.reset_names()
    assert summary(lecture_cnn()) == LECTURE.strip("\n")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    plain = summary(branching(), expand_nested=True, show="arithmetic")
    assert plain.isascii() and "====" in plain and "----" in plain


LECTURE = """
 Sequential 'sequential'   (28,28,1) -> (10)
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
 layer (type)                  output shape     params        MACs    memory  field  jump
─────────────────────────────────────────────────────────────────────────────────────────
 conv2d (Conv2D)               (26,26,32)          320     194,688   84.5 KB    3x3     1
 conv2d_1 (Conv2D)             (24,24,64)       18,496  10,616,832  144.0 KB    5x5     1
 max_pooling2d (MaxPooling2D)  (12,12,64)            0           0   36.0 KB    6x6     2
 dropout (Dropout)             (12,12,64)            0           0   36.0 KB    6x6     2
 flatten (Flatten)             (9216)                0           0       0 B    6x6
 dense (Dense)                 (128)         1,179,776   1,179,648     512 B  whole
 dropout_1 (Dropout)           (128)                 0           0     512 B  whole
 dense_1 (Dense)               (10)              1,290       1,280      40 B  whole
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
 Total params:          1,199,882   (4.58 MB)
 Trainable params:      1,199,882   (4.58 MB)
 Non-trainable params:          0   (0 B)
 MACs a sample:        11,992,448
 Activations a sample:   301.5 KB   (in float32)
"""


def test_branches_say_what_they_read():
    lines = summary(branching()).splitlines()

    def reads(name):
        return next(line for line in lines if f" {name} " in line)

    assert lines[2].split()[0] == "#" and lines[2].split()[-1] == "reads"
    assert reads("three").endswith("  1") and reads("join").endswith("2, 4, 5") and reads("skip").endswith("6, 7")
    assert not reads("norm").endswith("3")  # it reads the line above
    assert max(map(len, lines)) <= 100
    assert "reads" not in summary(lecture_cnn())


def test_nested_models_open():
    model = twins()
    closed, opened = summary(model), summary(model, expand_nested=True)
    assert " code " not in closed and opened.count("└─ code (Dense)") == 2 and opened.count("├─ conv (Conv2D)") == 2
    assert closed.count("shared") == 1 and opened.count("shared") == 4
    assert "├─ conv" not in closed and "encoder (Sequential)" in closed


def test_frozen_layers_are_seen():
    model = branching()
    model.get_layer("three").trainable = model.get_layer("norm").trainable = False
    text = summary(model, show_trainable=True)
    rows_of = {line.split()[1]: line for line in text.splitlines() if len(line.split()) > 3}
    assert "[frozen]" in rows_of["three"] and " no  " in rows_of["three"] and rows_of["five"].endswith(" yes")
    assert "norm (BatchNormalization) [frozen] " in summary(model, line_length=150)
    assert "[frozen] BatchNormalization is in inference mode" in text and text.count("[frozen]") == 2 + 1
    assert "[frozen]" not in rows_of["one"] and "[frozen" not in rows_of["pool"]
    model = twins()
    model.get_layer("encoder").trainable = False
    assert summary(model, expand_nested=True).count(") [frozen]") == 2 * 4
    assert "Trainable params:         33" in summary(model)


def test_a_change_after_compile_is_told():
    model = lecture_cnn()
    model.compile("sgd", "mse")
    assert "after compile" not in summary(model)
    model.layers[0].trainable = False
    assert "changed after compile()" in summary(model)
    model.compile("sgd", "mse")
    assert "after compile" not in summary(model)


def test_unbuilt_models_say_so_in_one_line():
    text = summary(nabi.Sequential([Conv2D(3, 3), Dense(2)], name="later"))
    assert "\n" not in text and text.startswith("Sequential 'later' is not built yet: 2 layers") and "model.build(" in text
    assert "no layers" in summary(nabi.Sequential()) and "\n" not in summary(nabi.Sequential())


def test_a_frozen_norm_takes_one_line():
    model = zoo.outline("resnet20")
    model.trainable = False
    lines = summary(model, layer_range=["conv2_2.*", "conv2_3"]).splitlines()
    norms = [line for line in lines if "_norm1" in line]
    assert len(norms) == 2 and all("(BN) [frozen] " in line and "(16,16,32)" in line for line in norms)
    assert max(map(len, lines)) <= 100


def test_what_own_layers_compute_is_not_counted():
    """0 would be wrong; what a layer tells itself, or the layers inside it do, stands there."""
    class Product(nabi.Layer):
        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1], 4))

        def call(self, x):
            return x @ self.w

    class Told(Product):
        def macs(self, input_shape, output_shape):
            return 16

    class Twice(nabi.Layer):
        def __init__(self, **base):
            super().__init__(**base)
            self.inner = Dense(3)

        def call(self, x):
            return 2 * self.inner(x)

    text = summary(chain((5,), Product(name="one"), Told(), Twice(name="two"), Dense(2)))
    assert text.count("not counted") == 2 and "call of one (Product), two (Twice) computes itself" in text
    assert re.search("told .* 16 ", text) and re.search("two .* 12 ", text) and re.search("MACs a sample: +34", text)
    assert "not counted" not in summary(branching())


def test_a_model_that_only_trains_others():
    class GAN(nabi.Model):
        def __init__(self):
            super().__init__()
            self.generator, self.critic = chain((5,), Dense(3)), nabi.Sequential([Dense(3)])

        def train_step(self, data):
            return {}

    text = summary(GAN())
    assert text.startswith("GAN 'gan' has no call") and "build(" not in text and "train_step" in text
    assert "generator (Sequential): 18 params   model.generator.summary()" in text
    assert "critic (Sequential): not built yet" in text


def test_sizes_that_are_not_known():
    text = summary(chain((None, None, 3), Conv2D(4, 3), GlobalAveragePooling2D(), Dense(2)), show="arithmetic")
    assert "(?,?,4)" in text and "112" in text and re.search("MACs a sample: +[?]", text)
    assert "3 = 1 + (3-1)*1" in text


def test_part_of_the_layers():
    model = lecture_cnn()
    names = [layer.name for layer in model.layers]
    text = summary(model, layer_range=[names[1], "drop.*"])
    assert names[0] + " (" not in text and all(f" {name} (" in text for name in names[1:7]) and names[7] + " (" not in text
    assert "6 of 8 layers" in text and "1,199,882" in text
    for wrong in (["nothing", "flatten"], ["conv2d"], ["conv(", "flatten"]):
        with pytest.raises(ArgumentError, match="layer_range"):
            summary(model, layer_range=wrong)
    with pytest.raises(ArgumentError, match="'arithmetic' or None"):
        summary(model, show="formulas")


def test_printing_and_width(capsys):
    model = lecture_cnn()
    model.summary()
    assert capsys.readouterr().out == summary(model) + "\n"
    lines = []
    model.summary(print_fn=lines.append, line_length=72)
    assert max(len(line) for line in lines[0].splitlines()) <= 82 < max(len(line) for line in summary(model).splitlines())
    pooled = chain((28, 28, 1), LocalResponseNormalization(name="lrn1"), GlobalAveragePooling2D(name="gap"))
    narrow = summary(pooled, line_length=60)
    assert "(LRN)" in narrow and "GlobalAvgPool2D" in narrow and "LocalResponse" in summary(pooled)
    long = chain((9, 9, 1), Conv2D(3, 3, name="the_first_and_only_convolution_of_this_network_with_a_long_name"))
    wide = summary(long).splitlines()
    assert max(map(len, wide)) <= 100 and "the_first_and_only" in summary(long)


def test_a_narrow_terminal_has_fewer_columns(monkeypatch):
    """At 80 columns all of GoogLeNet's rows are whole, and what is not shown is named; at 100 nothing is left out."""
    model = outline("googlenet")
    for width, gone in ((80, "Too narrow for field, jump"), (100, "")):
        monkeypatch.setattr("nabi.models.summary.room", lambda width=width: width)
        lines = summary(model).splitlines()
        assert max(map(len, lines)) <= width and gone in lines[-1] and ("Too narrow" in lines[-1]) == bool(gone)
        assert [line for line in lines if line.endswith("(LRN)") or "(LRN)  " in line] and "ization)" not in "".join(lines)


def test_the_mark_goes_by_what_training_uses():
    model = lecture_cnn()
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    model.layers[0].trainable = True
    assert summary(model).count("[frozen]") == 1, "compiled while it was frozen"
    model.compile("sgd", "mse")
    assert "[frozen]" not in summary(model)
    inner = nabi.Sequential([nabi.Input((4,)), Dense(3), Dense(2)], trainable=False)
    inner.layers[-1].trainable = True
    outer = nabi.Sequential([nabi.Input((4,)), inner])
    assert summary(outer, expand_nested=True).count("[frozen]") == 1, "one of its two layers learns"
