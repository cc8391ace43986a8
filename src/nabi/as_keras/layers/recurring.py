"""Recurring: recurrent layers under the names that Keras had for graphics cards."""

from typing import Any

from nabi.layers import GRU, LSTM

__all__ = ["GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM"]


def CuDNNLSTM(units: int, *args: Any, **options: Any) -> LSTM:
    """LSTM with the cards' gates, whatever a script's time took for LSTM's own."""
    return LSTM(units, "tanh", "sigmoid", True, *args, **options)


def CuDNNGRU(units: int, *args: Any, **options: Any) -> GRU:
    """GRU with the cards' gates and the bias of their kernels: reset_after=True."""
    return GRU(units, "tanh", "sigmoid", True, *args, **{"reset_after": True, **options})
