"""Made-up sets: what stands in for sets of `tensorflow_datasets` that are not here, with `nabi run --stand-in`.

    tfds.load("oxford_iiit_pet", with_info=True)       pictures, labels and masks of its form; fewer than the real one has

They have the real ones' fields, dtypes, parts and classes, pictures of one size each, and something to learn in them.
"""

from typing import Any

import numpy as np

from nabi.data.strings import Strings
from nabi.datasets import made_up, standing

MOST = 24_000_000  # bytes of a part's pictures
# name: (height and width, channels, classes: number or names, parts and their real sizes)
PICTURES: dict[str, tuple[int, int, Any, dict[str, int]]] = {
    "cats_vs_dogs": (256, 3, "cat dog", {"train": 23262}),
    "tf_flowers": (240, 3, "dandelion daisy tulips sunflowers roses", {"train": 3670}),
    "rock_paper_scissors": (300, 3, "rock paper scissors", {"train": 2520, "test": 372}),
    "horses_or_humans": (300, 3, "horses humans", {"train": 1027, "test": 256}),
    "oxford_iiit_pet": (256, 3, 37, {"train": 3680, "test": 3669}),
    "oxford_flowers102": (256, 3, 102, {"train": 1020, "test": 6149, "validation": 1020}),
    "beans": (500, 3, "angular_leaf_spot bean_rust healthy", {"train": 1034, "validation": 133, "test": 128}),
    "caltech101": (200, 3, 102, {"train": 3059, "test": 6084}), "cars196": (256, 3, 196, {"train": 8144, "test": 8041}),
    "citrus_leaves": (256, 3, 4, {"train": 594}), "cmaterdb": (32, 3, 10, {"train": 5000, "test": 1000}),
    "colorectal_histology": (150, 3, 8, {"train": 5000}), "deep_weeds": (256, 3, 9, {"train": 17509}),
    "emnist": (28, 1, 62, {"train": 697932, "test": 116323}), "eurosat": (64, 3, 10, {"train": 27000}),
    "food101": (256, 3, 101, {"train": 75750, "validation": 25250}),
    "imagenette": (256, 3, 10, {"train": 9469, "validation": 3925}),
    "kmnist": (28, 1, 10, {"train": 60000, "test": 10000}), "malaria": (140, 3, "parasitized uninfected", {"train": 27558}),
    "patch_camelyon": (96, 3, 2, {"train": 262144, "validation": 32768, "test": 32768}),
    "plant_village": (256, 3, 38, {"train": 54303}), "stanford_dogs": (256, 3, 120, {"train": 12000, "test": 8580}),
    "stl10": (96, 3, 10, {"train": 5000, "test": 8000, "unlabelled": 100000}),
    "svhn_cropped": (32, 3, 10, {"train": 73257, "test": 26032, "extra": 531131}),
}  # fmt: skip
SAME_SIZE = ("beans", "cmaterdb", "colorectal_histology", "deep_weeds", "emnist", "eurosat", "horses_or_humans", "kmnist",
             "patch_camelyon", "plant_village", "rock_paper_scissors", "stl10", "svhn_cropped")
TEXTS: dict[str, tuple[str, str, dict[str, int]]] = {  # the text's field, classes, parts
    "ag_news_subset": ("description", "World Sports Business Sci/Tech", {"train": 120000, "test": 7600}),
    "yelp_polarity_reviews": ("text", "1 2", {"train": 560000, "test": 38000}),
    "sentiment140": ("text", "negative neutral positive", {"train": 1600000, "test": 498}),
}


def names_of(classes: Any) -> list[str]:
    """The classes' names; numbers where they are not told."""
    return classes.split() if isinstance(classes, str) else [str(n) for n in range(classes)]


def made(name: str) -> tuple[dict[str, dict[str, Any]], str, list[str]] | None:
    """Part -> field -> values; the field of the inputs; names of the classes. None where stand-ins were not asked for."""
    if not standing.is_on() or name not in PICTURES and name not in TEXTS:
        return None
    standing.tell(f"tensorflow_datasets {name}")
    if name in TEXTS:
        field, classes, sizes = TEXTS[name]
        listed = names_of(classes)
        return {part: reviews(field, min(n, 1000), len(listed), k) for k, (part, n) in enumerate(sizes.items())}, field, listed
    size, channels, classes, sizes = PICTURES[name]
    listed, most = names_of(classes), MOST // (size * size * channels)
    parts = {}
    for number, (part, count) in enumerate(sizes.items()):
        x, y = made_up.pictures(min(count, most), size, channels, len(listed), number)
        parts[part] = {"image": x, "label": y.astype(np.int64)}
        if name == "oxford_iiit_pet":
            parts[part]["segmentation_mask"] = outlines(x)
    return parts, "image", listed


def outlines(x: np.ndarray) -> np.ndarray:
    """Masks (count, height, width, 1): 1 for the animal, 2 for what is around it, 3 for its edge: by brightness."""
    bright = x.mean(-1, keepdims=True)
    middle = np.median(bright)
    return np.where(bright > middle + 8, 1, np.where(bright < middle - 8, 2, 3)).astype(np.uint8)


def reviews(field: str, count: int, classes: int, part: int) -> dict[str, Any]:
    """Texts of made-up words, some of which a class uses more often, and their classes."""
    g = np.random.default_rng((7, part))
    y = g.integers(0, classes, count)
    words = g.integers(0, 400, (count, 30)) + np.where(g.random((count, 30)) < 0.2, 400 * (y[:, None] + 1), 0)
    return {field: Strings([" ".join(f"word{n}" for n in row) for row in words]), "label": y.astype(np.int64)}
