"""Bounding boxes: `keras.utils.bounding_boxes`: formats, overlaps, cuts, and differences to anchors.

    convert_format([[10, 20, 30, 40]], "xyxy", "xywh")      [[10, 20, 20, 20]]
    iou = overlap / union

Boxes are (N, 4) or (batch, N, 4). "rel_" formats are shares of the picture's width and height.
Source: Keras 3, layers/preprocessing/image_preprocessing/bounding_boxes; Zheng et al., "Distance-IoU loss", 2020 (CIoU).
"""

import math
from typing import Any

import torch

from nabi.core.config import config
from nabi.core.errors import ArgumentError, UnknownName, did_you_mean
from nabi.ops.op import floats, tensor

__all__ = ["affine_transform", "clip_to_image_size", "compute_ciou", "compute_iou", "convert_format", "crop",
           "decode_deltas_to_boxes", "encode_box_to_deltas", "pad"]
FORMATS = {  # order of the axes, and whether the first two are a corner or the middle, the last two a corner or sizes
    "xyxy": ("xy", "corners"), "yxyx": ("yx", "corners"), "xywh": ("xy", "corner"), "center_xywh": ("xy", "middle"),
    "center_yxhw": ("yx", "middle")}  # fmt: skip
FORMATS |= {f"rel_{name}": FORMATS[name] for name in ("xyxy", "yxyx", "xywh", "center_xywh")}


def known_format(name: str) -> str:
    """The format's name in small letters. Raises UnknownName."""
    if str(name).lower() not in FORMATS:
        raise UnknownName("bounding_boxes", f"one of {', '.join(FORMATS)}", repr(name), did_you_mean(str(name), list(FORMATS)))
    return str(name).lower()


def sides(name: str, height: Any, width: Any, boxes: torch.Tensor) -> torch.Tensor:
    """The picture's (width, height) for a relative format, else ones."""
    if not name.startswith("rel_"):
        return torch.ones(2, dtype=boxes.dtype)
    if height is None or width is None:
        raise ArgumentError(f"bounding_boxes ({name})", "the picture's height and width", f"height={height}, width={width}")
    return torch.stack([floats(width).to(boxes.dtype), floats(height).to(boxes.dtype)], -1)


def convert_format(boxes: Any, source: str, target: str, height: Any = None, width: Any = None, dtype: Any = "float32") -> Any:
    """Boxes, or a dict with "boxes", in another format.

    Example:
        >>> convert_format([[10, 20, 30, 40]], "xyxy", "center_xywh").tolist()
        [[20.0, 30.0, 20.0, 20.0]]
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    source, target = known_format(source), known_format(target)
    b = floats(boxes).to(getattr(torch, str(dtype)))
    (order, kind), scale = FORMATS[source], sides(source, height, width, b)
    first, second = (part if order == "xy" else part.flip(-1) for part in (b[..., :2], b[..., 2:]))
    low = (first - second / 2 if kind == "middle" else first) * scale
    high = (second if kind == "corners" else first + second if kind == "corner" else first + second / 2) * scale
    (order, kind), scale = FORMATS[target], sides(target, height, width, b)
    low, high = low / scale, high / scale
    pair = {"corners": (low, high), "corner": (low, high - low), "middle": ((low + high) / 2, high - low)}[kind]
    return torch.cat([part if order == "xy" else part.flip(-1) for part in pair], -1)


def only_corners(name: str, where: str, known: tuple[str, ...] = ("xyxy",)) -> None:
    """Raises ArgumentError for a format that a function does not take."""
    if name not in known:
        raise ArgumentError(f"bounding_boxes.{where}(bounding_box_format)", f"one of {', '.join(known)}", repr(name),
                            "convert_format brings boxes into it.")


def clip_to_image_size(bounding_boxes: dict[str, Any], height: Any = None, width: Any = None,
                       bounding_box_format: str = "xyxy") -> dict[str, Any]:
    """A dict of boxes cut at the picture's border; labels of boxes that nothing is left of become -1."""
    only_corners(bounding_box_format, "clip_to_image_size", ("xyxy", "rel_xyxy"))
    b = floats(bounding_boxes["boxes"])
    edge = torch.ones(2) if bounding_box_format == "rel_xyxy" else sides("rel_xyxy", height, width, b)
    b = torch.minimum(b.clamp(min=0), torch.cat([edge, edge], -1).to(b.dtype))
    made = {**bounding_boxes, "boxes": b}
    if bounding_boxes.get("labels") is not None:
        labels = tensor(bounding_boxes["labels"])
        made["labels"] = torch.where((b[..., 2:] - b[..., :2]).prod(-1) > 0, labels, torch.full_like(labels, -1))
    return made


def crop(boxes: Any, top: Any, left: Any, height: Any, width: Any, bounding_box_format: str = "xyxy") -> torch.Tensor:
    """Boxes as seen in a part of the picture."""
    only_corners(bounding_box_format, "crop")
    b = pad(boxes, -top, -left)
    return torch.stack([b[..., n].clamp(0, (width, height)[n % 2]) for n in range(4)], -1)


def pad(boxes: Any, top: Any, left: Any, height: Any = None, width: Any = None,
        bounding_box_format: str = "xyxy") -> torch.Tensor:
    """Boxes in a picture with rows and columns before it."""
    only_corners(bounding_box_format, "pad")
    return floats(boxes) + torch.tensor([left, top, left, top], dtype=floats(boxes).dtype)


