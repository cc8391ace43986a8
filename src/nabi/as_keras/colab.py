"""Colab: what notebooks ask of `google.colab`: a drive that is not mounted here, files that nobody uploads.

    from google.colab import drive
    drive.mount("/content/drive")            said, and nothing else
"""

import sys
from pathlib import Path
from typing import Any

from nabi.as_keras.notes import note


def mount(path: str = "/content/drive", force_remount: bool = False, **options: Any) -> None:
    """Says that there is no drive."""
    note("colab drive", f"google.colab is not here: {path} is an ordinary folder of this computer, if it is there.")


def upload(*args: Any) -> dict[str, bytes]:
    """No files: those beside the script are read by their names."""
    note("colab files", "google.colab is not here: put the files beside the script.")
    return {path.name: path.read_bytes() for path in Path().glob("*.csv")}


def download(name: str) -> None:
    """Nothing: the file is here already."""


def cv2_imshow(picture: Any) -> None:
    """Draws a picture of OpenCV's."""
    import matplotlib.pyplot as plt

    plt.imshow(picture[..., ::-1] if getattr(picture, "ndim", 2) == 3 else picture)
    plt.show()


def authenticate_user(*args: Any, **options: Any) -> None:
    """Nothing."""


def clear(*args: Any, **options: Any) -> None:
    """Nothing."""


drive = files = patches = output = auth = sys.modules[__name__]
__all__ = ["auth", "clear", "cv2_imshow", "download", "drive", "files", "mount", "output", "patches", "upload"]
