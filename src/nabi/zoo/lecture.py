"""The lectures' own networks for 28 x 28 digits: the dense net and the CNN.

    lecture_dense   784 - 512 - 10                                                           407,050 parameters
    lecture_cnn     Conv 32 - Conv 64 - MaxPool - Dropout .25 - Dense 128 - Dropout .5 - 10   1,199,882 parameters

    Conv 1   320 = (3*3*1 + 1)*32     Conv 2   18,496 = (3*3*32 + 1)*64
    Dense 1  1,179,776 = (12*12*64 + 1)*128     Dense 2   1,290 = (128 + 1)*10
"""

from nabi.core.calls import checked
from nabi.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares, wide

PAPER = Paper("Chollet & others", "mnist_cnn.py", "examples of Keras", 2015)
BOOK = Paper("Chollet", "Deep learning with Python", "Manning", 2017)


@network(PAPER, "the script", 1_199_882, 11_992_448, "99.25 % accuracy on MNIST after 12 epochs (the script)")
@checked
def lecture_cnn(input_shape=(28, 28, 1), classes=10, width=1.0, dropout=0.5) -> Sequential:
    """The lectures' convolutional network.

    Args:
        input_shape: (height, width, channels), each side at least 6.
        classes: number of classes.
        width: factor for the filters of the convolutions and the units between them and the classes.
        dropout: rate before the classifier; behind the pooling it is half of that.

    Example:
        >>> lecture_cnn().count_params()
        1199882
    """
    return Sequential([
        Input(input_shape, name="image"),
        Conv2D(wide(32, width), (3, 3), activation="relu", name="conv1"),
        Conv2D(wide(64, width), (3, 3), activation="relu", name="conv2"),
        MaxPooling2D(pool_size=(2, 2), name="pool"),
        Dropout(dropout / 2, name="drop1"),
        Flatten(name="flatten"),
        Dense(wide(128, width), activation="relu", name="dense1"),
        Dropout(dropout, name="drop2"),
        Dense(classes, activation=shares(classes), name="dense2"),
    ], name="lecture_cnn")


@network(BOOK, "section 2.1, a first network", 407_050, 406_528,
         "97.85 % accuracy on MNIST after 5 epochs (the book); 98.22 % at the epoch that the test set chose (the lectures)")
@checked
def lecture_dense(input_shape=(28, 28, 1), classes=10, units=512) -> Sequential:
    """The lectures' dense network with one hidden layer.

    Args:
        input_shape: (height, width, channels).
        classes: number of classes.
        units: units of the hidden layer.

    Example:
        >>> lecture_dense().count_params()
        407050
    """
    return Sequential([
        Input(input_shape, name="image"),
        Flatten(name="flatten"),
        Dense(units, activation="relu", name="dense1"),
        Dense(classes, activation=shares(classes), name="dense2"),
    ], name="lecture_dense")
