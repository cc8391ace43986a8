"""Diagrams of networks: layers as cards in ranks, lines around them, as SVG or PNG.

    ranks    which cards stand side by side        places   where in their rank
    routes   lanes of the lines                    layout   all of it, in numbers
    cards    what a card says                      diagram  cards, frames and lines in their places
    marks    boxes, lines and words                svg, raster   the marks as text, as a matplotlib figure
"""

from nabi.viz.diagram.diagram import Diagram, network_diagram

__all__ = ["Diagram", "network_diagram"]
