"""Picture windows: the part of `tf.image` that looks at windows, boxes and slopes of pictures (batch, height, width, channels).

    tf.image.extract_patches(x, [1, 8, 8, 1], [1, 8, 8, 1], [1, 1, 1, 1], "VALID")      (N, H / 8, W / 8, 8 * 8 * C)
    tf.image.non_max_suppression(boxes, scores, 10)                                     numbers of boxes that stay
    tf.image.ssim(a, b, max_val=1.0)                                                    how alike two pictures are
"""

from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from nabi import ops
from nabi.core.shapes import zeros_around
from nabi.core.symbolic import Symbolic
from nabi.layers import Lambda

__all__ = ["combined_non_max_suppression", "crop_and_resize", "draw_bounding_boxes", "extract_patches", "image_gradients",
           "non_max_suppression", "rgb_to_yuv", "sobel_edges", "ssim", "yuv_to_rgb"]
YUV = torch.tensor([[0.299, 0.587, 0.114], [-0.14714119, -0.28886916, 0.43601035], [0.61497538, -0.51496512, -0.10001026]])


class Suppressed(NamedTuple):
    """Boxes that stay for each picture, filled up with zeros."""

    nmsed_boxes: torch.Tensor
    nmsed_scores: torch.Tensor
    nmsed_classes: torch.Tensor
    valid_detections: torch.Tensor


def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any = (1, 1, 1, 1), padding: str = "VALID",
                    name: str | None = None) -> Any:
    """Windows of pictures, their numbers side by side: (N, H, W, C) -> (N, rows, columns, height * width * C)."""
    if isinstance(images, Symbolic):
        return Lambda(lambda x: extract_patches(x, sizes, strides, rates, padding))(images)
    x = ops.convert_to_tensor(images)
    (high, wide), (down, right), (gap_h, gap_w) = ((int(one[1]), int(one[2])) for one in (sizes, strides, rates))
    if padding.upper() == "SAME":
        top, bottom = zeros_around(x.shape[1], high, down, "same", gap_h)
        left, end = zeros_around(x.shape[2], wide, right, "same", gap_w)
        x = F.pad(x, (0, 0, left, end, top, bottom))
    n, _, _, channels = x.shape
    rows, columns = (x.shape[1] - gap_h * (high - 1) - 1) // down + 1, (x.shape[2] - gap_w * (wide - 1) - 1) // right + 1
    step = x.stride()
    view = x.as_strided((n, rows, columns, high, wide, channels),
                        (step[0], down * step[1], right * step[2], gap_h * step[1], gap_w * step[2], step[3]))
    return view.reshape(n, rows, columns, high * wide * channels)


def crop_and_resize(image: Any, boxes: Any, box_indices: Any, crop_size: Any, method: str = "bilinear",
                    extrapolation_value: float = 0.0, name: str | None = None) -> torch.Tensor:
    """Boxes [y1, x1, y2, x2] (shares of height and width) of pictures, each in one size; places outside take a value."""
    pictures, listed = ops.convert_to_tensor(image).float(), ops.convert_to_tensor(boxes).float()
    high, wide = (int(n) for n in crop_size)
    height, width = pictures.shape[1:3]
    made = []
    for (y1, x1, y2, x2), number in zip(listed.tolist(), ops.convert_to_tensor(box_indices).tolist(), strict=True):
        ys = torch.linspace(y1, y2, high) * (height - 1) if high > 1 else torch.tensor([(y1 + y2) / 2 * (height - 1)])
        xs = torch.linspace(x1, x2, wide) * (width - 1) if wide > 1 else torch.tensor([(x1 + x2) / 2 * (width - 1)])
        picture = pictures[int(number)]
        inside = ((ys >= 0) & (ys <= height - 1))[:, None] & ((xs >= 0) & (xs <= width - 1))[None]
        ys, xs = ys.clamp(0, height - 1), xs.clamp(0, width - 1)
        if method == "nearest":
            found = picture[ys.round().long()][:, xs.round().long()]
        else:
            top, left = ys.floor().long(), xs.floor().long()
            bottom, right = (top + 1).clamp(max=height - 1), (left + 1).clamp(max=width - 1)
            dy, dx = (ys - top)[:, None, None], (xs - left)[None, :, None]
            upper = picture[top][:, left] * (1 - dx) + picture[top][:, right] * dx
            lower = picture[bottom][:, left] * (1 - dx) + picture[bottom][:, right] * dx
            found = upper * (1 - dy) + lower * dy
        made.append(torch.where(inside[..., None], found, extrapolation_value))
    return torch.stack(made) if made else pictures.new_zeros((0, high, wide, pictures.shape[-1]))


def overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of a box [y1, x1, y2, x2] with others."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    both = np.clip(high - low, 0, None).prod(1)
    return both / np.maximum((box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1) - both, 1e-12)


def ordered(boxes: Any) -> np.ndarray:
    """Boxes whose first corner is the smaller one."""
    listed = np.asarray(ops.convert_to_tensor(boxes).detach(), np.float64).reshape(-1, 4)
    return np.concatenate([np.minimum(listed[:, :2], listed[:, 2:]), np.maximum(listed[:, :2], listed[:, 2:])], 1)


def non_max_suppression(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5,
                        score_threshold: Any = float("-inf"), name: str | None = None) -> torch.Tensor:
    """Numbers of the boxes that stay, the best first: those that overlap a better one by more than the threshold go."""
    listed, values = ordered(boxes), np.asarray(ops.convert_to_tensor(scores).detach(), np.float64).ravel()
    left = [n for n in np.argsort(-values, kind="stable") if values[n] > float(score_threshold)]
    kept: list[int] = []
    while left and len(kept) < int(max_output_size):
        best, *others = left
        kept.append(int(best))
        shares = overlap(listed[best], listed[others]) if others else []
        left = [n for n, share in zip(others, shares, strict=True) if share <= float(iou_threshold)]
    return torch.tensor(kept, dtype=torch.int32)


def combined_non_max_suppression(boxes: Any, scores: Any, max_output_size_per_class: Any, max_total_size: Any,
                                 iou_threshold: Any = 0.5, score_threshold: Any = float("-inf"), pad_per_class: bool = False,
                                 clip_boxes: bool = True, name: str | None = None) -> Suppressed:
    """`non_max_suppression` for each class of each picture: boxes (N, boxes, 1 or classes, 4), scores (N, boxes, classes)."""
    places, values = ops.convert_to_tensor(boxes).float(), ops.convert_to_tensor(scores).float()
    total, rows = int(max_total_size), []
    for box, score in zip(places, values, strict=True):
        found: list[tuple[float, int, torch.Tensor]] = []
        for one in range(score.shape[1]):
            own = box[:, one if box.shape[1] > 1 else 0]
            stay = non_max_suppression(own, score[:, one], max_output_size_per_class, iou_threshold, score_threshold)
            found += [(float(score[n, one]), one, own[n].clamp(0, 1) if clip_boxes else own[n]) for n in stay.tolist()]
        found = sorted(found, key=lambda entry: -entry[0])[:total]
        empty = total - len(found)
        rows.append((torch.stack([entry[2] for entry in found] + [torch.zeros(4)] * empty),
                     torch.tensor([entry[0] for entry in found] + [0.0] * empty),
                     torch.tensor([float(entry[1]) for entry in found] + [0.0] * empty), torch.tensor(len(found)).int()))
    return Suppressed(*(torch.stack(list(parts)) for parts in zip(*rows, strict=True)))


