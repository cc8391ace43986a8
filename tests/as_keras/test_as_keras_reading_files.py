"""Folders of sounds, films, and streams that pass over what cannot be read.

Oracles: Keras 3.15 on TensorFlow 2.21 for the streams of sounds (shapes, labels, numbers as printed there); pictures and sounds
that are written here by Pillow and the wave module.
"""

import io
import wave

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import ArgumentError, FileError


@pytest.fixture
def sounds(tmp_path):
    """Two classes: sounds of 800 and 500 samples, and one of 1000."""
    for kind, lengths in (("a", (800, 500)), ("b", (1000,))):
        (tmp_path / kind).mkdir()
        for number, n in enumerate(lengths):
            with wave.open(str(tmp_path / kind / f"{number}.wav"), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(8000)
                file.writeframes((np.arange(n) * 13 % 3000 - 1500).astype("<i2").tobytes())
    return tmp_path


def test_folders_of_sounds(served, sounds, capsys):
    import keras

    start = [-0.04577637, -0.04537964, -0.04498291, -0.04458618]
    cut = keras.utils.audio_dataset_from_directory(sounds, shuffle=False, batch_size=2, output_sequence_length=600)
    assert [(tuple(x.shape), y.tolist()) for x, y in cut] == [((2, 600, 1), [0, 0]), ((1, 600, 1), [1])]
    assert np.allclose(next(iter(cut))[0][0, :4, 0], start, atol=1e-8) and cut.class_names == ["a", "b"]
    assert next(iter(cut))[0][1, 500:].abs().sum() == 0
    assert "Found 3 files belonging to 2 classes." in capsys.readouterr().out
    (x, y), = keras.utils.audio_dataset_from_directory(sounds, shuffle=False, batch_size=3, label_mode="categorical")
    assert x.shape == (3, 1000, 1) and y.tolist() == [[1, 0], [1, 0], [0, 1]]
    alone = keras.utils.audio_dataset_from_directory(sounds, shuffle=False, batch_size=None, label_mode=None, sampling_rate=8000)
    assert [tuple(one.shape) for one in alone] == [(800, 1), (500, 1), (1000, 1)]
    both = keras.utils.audio_dataset_from_directory(sounds, seed=1, validation_split=0.4, subset="both", output_sequence_length=9)
    assert [sum(len(y) for _, y in part) for part in both] == [2, 1]
    with pytest.raises(ArgumentError, match="resample"):
        list(keras.utils.audio_dataset_from_directory(sounds, sampling_rate=4000))
    with pytest.raises(ArgumentError, match="longest"):
        keras.utils.audio_dataset_from_directory(sounds, ragged=True)


def film(count):
    """A GIF of so many pictures of one colour each."""
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)][:count]
    shots, file = [Image.new("RGB", (5, 4), colour) for colour in colours], io.BytesIO()
    shots[0].save(file, "GIF", save_all=True, append_images=shots[1:], duration=50)
    return file.getvalue(), np.stack([np.asarray(shot) for shot in shots])


def test_films(served):
    import tensorflow as tf

    for count in (3, 1):
        contents, wanted = film(count)
        assert (np.asarray(tf.io.decode_gif(contents)) == wanted).all()
        assert tf.image.decode_gif(contents).shape == (count, 4, 5, 3)
        assert (np.asarray(tf.io.decode_image(contents)) == wanted).all()
    contents, wanted = film(3)
    assert (np.asarray(tf.io.decode_image(contents, expand_animations=False)) == wanted[0]).all()
    assert tf.io.decode_jpeg(contents).shape == (4, 5, 3) == tf.io.decode_image(tf.io.encode_png(wanted[0])).shape
    with pytest.raises(FileError):
        tf.io.decode_gif(b"GIF89a")


@pytest.mark.parametrize("several", [None, 4])
def test_what_fails_is_left_out(served, several):
    import tensorflow as tf

    def checked(n):
        if int(n) % 3 == 1:
            raise ValueError("no such picture")
        return n * 10

    numbers = tf.data.Dataset.range(7)
    generated = tf.data.Dataset.from_generator(lambda: iter(range(7)), output_types=tf.int64)
    for stream in (numbers, generated):
        made = stream.map(checked, num_parallel_calls=several).map(lambda n: n + 1)
        wanted = [1, 21, 31, 51, 61]
        assert [int(n) for n in made.ignore_errors()] == wanted
        assert [int(n) for n in made.apply(tf.data.experimental.ignore_errors())] == wanted
        assert [len(batch) for batch in made.ignore_errors().batch(2)] == [2, 2, 1]
        with pytest.raises(ValueError, match="no such picture"):
            list(made)
    with pytest.warns(UserWarning, match="left out: no such picture"):
        list(numbers.map(checked).ignore_errors(log_warning=True))
