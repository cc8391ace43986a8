"""Recurring: recurrent layers under the names that Keras had for graphics cards."""

from typing import Any

from nabi.layers import GRU, LSTM, RNN

__all__ = ["GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM", "StackedRNNCells"]
CuDNNLSTM = LSTM


def CuDNNGRU(units: int, **options: Any) -> GRU:
    """GRU with the bias of the cards' kernels: reset_after=True."""
    return GRU(units, **{"reset_after": True, **options})


class StackedRNNCells(list):
    """Cells one above the other, for RNN(...).

    Args:
        cells: the cells, from below.
    """

    def __init__(self, cells: Any, **more: Any):
        super().__init__(cells)
        self.rnn = RNN
