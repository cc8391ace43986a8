"""Race film: an optimizer race as an animated GIF or MP4, as a page that plays by itself, or as a still picture.

The map is drawn once; each frame lays the paths so far over it. Frames are closer together at the start, where most happens.
The page holds map and paths in itself: it needs no network, and nothing but a browser.
"""

import base64
import html
import json
import os
from collections.abc import Mapping
from io import BytesIO, StringIO
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from nabi.core.errors import ArgumentError
from nabi.core.files import atomic
from nabi.core.language import language
from nabi.viz import style
from nabi.viz.film import gif, mp4
from nabi.viz.race import HEAD, HEIGHT, LEFT, WIDTH, layout, legend, look, map_axes, optimizer_race, path_lines, told
from nabi.viz.race_page import PAGE
from nabi.viz.words import t

FRAMES = 60
DOTS = 100  # a film's dots per inch
ENDINGS = (".png", ".svg", ".gif", ".mp4", ".html")
POINTS = 600  # of a path on the page


def frame_steps(steps: int, frames: int = FRAMES) -> list[int]:
    """The steps that are shown: every one at first, later ever fewer.

    Example:
        >>> frame_steps(100, 8)
        [0, 2, 8, 18, 33, 51, 73, 100]
    """
    return sorted({round(steps * (k / (frames - 1)) ** 2) for k in range(frames)})


def race_frames(data: Mapping[str, Any], frames: int = FRAMES) -> list[Image.Image]:
    """The frames of a film, as pictures.

    Args:
        data: as in `optimizer_race`.
        frames: how many at most, from 2.
    """
    if frames < 2:
        raise ArgumentError("race_frames(frames)", "2 frames or more", frames)
    picture, left = layout(data, curve=False)
    picture.set_dpi(DOTS)
    ax = map_axes(picture, data)
    legend(picture, data, left)
    drawn = path_lines(ax, data["paths"])
    counter = style.write(picture, LEFT + WIDTH, HEAD - 0.08, "", style.BODY, style.INK, ha="right", va="bottom",
                          fontweight="bold")
    moving = [artist for pair in drawn for artist in pair] + [counter]
    for artist in moving:
        artist.set_animated(True)
    canvas = FigureCanvasAgg(picture)
    canvas.draw()
    ground, shown = canvas.copy_from_bbox(picture.bbox), []
    for step in frame_steps(data["steps"], frames):
        canvas.restore_region(ground)
        for (line, end), path in zip(drawn, data["paths"], strict=True):
            points = np.asarray(path["points"])[:passed(path, step)]
            line.set_data(*points.T)
            end.set_data(*points[-1:].T)
        counter.set_text(t("race at", step=step, steps=data["steps"]))
        counter.set_fontfamily(style.families(counter.get_text()))
        for artist in moving:
            picture.draw_artist(artist)
        shown.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
    return shown


def passed(path: Mapping[str, Any], step: int) -> int:
    """How many points of a path are behind it after so many steps; a path may know at which steps its points are."""
    return int(np.searchsorted(path["at"], step, side="right")) if "at" in path else step + 1


def race_html(data: Mapping[str, Any]) -> str:
    """A page with the map, the paths, a play button, a slider over the steps, and names to click."""
    picture, _ = layout(data, curve=False)
    map_axes(picture, data)
    across = LEFT + WIDTH + 0.2
    found = Image.open(BytesIO(style.png(picture)))
    top, bottom = round((HEAD - 0.3) * style.DPI), round((HEAD + HEIGHT + 0.5) * style.DPI)
    found = found.crop((0, top, round(across * style.DPI), bottom))
    file = BytesIO()
    found.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(file, "PNG", optimize=True)
    box = [LEFT * style.DPI, HEAD * style.DPI - top, WIDTH * style.DPI, HEIGHT * style.DPI]
    kinds, paths = [path["optimizer"] for path in data["paths"]], []
    for k, path in enumerate(data["paths"]):
        color, dashes, _ = look(path, k, kinds)
        points = np.asarray(path["points"], dtype=float)
        at = np.unique(np.round(np.linspace(0, 1, min(POINTS, len(points))) ** 2 * (len(points) - 1)).astype(int))
        paths.append({"name": path["optimizer"], "rate": f"{path['learning_rate']:g}", "said": told(path), "color": color,
                      "dashed": dashes != "-", "steps": np.asarray(path.get("at", np.arange(len(points))))[at].tolist(),
                      "x": [float(f"{x:.5g}") for x in points[at, 0]], "y": [float(f"{y:.5g}") for y in points[at, 1]]})
    known = {"size": found.size, "box": box, "x": [float(data["x"][0]), float(data["x"][-1])],
             "y": [float(data["y"][0]), float(data["y"][-1])], "steps": data["steps"], "paths": paths,
             "play": t("race play"), "stop": t("race stop"), "at": t("race at", step=0, steps=0).replace("0", "#")}
    texts = {"title": picture.texts[0].get_text(), "below": picture.texts[1].get_text(), "show": t("race show"),
             "optimizer": t("race optimizer"), "result": t("race result", tolerance=data["tolerance"])}
    page = PAGE.replace("{{language}}", language())
    for name, text in texts.items():
        page = page.replace("{{" + name + "}}", html.escape(text))
    page = page.replace("{{map}}", base64.b64encode(file.getvalue()).decode())
    return page.replace("{{data}}", json.dumps(known, ensure_ascii=False).replace("</", "<\\/"))


def svg(picture: Figure) -> str:
    """A figure as SVG; letters are outlines, so that it looks the same everywhere, and the same figure gives the same text."""
    file = StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "nabi", "svg.fonttype": "path"}):
        FigureCanvasSVG(picture).print_svg(file, metadata={"Date": None, "Creator": None})
    return file.getvalue()


def save_race(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Writes a race as its ending says: .png or .svg (figure), .gif or .mp4 (animation), .html (a page that plays).

    Raises: ArgumentError for another ending; FileError where the folder is missing or cannot be written, and for MP4 where
        neither ffmpeg nor OpenCV is installed.
    """
    ending = os.path.splitext(str(path))[1].lower()
    if ending not in ENDINGS:
        raise ArgumentError("race.save(path)", f"a name that ends in {', '.join(ENDINGS)}", repr(str(path)))
    if ending == ".gif":
        content = gif(race_frames(data))
    elif ending == ".mp4":
        content = mp4(race_frames(data))
    elif ending == ".html":
        content = race_html(data).encode()
    else:
        figure = optimizer_race(data)
        content = style.png(figure) if ending == ".png" else svg(figure).encode()
    with atomic(path) as file:
        file.write(content)