def draw_bounding_boxes(images: Any, boxes: Any, colors: Any = None, name: str | None = None) -> torch.Tensor:
    """Pictures with the frames of boxes [y1, x1, y2, x2] (shares of the sides), a pixel wide, yellow or in these colours."""
    made = ops.convert_to_tensor(images).float().clone()
    height, width, channels = made.shape[1:]
    palette = torch.tensor([[1.0, 1.0, 0.0, 1.0]]) if colors is None else ops.convert_to_tensor(colors).float()
    for picture, listed in zip(made, ops.convert_to_tensor(boxes).float().tolist(), strict=True):
        for number, (y1, x1, y2, x2) in enumerate(listed):
            colour = palette[number % len(palette)][:channels]
            top, bottom = int(y1 * (height - 1)), int(y2 * (height - 1))
            left, right = int(x1 * (width - 1)), int(x2 * (width - 1))
            rows, columns = slice(max(top, 0), min(bottom, height - 1) + 1), slice(max(left, 0), min(right, width - 1) + 1)
            for line in (top, bottom):
                if 0 <= line < height:
                    picture[line, columns] = colour
            for line in (left, right):
                if 0 <= line < width:
                    picture[rows, line] = colour
    return made


def image_gradients(image: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Differences to the next pixel downwards and to the right; 0 in the last row and column."""
    x = ops.convert_to_tensor(image)
    return (F.pad(x[:, 1:] - x[:, :-1], (0, 0, 0, 0, 0, 1)), F.pad(x[:, :, 1:] - x[:, :, :-1], (0, 0, 0, 1)))


def sobel_edges(image: Any) -> torch.Tensor:
    """Slopes downwards and to the right, by Sobel's 3 x 3 kernel: (N, H, W, C) -> (N, H, W, C, 2); edges mirrored."""
    x = ops.convert_to_tensor(image).float().permute(0, 3, 1, 2)
    kernel = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])
    padded = F.pad(x, (1, 1, 1, 1), mode="reflect").reshape(-1, 1, x.shape[2] + 2, x.shape[3] + 2)
    made = F.conv2d(padded, torch.stack([kernel, kernel.T])[:, None])
    return made.reshape(*x.shape[:2], 2, *x.shape[2:]).permute(0, 3, 4, 1, 2)


def ssim(img1: Any, img2: Any, max_val: Any, filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01, k2: float = 0.03,
         return_index_map: bool = False) -> torch.Tensor:
    """Structural similarity of pictures, 1 for equal ones, by means under a Gaussian window.

    Source: Wang et al., Image quality assessment: from error visibility to structural similarity, 2004.
    """
    a, b = (ops.convert_to_tensor(one).float() for one in (img1, img2))
    a, b = (one[None] if one.ndim == 3 else one for one in (a, b))
    place = torch.arange(int(filter_size)) - (int(filter_size) - 1) / 2
    bell = torch.softmax(-(place[:, None] ** 2 + place[None] ** 2).reshape(-1) / (2 * filter_sigma**2), 0)
    window = bell.reshape(1, 1, int(filter_size), int(filter_size)).repeat(a.shape[-1], 1, 1, 1)

    def mean(x: torch.Tensor) -> torch.Tensor:
        return F.conv2d(x.permute(0, 3, 1, 2), window, groups=x.shape[-1])

    c1, c2 = (k1 * float(max_val)) ** 2, (k2 * float(max_val)) ** 2
    both, squares = mean(a) * mean(b), mean(a) ** 2 + mean(b) ** 2
    light = (2 * both + c1) / (squares + c1)
    contrast = (2 * mean(a * b) - 2 * both + c2) / (mean(a * a + b * b) - squares + c2)
    made = light * contrast
    return made.permute(0, 2, 3, 1).mean(-1) if return_index_map else made.mean((2, 3)).mean(-1)


def rgb_to_yuv(images: Any) -> torch.Tensor:
    """Red, green, blue as brightness and two differences of colour."""
    return ops.convert_to_tensor(images).float() @ YUV.T


def yuv_to_rgb(images: Any) -> torch.Tensor:
    """From brightness and two differences to colours."""
    return ops.convert_to_tensor(images).float() @ torch.linalg.inv(YUV).T
