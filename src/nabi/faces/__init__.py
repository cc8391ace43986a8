"""Faces: found in pictures, and read: which of them smile.

    from nabi import SmileDetector

    for face in SmileDetector().detect("photo.jpg"):
        print(face.box, face.score, face.smile)

Finding faces needs OpenCV 4: pip install "nabi[faces]". Face crops are scored without it.
"""

from nabi.core.attributes import offer_nearest
from nabi.faces.detector import Face, SmileDetector
from nabi.faces.drawing import drawn
from nabi.faces.stream import Followed, SmileStream
from nabi.pictures.boxes import Box, crop, one_each, overlap
from nabi.pictures.finding import HaarFinder

__all__ = ["Box", "Face", "Followed", "HaarFinder", "SmileDetector", "SmileStream", "crop", "drawn", "one_each", "overlap"]

offer_nearest(__name__, __all__)
