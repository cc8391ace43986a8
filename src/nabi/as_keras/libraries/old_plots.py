"""Old plots: arguments and methods that matplotlib, scikit-image, Pillow and h5py have lost.

    plt.hist(x, normed=True)      plt.grid(b=True)      fig.gca(projection="3d")      plt.style.use("seaborn")
    structural_similarity(a, b, multichannel=True)      draw.textsize("seven")      file["kernel"].value
"""

import inspect
import os
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np

from nabi.as_keras.libraries.old_words import renamed
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches

AXES: dict[str, dict[str, str | None]] = {
    "hist": {"normed": "density"}, "grid": {"b": "visible"}, "bar": {"left": "x"}, "barh": {"bottom": "y"},
    "boxplot": {"labels": "tick_labels"}, "errorbar": {"nonposx": None, "nonposy": None},
    "set_xscale": {"nonposx": "nonpositive"}, "set_yscale": {"nonposy": "nonpositive"},
}  # fmt: skip
FIGURES: dict[str, dict[str, str | None]] = {
    "savefig": {**dict.fromkeys(("quality", "frameon", "papertype", "color", "figsize", "fontsize", "size"))},
    "add_axes": {"axisbg": "facecolor"},
}  # fmt: skip


def dress_styles(module: ModuleType, patches: Patches) -> None:
    """matplotlib's styles "seaborn...", by the names that they have there now."""

    def with_names(use: Callable) -> Callable:
        def known(style: Any) -> Any:
            if isinstance(style, (list, tuple)):
                return [known(one) for one in style]
            old = isinstance(style, str) and style.startswith("seaborn") and not style.startswith("seaborn-v")
            return style.replace("seaborn", "seaborn-v0_8", 1) if old else style

        return wraps(use)(lambda style: use(known(style)))

    for name in ("use", "context"):
        patches.around(module, name, with_names)


def dress_axes(module: Any, patches: Patches) -> None:
    """matplotlib's Axes."""
    for name, words in AXES.items():
        patches.around(module.Axes, name, renamed(words))
    for name in ("set_axis_bgcolor", "set_color_cycle"):
        if not hasattr(module.Axes, name):
            patches.put(module.Axes, name, coloured(name))


def coloured(name: str) -> Callable:
    """What Axes' methods of colours were."""
    if name == "set_axis_bgcolor":
        return lambda self, colour: self.set_facecolor(colour)
    return lambda self, colours: self.set_prop_cycle(color=colours)


def dress_pyplot(module: Any, patches: Patches) -> None:
    """matplotlib.pyplot, where its functions write out their arguments."""
    for name in ("bar", "barh", "boxplot"):
        patches.around(module, name, renamed(AXES[name]))
    for name in ("subplot", "axes"):
        patches.around(module, name, renamed(FIGURES["add_axes"]))
    patches.around(module, "gca", lambda gca: wraps(gca)(lambda **options: module.gcf().gca(**options) if options else gca()))
    if not hasattr(module, "hold"):
        patches.put(module, "hold", lambda *values: None)


def dress_figures(module: Any, patches: Patches) -> None:
    """matplotlib's Figure: gca(projection="3d"), subplots of whole numbers written with a fraction, folders for files."""

    def with_projection(gca: Callable) -> Callable:
        return wraps(gca)(lambda self, **options: self.add_subplot(**options) if options else gca(self))

    def of_whole_numbers(add: Callable) -> Callable:
        return wraps(add)(lambda self, *args, **options: add(self, *map(whole, args), **options))

    def beside_axes(colorbar: Callable) -> Callable:
        @wraps(colorbar)
        def call(self: Any, mappable: Any, cax: Any = None, ax: Any = None, **options: Any) -> Any:
            if cax is None and ax is None and getattr(mappable, "axes", None) is None:
                ax = self.gca()
            return colorbar(self, mappable, cax, ax, **options)

        return call

    patches.around(module.Figure, "gca", with_projection)
    patches.around(module.Figure, "savefig", lambda save: in_folder(renamed(FIGURES["savefig"])(save)))
    patches.around(module.Figure, "add_axes", renamed(FIGURES["add_axes"]))
    patches.around(module.Figure, "add_subplot", lambda add: renamed(FIGURES["add_axes"])(of_whole_numbers(add)))
    patches.around(module.Figure, "colorbar", beside_axes)


