"""Preprocessing: texts, sequences and pictures as Keras scripts handle them before a network sees them.

    text        Tokenizer, text_to_word_sequence, one_hot, hashing_trick; TextVectorization
    sequence    pad_sequences, TimeseriesGenerator, skipgrams, make_sampling_table
    image       ImageDataGenerator, load_img, img_to_array, array_to_img, save_img
    image_dataset_from_directory, text_dataset_from_directory, timeseries_dataset_from_array, split_dataset      streams
"""

from nabi.core.attributes import offer_nearest
from nabi.preprocessing import image, sequence, text
from nabi.preprocessing.folders import image_dataset_from_directory, text_dataset_from_directory
from nabi.preprocessing.generator import ImageDataGenerator
from nabi.preprocessing.padding import pad_sequences
from nabi.preprocessing.pixels import array_to_img, img_to_array, load_img, save_img
from nabi.preprocessing.text import Tokenizer
from nabi.preprocessing.vectorizing import TextVectorization
from nabi.preprocessing.windows import split_dataset, timeseries_dataset_from_array

__all__ = ["ImageDataGenerator", "TextVectorization", "Tokenizer", "array_to_img", "image",
           "image_dataset_from_directory", "img_to_array", "load_img",
           "pad_sequences", "save_img", "sequence", "split_dataset", "text", "text_dataset_from_directory",
           "timeseries_dataset_from_array"]

offer_nearest(__name__, __all__)
