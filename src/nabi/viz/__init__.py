"""Figures from arrays and plain dicts, in one look; each function returns a matplotlib figure, `save` writes it as PNG.

learning_curves      training against validation, the best epoch marked
"""

from nabi.viz.curves import learning_curves
from nabi.viz.style import png, save

__all__ = ["learning_curves", "png", "save"]