def whole(value: Any) -> Any:
    """A whole number that is written with a fraction, as a whole number.

    Example:
        >>> whole(2.0), whole(2.5), whole("polar")
        (2, 2.5, 'polar')
    """
    return int(value) if isinstance(value, (float, np.floating)) and value == int(value) else value


def in_folder(save: Callable) -> Callable:
    """A method that writes a file; a folder below the working one is made if it is not there: repositories bring theirs."""

    @wraps(save)
    def call(self: Any, file: Any, *args: Any, **options: Any) -> Any:
        folder = os.path.dirname(os.path.normpath(file)) if isinstance(file, str | os.PathLike) else ""
        if folder and not os.path.isabs(folder) and not folder.startswith(os.pardir) and not os.path.exists(folder):
            note(f"folder {folder}", f"The folder {folder} was not there; it is made for the pictures.")
            os.makedirs(folder)
        return save(self, file, *args, **options)

    return call


class NoWindow:
    """A window that is not there: whatever it is told changes nothing."""

    def __getattr__(self, name: str) -> "NoWindow":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **options: Any) -> "NoWindow":
        return self


def dress_canvases(module: Any, patches: Patches) -> None:
    """matplotlib's windows: titles and sizes where there is no window."""
    canvas, manager = module.FigureCanvasBase, module.FigureManagerBase
    if not hasattr(canvas, "set_window_title"):
        patches.put(canvas, "set_window_title", lambda self, title: self.manager and self.manager.set_window_title(title))
    for name in ("window", "frame"):
        if not hasattr(manager, name):
            patches.put(manager, name, NoWindow())


def dress_pictures(module: Any, patches: Patches) -> None:
    """scikit-image: multichannel=True, which is channel_axis=-1 today; similarity of pictures whose range is not given."""
    for name in ("structural_similarity", "gaussian", "rescale", "resize_local_mean", "pyramid_gaussian", "denoise_wavelet"):
        function = getattr(module, name, None)
        if function is not None and "channel_axis" in inspect.signature(function).parameters:
            patches.put(module, name, of_channels(function))


def of_channels(function: Callable) -> Callable:
    """A function of scikit-image that takes `multichannel`, and of pictures of fractions, whose range was 2."""

    @wraps(function)
    def call(first: Any, *args: Any, multichannel: bool | None = None, **options: Any) -> Any:
        if multichannel is not None:
            options.setdefault("channel_axis", -1 if multichannel else None)
        floats = all(np.asarray(one).dtype.kind == "f" for one in (first, *args[:1]))
        if function.__name__ == "structural_similarity" and floats and options.get("data_range") is None:
            note("data range", "structural_similarity: pictures of fractions have the range 2 where none is given.")
            options["data_range"] = 2.0
        return function(first, *args, **options)

    return call


def dress_texts(module: Any, patches: Patches) -> None:
    """Pillow's sizes of texts: of `ImageDraw` and of fonts."""

    def textsize(self: Any, text: str, font: Any = None, **options: Any) -> tuple[int, int]:
        left, top, right, bottom = self.textbbox((0, 0), text, font=font)
        return right, bottom

    def getsize(self: Any, text: str, *args: Any, **options: Any) -> tuple[int, int]:
        left, top, right, bottom = self.getbbox(text)
        return right, bottom

    for kind, name, method in (("ImageDraw", "textsize", textsize), ("FreeTypeFont", "getsize", getsize),
                               ("ImageFont", "getsize", getsize)):
        owner = getattr(module, kind, None)
        if isinstance(owner, type) and not hasattr(owner, name):
            patches.put(owner, name, method)


def dress_files(module: Any, patches: Patches) -> None:
    """h5py: `dataset.value`, all of it as an array."""
    if not hasattr(module.Dataset, "value"):
        patches.put(module.Dataset, "value", property(lambda self: self[()]))