def affine_transform(boxes: Any, angle: Any, translate_x: Any, translate_y: Any, scale: Any, shear_x: Any, shear_y: Any,
                     height: Any, width: Any, center_x: Any = None, center_y: Any = None,
                     bounding_box_format: str = "xyxy") -> torch.Tensor:
    """Boxes (batch, N, 4) around what a turned, moved, scaled and slanted picture shows of them; each number one a picture."""
    only_corners(bounding_box_format, "affine_transform")
    b = floats(boxes)
    turn, lean_x, lean_y = (-torch.deg2rad(floats(one).reshape(-1)) for one in (angle, shear_x, shear_y))
    a, c = torch.cos(turn - lean_y) / torch.cos(lean_y), -torch.sin(turn - lean_y) / torch.cos(lean_y)
    right, down = a * torch.tan(lean_x) + torch.sin(turn), torch.cos(turn) - c * torch.tan(lean_x)
    m = torch.stack([torch.stack([down, -right], -1), torch.stack([-c, a], -1)], -2) * floats(scale).reshape(-1, 1, 1)
    last = torch.tensor([width - 1, height - 1], dtype=b.dtype)
    middle = last * torch.tensor([0.5 if n is None else float(n) for n in (center_x, center_y)])
    shift = last * torch.stack([floats(translate_x).reshape(-1), floats(translate_y).reshape(-1)], -1)
    corners = torch.stack([b[..., [0, 1]], b[..., [2, 1]], b[..., [2, 3]], b[..., [0, 3]]], -2)
    moved = torch.einsum("bij,bnkj->bnki", m, corners - middle + shift[:, None, None]) + middle
    return torch.cat([moved.amin(2), moved.amax(2)], -1)


def height_and_width(image_shape: Any) -> tuple[Any, Any]:
    """Of a picture's shape; None for none."""
    return (None, None) if image_shape is None else tuple(image_shape)[:2]


def compute_iou(boxes1: Any, boxes2: Any, bounding_box_format: str, use_masking: bool = False, mask_val: float = -1,
                image_shape: Any = None) -> torch.Tensor:
    """The share of the union that each of boxes1 and each of boxes2 have in common: (N, 4), (M, 4) -> (N, M).

    Example:
        >>> compute_iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [5, 5, 6, 6]], "xyxy").tolist()
        [[0.3333333432674408, 0.0]]
    """
    a, b = (convert_format(x, bounding_box_format, "xyxy", *height_and_width(image_shape)) for x in (boxes1, boxes2))
    one, other = a.unsqueeze(-2), b.unsqueeze(-3)
    common = (torch.minimum(one[..., 2:], other[..., 2:]) - torch.maximum(one[..., :2], other[..., :2])).clamp(min=0).prod(-1)
    areas = [(x[..., 2:] - x[..., :2]).prod(-1) for x in (one, other)]
    found = common / (areas[0] + areas[1] - common + config.epsilon)
    if not use_masking:
        return found
    empty = (one.amax(-1) < 0) | (other.amax(-1) < 0)
    return torch.where(empty, torch.full_like(found, mask_val), found)


def compute_ciou(boxes1: Any, boxes2: Any, bounding_box_format: str, image_shape: Any = None) -> torch.Tensor:
    """IoU of boxes one by one, less what their middles and proportions differ."""
    a, b = (convert_format(x, bounding_box_format, "xyxy", *height_and_width(image_shape)) for x in (boxes1, boxes2))
    e = config.epsilon
    (w1, h1), (w2, h2) = ((x[..., 2:] - x[..., :2]).unbind(-1) for x in (a, b))
    h1, h2 = h1 + e, h2 + e
    common = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    iou = common / (w1 * h1 + w2 * h2 - common + 2 * e)
    around = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).square().sum(-1) + e
    apart = ((a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2).square().sum(-1)
    v = 4 / math.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)).square()
    return iou - (apart / around + v * v / (v - iou + 1 + e))


def encode_box_to_deltas(anchors: Any, boxes: Any, anchor_format: str, box_format: str, encoding_format: str = "center_yxhw",
                         variance: Any = None, image_shape: Any = None) -> torch.Tensor:
    """What leads from anchors to boxes: moves in the anchor's sizes, and logarithms of the quotients of sizes."""
    only_corners(encoding_format, "encode_box_to_deltas", ("center_xywh", "center_yxhw"))
    a, b = (convert_format(x, kind, encoding_format, *height_and_width(image_shape))
            for x, kind in ((anchors, anchor_format), (boxes, box_format)))
    size, wanted = (x[..., 2:].clamp(min=config.epsilon) for x in (a, b))
    found = torch.cat([(b[..., :2] - a[..., :2]) / size, (wanted / size).log()], -1)
    return found if variance is None else found / floats(variance)


def decode_deltas_to_boxes(anchors: Any, boxes_delta: Any, anchor_format: str, box_format: str,
                           encoded_format: str = "center_yxhw", variance: Any = None, image_shape: Any = None) -> Any:
    """The boxes that `encode_box_to_deltas` was given; also of dicts of anchors and differences by level."""
    only_corners(encoded_format, "decode_deltas_to_boxes", ("center_xywh", "center_yxhw"))
    if isinstance(anchors, dict):
        return {level: decode_deltas_to_boxes(anchors[level], boxes_delta[level], anchor_format, box_format, encoded_format,
                                              variance, image_shape) for level in anchors}
    sizes = height_and_width(image_shape)
    a, d = convert_format(anchors, anchor_format, encoded_format, *sizes), floats(boxes_delta)
    d = d if variance is None else d * floats(variance)
    made = torch.cat([d[..., :2] * a[..., 2:] + a[..., :2], d[..., 2:].exp() * a[..., 2:]], -1)
    return convert_format(made, encoded_format, box_format, *sizes)
