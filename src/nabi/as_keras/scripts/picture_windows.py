"""Picture windows: what OpenCV would show in windows becomes numbered files where it has none to open.

    cv2.imshow("Output", image)        picture-1.png in the folder of the script's runs
    cv2.waitKey(0)                     the key q, as if the window had been looked at
"""

import re
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image

from nabi.as_keras.patches import Patches
from nabi.as_keras.scripts.pictures import Place, folder, windows
from nabi.core.errors import FileError

MOST = 50  # pictures of one script: a loop over a film would fill the folder
LOOKS = 100  # how often a loop asks for a key before one is pressed
NOTHING = ("namedWindow", "moveWindow", "resizeWindow", "destroyWindow", "destroyAllWindows", "setMouseCallback",
           "createTrackbar", "setWindowProperty", "setWindowTitle", "setTrackbarPos", "updateWindow")  # fmt: skip


def dress_windows(cv2: ModuleType, patches: Patches) -> None:
    """Puts these in place of OpenCV's windows, where it was built without them or there is no display."""
    built = re.search(r"GUI:\s*(\S+)", cv2.getBuildInformation())
    if windows() and built is not None and built[1] != "NONE":
        return
    shown = Shown()
    for name in NOTHING:
        patches.put(cv2, name, lambda *args, **options: None)
    for name in ("getTrackbarPos", "getWindowProperty"):
        patches.put(cv2, name, lambda *args: 0)
    patches.put(cv2, "imshow", shown.imshow)
    for name in ("waitKey", "waitKeyEx", "pollKey"):
        patches.put(cv2, name, shown.wait)


class Shown:
    """What was shown, and how often a key was asked for."""

    def __init__(self):
        self.files, self.asked = 0, 0

    def imshow(self, window: str, image: Any) -> None:
        """Writes a picture: bytes as they are, fractions of 0 to 1 times 255; blue, green, red as OpenCV has them."""
        image = np.asarray(image)
        if Place.out is None or self.files >= MOST:
            return
        if image.dtype.kind == "f":
            image = (image.clip(0, 1) * 255).round()
        image = image.astype(np.uint8)
        image = image[..., [2, 1, 0, 3][: image.shape[-1]]] if image.ndim == 3 and image.shape[-1] in (3, 4) else image.squeeze()
        try:
            Image.fromarray(image).save(folder() / f"picture-{Place.count + 1}.png")
        except FileError:
            Place.out = None
            return
        self.files += 1
        Place.count += 1

    def wait(self, delay: int = 0) -> int:
        """The key q where a script waits for one; where it only looks, none until it has looked often: then q and Escape."""
        self.asked += 1
        if delay <= 0:
            return ord("q")
        return -1 if self.asked < LOOKS else (ord("q"), 27)[self.asked % 2]
