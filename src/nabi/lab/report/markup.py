"""Markup: HTML elements from Python; every text and attribute is escaped, so nothing that a name or file says becomes markup.

    tag("p", "3 < 4 & ", tag("b", "more"), class_="note")   ->   <p class="note">3 &lt; 4 &amp; <b>more</b></p>
"""

import base64
import html
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from PIL import Image

VOID = {"meta", "img"}  # elements without an end


class Html(str):
    """Text that is markup already."""


def escaped(thing: Any) -> Html:
    """Markup as it is, lists joined, None as nothing, everything else as escaped text."""
    if isinstance(thing, Html):
        return thing
    if thing is None:
        return Html("")
    if isinstance(thing, Iterable) and not isinstance(thing, str):
        return Html("".join(map(escaped, thing)))
    return Html(html.escape(str(thing), quote=True))


def tag(name: str, /, *children: Any, **attributes: Any) -> Html:
    """An element; `class_="a"` and `stroke_width=2` become class and stroke-width; None and False leave an attribute out.

    Example:
        >>> tag("td", "<b>", class_="on", hidden=False)
        '<td class="on">&lt;b&gt;</td>'
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key if key in ("viewBox", "preserveAspectRatio") else key.rstrip("_").replace("_", "-")
        parts.append(key if value is True else f'{key}="{html.escape(str(value), quote=True)}"')
    start = f"<{' '.join(parts)}>"
    return Html(start if name in VOID else f"{start}{escaped(children)}</{name}>")


def picture(pixels: np.ndarray, ink: bool = False) -> str:
    """The data URI of a PNG of values 0-1, or of bytes: (H, W), (H, W, 1) grey or (H, W, 3) colour; with `ink`, 1 is black.

    Example:
        >>> picture(np.zeros((2, 2)))[:22]
        'data:image/png;base64,'
    """
    pixels = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[-1] == 1 else pixels
    pixels = pixels / 255 if pixels.dtype == np.uint8 else pixels
    values = np.clip(np.nan_to_num(pixels), 0, 1)
    values = np.round(255 * (1 - values if ink else values)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG", optimize=True)
    return png_uri(file.getvalue())


def png_uri(content: bytes) -> str:
    """PNG bytes as a data URI."""
    return "data:image/png;base64," + base64.b64encode(content).decode()
