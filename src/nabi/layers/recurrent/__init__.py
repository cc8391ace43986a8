"""Recurrent layers: SimpleRNN, LSTM, GRU, their cells, RNN over a cell of one's own or several, Bidirectional."""

from nabi.layers.recurrent.bidirectional import Bidirectional
from nabi.layers.recurrent.cell import Cell
from nabi.layers.recurrent.gru import GRU, GRUCell
from nabi.layers.recurrent.lstm import LSTM, LSTMCell
from nabi.layers.recurrent.recurrent import Recurrent
from nabi.layers.recurrent.rnn import RNN
from nabi.layers.recurrent.simple_rnn import SimpleRNN, SimpleRNNCell
from nabi.layers.recurrent.stacked import StackedRNNCells

__all__ = ["GRU", "LSTM", "RNN", "Bidirectional", "Cell", "GRUCell", "LSTMCell", "Recurrent", "SimpleRNN", "SimpleRNNCell",
           "StackedRNNCells"]
