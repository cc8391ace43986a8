"""Preprocessing: texts, sequences and pictures as Keras scripts handle them before a network sees them.

    text        Tokenizer, text_to_word_sequence, one_hot, hashing_trick
    sequence    pad_sequences, TimeseriesGenerator, skipgrams, make_sampling_table
    image       ImageDataGenerator, load_img, img_to_array, array_to_img, save_img
"""

from nabi.core.attributes import offer_nearest
from nabi.preprocessing import image, sequence, text
from nabi.preprocessing.generator import ImageDataGenerator
from nabi.preprocessing.padding import pad_sequences
from nabi.preprocessing.pixels import array_to_img, img_to_array, load_img, save_img
from nabi.preprocessing.text import Tokenizer

__all__ = ["ImageDataGenerator", "Tokenizer", "array_to_img", "image", "img_to_array", "load_img", "pad_sequences", "save_img",
           "sequence", "text"]

offer_nearest(__name__, __all__)
