"""tensorflow_datasets, where it is not installed: parts by name, streams of dicts and pairs, what is known of a set."""

import importlib.util

import numpy as np
import pytest

from nabi.datasets import imdb, mnist

RNG = np.random.default_rng(3)
TRAIN, TEST = ((RNG.integers(0, 256, (n, 4, 4)).astype("uint8"), np.arange(n, dtype="uint8") % 10) for n in (20, 10))

if importlib.util.find_spec("tensorflow_datasets") is None:

    def test_pictures(served, monkeypatch):
        import tensorflow_datasets as tfds

        monkeypatch.setattr(mnist, "load_data", lambda: (TRAIN, TEST))
        (few, rest, test), info = tfds.load("mnist", split=["train[:25%]", "train[-3:]", "test"], with_info=True)
        assert [len(one) for one in (few, rest, test)] == [5, 3, 10] and info.splits["train"].num_examples == 20
        first = next(iter(few))
        assert first["image"].numpy()[..., 0].tolist() == TRAIN[0][0].tolist() and first["label"].numpy() == 0
        assert next(iter(rest))["label"].numpy() == TRAIN[1][17] and info.features["label"].num_classes == 10
        both = tfds.load("mnist:3.*.*", split="train+test", as_supervised=True, batch_size=-1)
        x, y = tfds.as_numpy(both)
        np.testing.assert_array_equal(x[..., 0], np.concatenate([TRAIN[0], TEST[0]]))
        assert y.dtype == np.int64 and set(tfds.load("mnist")) == {"train", "test"}
        with pytest.raises(ImportError, match="imdb_reviews"):
            tfds.load("imbd_reviews")

    def test_made_up_sets(served, monkeypatch):
        import tensorflow_datasets as tfds

        from nabi.as_keras.tensorflow import made_up_sets

        with pytest.raises(ImportError, match="--stand-in"):
            tfds.load("oxford_iiit_pet")
        monkeypatch.setenv("NABI_STAND_IN", "1")
        monkeypatch.setattr(made_up_sets, "MOST", 3_000_000)
        (train, test), info = tfds.load("oxford_iiit_pet:3.*.*", split=["train[:50%]", "test"], with_info=True)
        one = next(iter(train))
        assert one["image"].shape == (256, 256, 3) and one["segmentation_mask"].shape == (256, 256, 1)
        assert set(np.unique(one["segmentation_mask"])) == {1, 2, 3} and info.features["label"].num_classes == 37
        assert len(test) == info.splits["test"].num_examples and info.features["image"].shape == (None, None, 3)
        news, info = tfds.load("ag_news_subset", split="test", as_supervised=True, with_info=True)
        text, label = next(iter(news))
        assert text.numpy().startswith(b"word") and info.features["label"].int2str(label) in "World Sports Business Sci/Tech"

    def test_reviews(served, monkeypatch):
        import tensorflow_datasets as tfds

        monkeypatch.setattr(imdb, "load_data", lambda: (([[1, 4, 5]], [1]), ([[1, 5, 2, 4]], [0])))
        monkeypatch.setattr(imdb, "get_word_index", lambda: {"good": 1, "film": 2})
        (text, label), = tfds.load("imdb_reviews/plain_text", split="train", as_supervised=True)
        assert text.numpy() == b"good film" and label.numpy() == 1

    def test_reviews_as_subwords(served, monkeypatch):
        """Older configurations: numbers, and in info the encoder that gives the texts back."""
        import tensorflow_datasets as tfds

        monkeypatch.setattr(imdb, "load_data", lambda: (([[1, 4, 5]], [1]), ([[1, 5, 5, 4]], [0])))
        monkeypatch.setattr(imdb, "get_word_index", lambda: {"good": 1, "film": 2})
        (train, test), info = tfds.load("imdb_reviews/subwords8k", split=(tfds.Split.TRAIN, tfds.Split.TEST), as_supervised=True,
                                        with_info=True)
        encoder = info.features["text"].encoder
        text, label = next(iter(test))
        assert encoder.decode(text) == "film film good" and text.numpy().dtype == np.int64 and label.numpy() == 0
        assert text.shape[0] < len("film film good") and max(text.tolist()) < encoder.vocab_size <= 8185
        assert encoder.decode(encoder.encode("Hello TensorFlow.")) == "Hello TensorFlow."
        assert next(iter(train.padded_batch(1, train.output_shapes)))[0].shape == (1, 2)


def test_subword_encoder():
    """As tensorflow_datasets' source numbers them: 0 for padding, pieces, then bytes; the longest piece first."""
    from nabi.as_keras.tensorflow.subwords import SubwordTextEncoder

    pieces = SubwordTextEncoder(["hell", "hello_", "there", "_", ", "])
    assert pieces.encode("hello there") == [2, 3] and pieces.encode("hello, there") == [1, 5 + 1 + ord("o"), 5, 3]
    assert pieces.vocab_size == 5 + 257 and pieces.decode([0, 2, 3, 0]) == "hello there"
    for text in ("a_b  c\\n", "한국어 _ x", "  two", "_", ""):
        assert pieces.decode(pieces.encode(text)) == text
    built = SubwordTextEncoder.build_from_corpus(iter([b"so so it", "it is so"]), target_vocab_size=270)
    assert built.vocab_size <= 270 and len(built.encode("so it")) == 2


def test_output_shapes(served):
    """TensorFlow 1's words for element_spec; the values are those of TensorFlow 2.21's tf.compat.v1.data."""
    import tensorflow as tf

    pairs = tf.data.Dataset.from_tensor_slices((np.zeros((4, 3), "float32"), np.arange(4)))
    words = tf.compat.v1.data
    assert words.get_output_shapes(pairs) == pairs.output_shapes == ((3,), ())
    assert words.get_output_types(pairs) == (tf.float32, tf.int64)
    assert words.get_output_shapes(pairs.batch(2)) == ((None, 3), (None,))
    assert words.get_output_shapes(pairs.map(lambda x, y: {"a": x})) == {"a": (3,)}
