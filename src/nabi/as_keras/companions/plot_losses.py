"""Plot losses: livelossplot's callback: one picture of all logs, shown where the training ends.

    model.fit(x, y, callbacks=[PlotLossesKeras()])
    plot = PlotLosses();  plot.update({"loss": 0.3, "val_loss": 0.4});  plot.send()
"""

from typing import Any

from nabi.callbacks import Callback

__all__ = ["MainLogger", "MatplotlibPlot", "PlotLosses", "PlotLossesCallback", "PlotLossesKeras", "PlotLossesKerasTF"]


class PlotLosses:
    """Numbers of a training of one's own, step by step.

    Args:
        options: groups, outputs, figsize, ...: accepted; every name has its axes, `val_` beside it.
    """

    def __init__(self, *values: Any, **options: Any):
        self.history: dict[str, list[float]] = {}
        self.drawn = 0

    def update(self, logs: Any, *more: Any) -> None:
        """Takes a step's numbers."""
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))

    def send(self) -> None:
        """Prints the last numbers; the picture comes with `draw`."""
        print("  ".join(f"{name}: {values[-1]:.4f}" for name, values in self.history.items()))

    def draw(self) -> Any:
        """Shows the curves; gives the figure."""
        import matplotlib.pyplot as plt

        names = [name for name in self.history if not name.startswith("val_")]
        figure, axes = plt.subplots(1, max(1, len(names)), figsize=(5 * len(names) or 5, 4), squeeze=False, layout="constrained")
        for name, ax in zip(names, axes[0], strict=False):
            for word, label in ((name, "training"), (f"val_{name}", "validation")):
                if word in self.history:
                    ax.plot(range(1, len(self.history[word]) + 1), self.history[word], label=label)
            ax.set(xlabel="epoch", ylabel=name)
            ax.legend()
        plt.show()
        return figure


class PlotLossesKeras(Callback):
    """Shows the curves of all logs when the training ends.

    Args:
        options: as of `PlotLosses`.
    """

    def __init__(self, *values: Any, **options: Any):
        super().__init__()
        self.plot = PlotLosses()

    def on_train_begin(self, logs=None):
        self.plot = PlotLosses()

    def on_epoch_end(self, epoch, logs=None):
        self.plot.update(logs or {})

    def on_train_end(self, logs=None):
        if self.plot.history:
            self.plot.draw()


PlotLossesCallback = PlotLossesKerasTF = PlotLossesKeras


class MatplotlibPlot:
    """livelossplot's way to draw: kept, `PlotLosses` draws.

    Args:
        options: whatever it was called with.
    """

    def __init__(self, *values: Any, **options: Any):
        self.options = options


MainLogger = MatplotlibPlot
