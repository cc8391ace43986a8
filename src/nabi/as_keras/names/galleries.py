"""Galleries: `keras.visualization`: pictures side by side, with frames of boxes or coloured masks.

    keras.visualization.plot_image_gallery(images, y_true=labels, rows=2, cols=4, value_range=(0, 1))
"""

import math
from typing import Any

import numpy as np
import torch

from nabi.as_keras.names.bounding_boxes import convert_format
from nabi.viz import style

__all__ = ["draw_bounding_boxes", "draw_segmentation_masks", "plot_bounding_box_gallery", "plot_image_gallery",
           "plot_segmentation_mask_gallery"]
COLOURS = tuple(tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5)) for colour in style.SERIES)


def array(x: Any) -> np.ndarray:
    """An array of an array or tensor."""
    return x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)


def to_bytes(images: Any, value_range: Any, data_format: Any) -> np.ndarray:
    """Pictures (N, H, W, C) of 0 to 255."""
    x = array(images)
    x = np.moveaxis(x, 1, -1) if data_format == "channels_first" else x
    low, high = value_range
    return ((x.astype("float64") - low) / (high - low) * 255).round().clip(0, 255).astype("uint8")


def plot_image_gallery(images: Any, y_true: Any = None, y_pred: Any = None, label_map: Any = None, rows: int | None = None,
                       cols: int | None = None, value_range: Any = (0, 255), scale: float = 2, path: Any = None,
                       show: bool | None = None, transparent: bool = True, dpi: int = 60, legend_handles: Any = None,
                       data_format: Any = None) -> Any:
    """Pictures side by side, with their labels below; a file where `path` is given, a window with `show`, else the figure."""
    import matplotlib.pyplot as plt

    pictures = to_bytes(images, value_range, data_format)
    cols = cols or (math.ceil(len(pictures) / rows) if rows else math.ceil(math.sqrt(len(pictures))))
    rows = rows or math.ceil(len(pictures) / cols)
    named = 0.15 * sum(given is not None for given in (y_true, y_pred))  # of a picture's height, for its labels
    size = (cols * scale * pictures.shape[2] / pictures.shape[1], rows * scale * (1 + named))
    figure, places = plt.subplots(rows, cols, figsize=size, squeeze=False, layout="constrained")

    def name(label: Any) -> str:
        number = int(array(label))
        return str((label_map or {}).get(number, number))

    for n, ax in enumerate(places.flat):
        ax.set_axis_off()
        if n < len(pictures):
            ax.imshow(pictures[n].squeeze(), cmap="gray", vmin=0, vmax=255)
            said = [f"{word}: {name(given[n])}" for word, given in (("true", y_true), ("pred", y_pred)) if given is not None]
            ax.set_title("\n".join(said), fontsize=4.5 * scale)
    if legend_handles is not None:
        figure.legend(handles=legend_handles, loc="outside lower center")
    if path is not None:
        figure.savefig(path, transparent=transparent, dpi=dpi)
        plt.close(figure)
        return None
    if show:
        plt.show()
        return None
    return figure


def draw_bounding_boxes(images: Any, bounding_boxes: Any, bounding_box_format: str, class_mapping: Any = None,
                        color: Any = (128, 128, 128), line_thickness: int = 2, text_thickness: int = 1, font_scale: float = 1.0,
                        data_format: Any = None) -> np.ndarray:
    """Pictures of 0 to 255 with the frames of boxes: a dict of "boxes" (N, n, 4) and "labels" (N, n), -1 for none.

    Names of classes are not written into the pictures; `plot_image_gallery` writes below them.
    """
    made = to_bytes(images, (0, 255), data_format).copy()
    height, width = made.shape[1:3]
    boxes = array(convert_format(bounding_boxes["boxes"], bounding_box_format, "xyxy", height, width)).round().astype(int)
    labels = array(bounding_boxes.get("labels", np.zeros(boxes.shape[:2])))
    for picture, listed, numbers in zip(made, boxes, labels, strict=True):
        for (left, top, right, bottom), number in zip(listed, numbers, strict=True):
            if number == -1:
                continue
            frame = np.zeros((height, width), bool)
            top, left, t = max(top, 0), max(left, 0), line_thickness
            frame[top:bottom, left:right] = True
            frame[top + t : max(bottom - t, 0), left + t : max(right - t, 0)] = False
            picture[frame] = color
    return made


def draw_segmentation_masks(images: Any, segmentation_masks: Any, num_classes: int | None = None, color_mapping: Any = None,
                            alpha: float = 0.8, blend: bool = True, ignore_index: int = -1,
                            data_format: Any = None) -> np.ndarray:
    """Pictures of 0 to 255 whose pixels have the colour of their class, mixed with what is there."""
    made = to_bytes(images, (0, 255), data_format).astype("float64")
    masks = array(segmentation_masks)
    masks = masks[..., 0] if masks.ndim == 4 and masks.shape[-1] == 1 else masks
    known = color_mapping or {n: COLOURS[n % len(COLOURS)] for n in range(num_classes or int(masks.max()) + 1)}
    for number, colour in known.items():
        if number != ignore_index:
            there = masks == number
            share = alpha if blend else 1.0
            made[there] = (1 - share) * made[there] + share * np.asarray(colour, "float64")
    return made.round().astype("uint8")


def plot_bounding_box_gallery(images: Any, bounding_box_format: str, y_true: Any = None, y_pred: Any = None,
                              value_range: Any = (0, 255), true_color: Any = (0, 188, 212), pred_color: Any = (255, 235, 59),
                              line_thickness: int = 2, font_scale: float = 1.0, text_thickness: Any = None,
                              class_mapping: Any = None, ground_truth_mapping: Any = None, prediction_mapping: Any = None,
                              legend: bool = False, legend_handles: Any = None, rows: int | None = None, cols: int | None = None,
                              data_format: Any = None, **options: Any) -> Any:
    """Pictures side by side with the frames of true and predicted boxes."""
    from matplotlib.patches import Patch

    made: Any = to_bytes(images, value_range, data_format)
    for boxes, colour in ((y_true, true_color), (y_pred, pred_color)):
        if boxes is not None:
            made = draw_bounding_boxes(made, boxes, bounding_box_format, color=colour, line_thickness=line_thickness)
    if legend:
        legend_handles = [Patch(color="#" + "".join(f"{n:02x}" for n in colour), label=word)
                          for word, colour in (("Ground Truth", true_color), ("Prediction", pred_color))]
    return plot_image_gallery(made, rows=rows, cols=cols, legend_handles=legend_handles, **options)


def plot_segmentation_mask_gallery(images: Any, num_classes: int, value_range: Any = (0, 255), y_true: Any = None,
                                   y_pred: Any = None, color_mapping: Any = None, blend: bool = True, alpha: float = 0.8,
                                   ignore_index: int = -1, data_format: Any = None, **options: Any) -> Any:
    """Each picture beside itself with its true, and its predicted, classes in colour."""
    plain = to_bytes(images, value_range, data_format)
    columns = [plain]
    for masks in (y_true, y_pred):
        if masks is not None:
            columns.append(draw_segmentation_masks(plain, masks, num_classes, color_mapping, alpha, blend, ignore_index))
    wide = np.concatenate([np.broadcast_to(one, (*one.shape[:3], 3)) for one in columns], axis=2)
    return plot_image_gallery(wide, **{"cols": 1, **options})
