"""Weight picture: the weights of a layer as grey values, from the smallest, black, to the largest, white.

    bias (n,)                     a row of n
    Dense kernel (n, m)           n x m, on its side if it is higher than wide
    Conv1D kernel (k, c, f)       f tiles of k x c in a row
    Conv2D kernel (h, w, c, f)    a tile of h x w for each pair: input channels downwards, filters to the right
    Conv2D kernel (h, w, 3, f)    f tiles in colour in a row
"""

import numpy as np

MOST = 64  # tiles downwards and to the right; what follows is left out


def weight_picture(w: np.ndarray) -> np.ndarray | None:
    """Pixels (height, width) or (height, width, 3), uint8; None for weights with no axis or more than four.

    Example:
        >>> weight_picture(np.array([-1.0, 0.0, 1.0]))
        array([[  0, 128, 255]], dtype=uint8)
    """
    if w.ndim not in (1, 2, 3, 4) or not w.size:
        return None
    low, high = float(w.min()), float(w.max())
    pixels = np.round((w - low) / (high - low) * 255 if high > low else np.full(w.shape, 128.0)).astype(np.uint8)
    if w.ndim == 1:
        return pixels[None]
    if w.ndim == 2:
        return np.ascontiguousarray(pixels.T if w.shape[0] > w.shape[1] else pixels)
    if w.ndim == 3:
        return tiled(pixels[:, :, None, :])
    if w.shape[2] == 3:
        return np.stack([tiled(pixels[:, :, c : c + 1]) for c in range(3)], axis=-1)
    return tiled(pixels)


def tiled(pixels: np.ndarray) -> np.ndarray:
    """(h, w, c, f) -> one picture with c rows of f tiles, a white line of one pixel between them."""
    pixels = pixels[:, :, :MOST, :MOST]
    h, w, c, f = pixels.shape
    framed = np.full((c, h + 1, f, w + 1), 255, dtype=np.uint8)
    framed[:, :h, :, :w] = pixels.transpose(2, 0, 3, 1)
    return framed.reshape(c * (h + 1), f * (w + 1))[:-1, :-1]
