"""Diagrams of networks: layers as cards in ranks, lines around them, as SVG or PNG.

    ranks    which cards stand side by side        places   where in their rank
    routes   lanes of the lines                    layout   all of it, in numbers
    cards    what a card says                      diagram  cards, frames and lines in their places
    marks    boxes, lines and words                svg, raster   the marks as text, as a matplotlib figure
    regions  where a network branches and joins    groups   what stands as one card when it is folded
    wording  what folded cards say                 sheet    headline, folded or unfolded network, one of its blocks
    arcs     a dense block as in its paper
"""

from nabi.viz.diagram.diagram import Diagram, network_diagram
from nabi.viz.diagram.sheet import blocks, network_sheet, side_by_side

__all__ = ["Diagram", "blocks", "network_diagram", "network_sheet", "side_by_side"]
