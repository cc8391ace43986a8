"""Canvas: the two classes that matplotlib wants of a backend: Agg's canvas, and a manager whose windows are files."""

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from nabi.as_keras.scripts.pictures import save_open_figures


class FigureManager(FigureManagerBase):
    """Keeps a figure until it is shown."""

    @classmethod
    def pyplot_show(cls, *, block=None):
        """What `plt.show()` does: saves all open figures."""
        save_open_figures()

    def show(self):
        """A figure's own `show`."""
        save_open_figures()


class FigureCanvas(FigureCanvasAgg):
    """Agg's canvas under that manager."""

    manager_class = FigureManager  # pyright: ignore[reportAssignmentType]
