"""Peers: the environment of the libraries that nabi is compared with, apart from nabi's own.

    python benchmarks/peers.py        sets up .venv-peers: TensorFlow, Keras, ONNX, ONNX Runtime, NumPy (about 2 GB)

Benchmarks run an engine whose name begins with a peer's in that environment; where it is missing they leave the engine out. Keras
on torch (`keras_torch`) runs in nabi's own, on nabi's torch.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / ".venv-peers"
PYTHON = FOLDER / "bin" / "python"
PACKAGES = ["tensorflow-cpu", "keras", "onnx", "onnxruntime"]
NAMES = ("keras", "onnxruntime")


def is_peer(engine: str) -> bool:
    """Whether an engine belongs to another library than torch and nabi."""
    return engine.startswith(NAMES) and not engine.endswith("_torch")


def interpreter(engine: str) -> str | None:
    """The interpreter that runs an engine; None where the peers' environment is not set up."""
    if not is_peer(engine):
        return sys.executable
    return str(PYTHON) if PYTHON.exists() else None


def versions() -> dict[str, str]:
    """What is installed there."""
    if not PYTHON.exists():
        return {}
    listed = subprocess.run([PYTHON, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True).stdout
    found = dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)
    return {name: found[key] for name in PACKAGES for key in (name, name.replace("-", "_")) if key in found}


if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", *PACKAGES], check=True)
