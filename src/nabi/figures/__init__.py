"""Figures: every picture of the lectures, made from live data; each is plain numbers first and a picture second.

    nabi figures --out figures            all of them, with a page that shows them

Example:
    >>> from nabi import figures
    >>> figures.titles()["softmax"]
    'Softmax as a table'
    >>> drawn = figures.draw("softmax")
    >>> round(float(sum(drawn.numbers["share"])), 6)
    1.0
"""

from nabi.core.attributes import offer_nearest
from nabi.figures import answers as answers  # each module registers its figures
from nabi.figures import channels as channels
from nabi.figures import convolution as convolution
from nabi.figures import depth as depth
from nabi.figures import descent as descent
from nabi.figures import experiments as experiments
from nabi.figures import fields as fields
from nabi.figures import hidden as hidden
from nabi.figures import history as history
from nabi.figures import inside as inside
from nabi.figures import networks as networks
from nabi.figures import neuron as neuron
from nabi.figures import patterns as patterns
from nabi.figures import pictures as pictures
from nabi.figures import sizes as sizes
from nabi.figures import stretching as stretching
from nabi.figures import tables as tables
from nabi.figures import training as training
from nabi.figures import units as units
from nabi.figures import wirings as wirings
from nabi.figures.catalogue import Drawn, draw, figures, titles
from nabi.figures.scene import Scene

__all__ = ["Drawn", "Scene", "draw", "figures", "titles"]

offer_nearest(__name__, __all__)
