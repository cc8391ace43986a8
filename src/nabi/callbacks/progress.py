"""Progress: what a user sees while a model trains, evaluates or predicts."""

from nabi.callbacks.callback import Callback


class Progress(Callback):
    """Shows the run.

    Args:
        mode: "auto", 0 (nothing), 1 (bar) or 2 (one line an epoch).
    """

    def __init__(self, mode="auto"):
        self.mode = mode
