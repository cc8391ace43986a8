"""Recurring: recurrent layers under the names that Keras had for graphics cards."""

from typing import Any

from nabi.layers import GRU, LSTM

__all__ = ["GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM"]
CuDNNLSTM = LSTM


def CuDNNGRU(units: int, **options: Any) -> GRU:
    """GRU with the bias of the cards' kernels: reset_after=True."""
    return GRU(units, **{"reset_after": True, **options})
