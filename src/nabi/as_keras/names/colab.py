"""Colab: what notebooks ask of `google.colab`: a drive that is not mounted here, files that nobody uploads.

    from google.colab import drive
    drive.mount("/content/drive")            said, and nothing else
"""

import os
import sys
from pathlib import Path
from typing import Any

from nabi.as_keras.notes import note
from nabi.core.errors import StateError


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
    """No one is asked for an account."""


def clear(*args: Any, **options: Any) -> None:
    """What was printed stays."""


def get(name: str) -> str:
    """A secret of `userdata`: the environment variable of that name.

    Raises:
        StateError: there is none.
    """
    if name not in os.environ:
        raise StateError("google.colab.userdata", f"an environment variable {name}", "none", f"Set it: export {name}=...")
    return os.environ[name]


def data_table_of(frame: Any, *args: Any, **options: Any) -> Any:
    """The frame itself, which is printed."""
    return frame


DataTable = data_table_of
eval_js = register_callback = flush_and_unmount = enable_dataframe_formatter = disable_dataframe_formatter = clear
enable_custom_widget_manager = disable_custom_widget_manager = unassign = view = no_vertical_scroll = clear
upload_file = upload
drive = files = patches = output = auth = data_table = userdata = runtime = sys.modules[__name__]
__all__ = ["DataTable", "auth", "authenticate_user", "clear", "cv2_imshow", "data_table", "disable_custom_widget_manager",
           "disable_dataframe_formatter", "download", "drive", "enable_custom_widget_manager", "enable_dataframe_formatter",
           "eval_js", "files", "flush_and_unmount", "get", "mount", "no_vertical_scroll", "output", "patches",
           "register_callback", "runtime", "unassign", "upload", "upload_file", "userdata", "view"]
