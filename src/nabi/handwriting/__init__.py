"""Handwriting: digits found on photographs, scans and drawings, and read.

    from nabi import read_digits

    for digit in read_digits("photo.jpg"):
        print(digit.digit, digit.probability, digit.second, digit.box)

NumPy and Pillow do it; nothing else needs to be installed.
"""

from nabi.core.attributes import offer_nearest
from nabi.handwriting.drawing import drawn
from nabi.handwriting.framing import framed
from nabi.handwriting.reader import Digit, DigitReader, read_digits, read_picture

__all__ = ["Digit", "DigitReader", "drawn", "framed", "read_digits", "read_picture"]

offer_nearest(__name__, __all__)
