"""Audio: `tf.audio`: WAV files of 16 bits as numbers from -1 to 1, and back.

    audio, rate = tf.audio.decode_wav(tf.io.read_file("yes.wav"))      (samples, channels) float32, () int32

Each number is that of the file / 32768.
"""

import io
import wave
from typing import Any

import numpy as np
import torch

from nabi.core.errors import DataError
from nabi.data.strings import Strings

__all__ = ["decode_wav", "encode_wav"]
FULL = 32768


def decode_wav(contents: Any, desired_channels: int = -1, desired_samples: int = -1,
               name: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Numbers (samples, channels) of a WAV file's bytes, and samples a second.

    Args:
        contents: the bytes.
        desired_channels: so many of them, the last one repeated where there are fewer; -1 takes all.
        desired_samples: cut, or filled up with zeros, to so many; -1 takes all.

    Raises DataError for what is no WAV file of 16 bits.
    """
    data = contents if isinstance(contents, bytes) else Strings(contents).numpy()
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            read = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise DataError("tf.audio.decode_wav", "a WAV file", f"{len(data)} bytes that are none ({error})") from error
    if width != 2:
        raise DataError("tf.audio.decode_wav", "16 bits a sample", f"{8 * width}", "SciPy's scipy.io.wavfile.read reads others.")
    sound = torch.from_numpy(np.frombuffer(read, "<i2").reshape(-1, channels).astype(np.float32) / FULL)
    if desired_channels > 0:
        sound = sound[:, [min(n, channels - 1) for n in range(desired_channels)]]
    if desired_samples >= 0:
        short = max(desired_samples - len(sound), 0)
        sound = torch.nn.functional.pad(sound[:desired_samples], (0, 0, 0, short))
    return sound, torch.tensor(rate, dtype=torch.int32)


def encode_wav(audio: Any, sample_rate: Any, name: str | None = None) -> Strings:
    """The bytes of a WAV file of numbers (samples, channels) from -1 to 1."""
    numbers = np.asarray(audio, np.float32)
    whole = np.clip(np.rint(numbers * FULL), -FULL, FULL - 1).astype("<i2")
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(numbers.shape[1])
        file.setsampwidth(2)
        file.setframerate(int(sample_rate))
        file.writeframes(whole.tobytes())
    return Strings(made.getvalue())
