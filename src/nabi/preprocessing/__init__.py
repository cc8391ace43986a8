"""Preprocessing: texts, sequences and pictures as Keras scripts handle them before a network sees them.

    text        Tokenizer, text_to_word_sequence, one_hot, hashing_trick
    sequence    pad_sequences, TimeseriesGenerator, skipgrams, make_sampling_table
"""

from nabi.core.attributes import offer_nearest
from nabi.preprocessing import sequence, text
from nabi.preprocessing.padding import pad_sequences

__all__ = ["pad_sequences", "sequence", "text"]

offer_nearest(__name__, __all__)
