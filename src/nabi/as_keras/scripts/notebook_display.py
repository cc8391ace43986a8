"""Notebook display: what `IPython.display` has, where IPython is not installed: things are printed, not drawn."""

from typing import Any

from nabi.as_keras.scripts.notebook import Shell, display

__all__ = ["Audio", "HTML", "IFrame", "Image", "Javascript", "Latex", "Markdown", "SVG", "Video", "YouTubeVideo", "clear_output",
           "display", "get_ipython", "set_matplotlib_formats", "version_info"]
version_info = (8, 30, 0)  # libraries ask for it


class Shown:
    """Something that a notebook would draw.

    Args:
        data: what it is made of.
    """

    def __init__(self, data: Any = None, *more: Any, **options: Any):
        self.data = options.get("filename", data)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"


class SVG(Shown):
    """A drawing."""


class Image(Shown):
    """A picture."""


HTML = Markdown = Latex = Javascript = Audio = Video = YouTubeVideo = IFrame = Shown


def clear_output(wait: bool = False) -> None:
    """Nothing: what was printed stays."""


def set_matplotlib_formats(*formats: str, **options: Any) -> None:
    """Nothing: pictures are PNG files."""


def get_ipython() -> Shell:
    """What takes magics and does nothing."""
    return Shell()
