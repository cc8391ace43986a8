"""Sound folders: `keras.utils.audio_dataset_from_directory`: WAV files in a folder for each class as a stream.

    yes/1.wav, no/1.wav   ->   (sounds (32, samples, channels), labels (32,)), ...        numbers from -1 to 1

Source: Keras 3, utils/audio_dataset_utils.py.
"""

from pathlib import Path
from typing import Any

import torch

from nabi.as_keras.tensorflow.audio import decode_wav
from nabi.core.errors import ArgumentError
from nabi.data import AUTOTUNE, Dataset, Strings
from nabi.preprocessing.folders import parts

__all__ = ["audio_dataset_from_directory"]
SOUNDS = (".wav",)


def audio_dataset_from_directory(directory: Any, labels: Any = "inferred", label_mode: str | None = "int",
                                 class_names: Any = None, batch_size: int | None = 32, sampling_rate: int | None = None,
                                 output_sequence_length: int | None = None, ragged: bool = False, shuffle: bool = True,
                                 seed: int | None = None, validation_split: float | None = None, subset: str | None = None,
                                 follow_links: bool = False, verbose: bool = True) -> Any:
    """A stream of sounds from a folder that has a folder of WAV files for each class; with subset="both" two.

    Args:
        output_sequence_length: samples of each sound, cut or filled up with zeros; None fills a batch up to its longest.
        ragged: only False.
        sampling_rate: samples a second, those of the files.
        directory, labels, ...: as of `image_dataset_from_directory`.

    Raises ArgumentError for a rate that a file does not have (Keras asks for tensorflow_io there), FileError, DataError.
    """
    if ragged:
        raise ArgumentError("audio_dataset_from_directory(ragged)", "False", "True",
                            "Without output_sequence_length a batch is filled up to its longest sound.")
    length = -1 if output_sequence_length is None else int(output_sequence_length)

    def sound(path: Any) -> torch.Tensor:
        name = Strings(path).numpy().decode()
        audio, rate = decode_wav(Path(name).read_bytes(), desired_samples=length)
        if sampling_rate is not None and int(rate) != sampling_rate:
            raise ArgumentError("audio_dataset_from_directory(sampling_rate)", f"the files' own, {int(rate)} in {name}",
                                sampling_rate, "scipy.signal.resample makes other rates.")
        return audio

    def stream(files: Dataset) -> Dataset:
        made = files.map(lambda path, *y: (sound(path), *y) if y else sound(path), num_parallel_calls=AUTOTUNE)
        if batch_size is None:
            return made
        return made.padded_batch(batch_size) if output_sequence_length is None else made.batch(batch_size)

    found = parts("audio_dataset_from_directory", directory, SOUNDS, Strings, labels, label_mode, class_names, None, shuffle,
                  seed, validation_split, subset, follow_links, verbose)
    made = []
    for files in found if isinstance(found, list) else [found]:
        made.append(stream(files))
        made[-1].class_names, made[-1].file_paths = files.class_names, files.file_paths
    return made if isinstance(found, list) else made[0]
