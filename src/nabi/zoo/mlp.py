"""Deep MLP: dense layers one behind the other, each smaller than the one before.

    digit 28 x 28 -> flatten 784 -> 2500 -> 2000 -> 1500 -> 1000 -> 500 -> 10

With `activation="sigmoid"` it shows why deep networks did not learn: each layer multiplies the gradient by at most 1/4. ReLU,
He's first weights and batch normalisation are the cures.

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("mlp")), parameters(outline("mlp", input_shape=(29, 29, 1)))             # the paper: 12.11 million
    (11972510, 12115010)

Source: Ciresan, Meier, Gambardella & Schmidhuber, "Deep, big, simple neural nets for handwritten digit recognition", 2010,
table 1.
"""

from nabi.core.calls import checked
from nabi.layers import Activation, BatchNormalization, Dense, Dropout, Flatten, Input
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares

PAPER = Paper("Ciresan, Meier, Gambardella & Schmidhuber", "Deep, big, simple neural nets for handwritten digit recognition",
              "Neural Computation 22", 2010)


@network(PAPER, "table 1, its network of 12.11 million weights, on pictures of 28 x 28", 11_972_510, 11_965_000,
         ".35 % errors on MNIST, with deformed digits (table 1)")
@checked
def mlp(input_shape=(28, 28, 1), classes=10, units=(2500, 2000, 1500, 1000, 500), activation="relu", initializer="he_normal",
        batch_norm=False, dropout=0.0) -> Sequential:
    """A chain of dense layers.

    Args:
        input_shape: shape of a sample.
        classes: number of classes.
        units: of each hidden layer.
        activation: of the hidden layers.
        initializer: of their kernels.
        batch_norm: whether a batch normalisation stands before each activation.
        dropout: rate behind each hidden layer.
    """
    layers = [Input(input_shape, name="sample"), Flatten(name="flatten")]
    for number, count in enumerate(units, 1):
        layers.append(Dense(count, kernel_initializer=initializer, use_bias=not batch_norm, name=f"dense{number}"))
        if batch_norm:
            layers.append(BatchNormalization(momentum=0.9, name=f"norm{number}"))
        layers.append(Activation(activation, name=f"{activation}{number}"))
        if dropout:
            layers.append(Dropout(dropout, name=f"drop{number}"))
    return Sequential([*layers, Dense(classes, activation=shares(classes), name="classes")], name="mlp")
