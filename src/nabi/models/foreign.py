"""Foreign files: what a file that is no model of nabi holds, told by its first bytes, and what to do with it."""

import zipfile
from pathlib import Path
from typing import BinaryIO

SET = "Build the model in nabi and call model.set_weights(arrays): the shapes and their order are Keras'."
KERAS = "Give it Keras' ending, .keras or .h5: nabi reads such files."
TORCH = ("load_model reads no pickles, since they can carry code. Weights of torchvision or timm go into a network of the zoo: "
         "nabi.zoo.load_torch(model, path); other tensors can be saved by safetensors.torch.save_file(model.state_dict(), path).")
PICTURE = "load_model reads models; nabi predict MODEL PICTURE shows a picture to one."
FIRST_BYTES = (  # of a file, what it is, what to do
    (b"\xff\xd8\xff", "a JPEG picture", PICTURE), (b"\x89PNG", "a PNG picture", PICTURE), (b"GIF8", "a GIF picture", PICTURE),
    (b"BM", "a BMP picture", PICTURE), (b"\x89HDF\r\n", "an HDF5 file, as Keras writes .h5", KERAS),
    (b"\x93NUMPY", "a NumPy array", SET), (b"\x80\x02", "a pickle", TORCH), (b"\x80\x03", "a pickle", TORCH),
    (b"\x80\x04", "a pickle", TORCH), (b"\x80\x05", "a pickle", TORCH), (b"%PDF", "a PDF document", ""),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
)  # fmt: skip


def foreign(stream: BinaryIO) -> tuple[str, str] | None:
    """What an open file is, and what to do with it; None if its beginning tells nothing. The stream is left at its beginning.

    Example:
        >>> import io
        >>> foreign(io.BytesIO(b"\\x89PNG..."))[0], foreign(io.BytesIO(b"ordinary"))
        ('a PNG picture', None)
    """
    head = stream.read(16)
    stream.seek(0)
    if head[8:9] == b"{":  # safetensors: its first bytes are a number, and may look like anything
        return None
    if head.startswith(b"PK\x03\x04"):
        return archive(stream)
    return next(((what, remedy) for first, what, remedy in FIRST_BYTES if head.startswith(first)), None)


def archive(stream: BinaryIO) -> tuple[str, str]:
    """What a zip archive is: Keras, torch and NumPy all write such."""
    try:
        with zipfile.ZipFile(stream) as opened:
            names = [Path(name).name for name in opened.namelist()]
    except zipfile.BadZipFile:
        names = []
    finally:
        stream.seek(0)
    if "config.json" in names:
        return "a .keras file", KERAS
    if "data.pkl" in names:
        return "a file of torch.save", TORCH
    if names and all(name.endswith(".npy") for name in names):
        return "an .npz file of NumPy arrays", SET
    return "a zip archive", "Unpack it first."
