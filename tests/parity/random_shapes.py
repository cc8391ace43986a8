"""Random shapes: what the drawing of layers shares: kinds of samples by their axes, sizes, the order of axes."""

from random_pieces import Dice

VECTOR, SEQUENCE, PICTURE, FILM = 1, 2, 3, 4  # axes of one sample
LARGEST = 150  # numbers in one sample, so that 500 networks take a minute or two
OTHER = 3.0  # a second value of masked time steps, beside the input's own
CATEGORIES = 5  # whole numbers that an input of tokens has


def layout(dice: Dice) -> dict:
    return dice.some(0.1, data_format=lambda: "channels_last")
