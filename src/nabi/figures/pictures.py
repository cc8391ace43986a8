"""Pictures as numbers: the channels of a photograph, a digit as its table, filters made by hand, patterns, augmentations."""

from typing import Any

import numpy as np

from nabi import layers, viz
from nabi.core.random import set_seed
from nabi.datasets import digits as embedded
from nabi.datasets import mnist
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.channels import RGB, tinted
from nabi.figures.layer_runs import alone
from nabi.figures.scene import Scene
from nabi.lab.data import where
from nabi.layers import DepthwiseConv2D

ZOOM, LARGEST = 6, 32  # pixels that are shown in numbers; side of a picture that is shown in numbers whole
DRAWS = 4  # of each augmentation; the strongest is shown
GREY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601: how bright the colours look
EDGE = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=float)
FILTERS: dict[str, tuple[np.ndarray, int, str, str]] = {  # whole numbers, what divides them, name
    "mean": (np.ones((3, 3)), 9, "low-pass: mean", "저역 통과: 평균"),
    "gaussian": (np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=float), 16, "low-pass: Gauss", "저역 통과: 가우스"),
    "high-pass": (np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], dtype=float), 9, "high-pass", "고역 통과"),
    "laplace": (np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=float), 1, "Laplace", "라플라스"),
    "sobel x": (EDGE, 8, "Sobel x: vertical edges", "소벨 x: 세로 윤곽"),
    "sobel y": (EDGE.T.copy(), 8, "Sobel y: horizontal edges", "소벨 y: 가로 윤곽"),
    "sharpen": (np.array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]], dtype=float), 4, "sharpen", "선명하게"),
}
LOOKS = ("mean", "gaussian", "sharpen")  # filters whose result is a picture again


@figure("rgb_channels", "pictures", ("A photograph is three tables", "사진은 세 장의 표"),
        ("A colour picture is height x width x 3 numbers from 0 to 255: how much red, green and blue light each pixel has. "
         "Below: six by six of its pixels.",
         "컬러 사진은 높이 x 너비 x 3개의 0~255 숫자입니다. 픽셀마다 빨강, 초록, 파랑 빛의 양을 적습니다. 아래는 그중 가로세로 "
         "여섯 픽셀입니다."))
def rgb_channels(scene: Scene) -> Drawn:
    """The channels of the photograph, and a few pixels in numbers."""
    photo = scene.photo
    h, w = photo.shape[:2]
    i, j = busiest(photo.mean(-1), ZOOM)
    part = photo[i:i + ZOOM, j:j + ZOOM]
    numbers = {"shape": photo.shape, "mean of each channel": photo.mean((0, 1)), "place": (i, j), "pixels": part}
    box = [(i, j, ZOOM, ZOOM)]
    light = photo / 255
    first = [{"values": light, "kind": "colour", "boxes": box, "side": 1.75,
              "title": scene.say("picture, {h} x {w} x 3", "사진, {h} x {w} x 3", h=h, w=w)}]
    second: list[dict[str, Any]] = [{"values": part / 255, "kind": "colour", "side": 1.75}]
    for c, name in enumerate(RGB):
        first.append({"values": tinted(light, c), "kind": "colour", "boxes": box, "side": 1.75, "title": scene.say(*name),
                      "caption": scene.say("mean {m:.0f}", "평균 {m:.0f}", m=photo[..., c].mean())})
        second.append({"values": part[..., c], "kind": "light", "numbers": True, "most": 255, "side": 1.75})
    title = scene.say("Height x width x channels: {n:,} numbers", "높이 x 너비 x 채널: 숫자 {n:,}개", n=photo.size)
    return Drawn(numbers, viz.panels([first, second], title))


def busiest(grey: np.ndarray, side: int) -> tuple[int, int]:
    """The place of the window whose numbers differ most, a little away from the border."""
    h, w = grey.shape
    places = [(i, j) for i in range(h // 8, max(h - h // 8 - side, 1), 3) for j in range(w // 8, max(w - w // 8 - side, 1), 3)]
    return max(places or [(0, 0)], key=lambda p: float(grey[p[0]:p[0] + side, p[1]:p[1] + side].std()))


@figure("digit_table", "pictures", ("A picture is a table of numbers", "그림은 숫자표"),
        ("A network reads a picture as a table of numbers from 0 to 255. In MNIST, 28 x 28 of them, 0 is white paper and 255 "
         "black ink, so its digits are drawn black on white; of photographs 0 is black and 255 white. MNIST has 60,000 digits to "
         "learn from and 10,000 for the test.",
         "신경망은 그림을 0~255의 숫자표로 읽습니다. 28 x 28인 MNIST에서는 0이 흰 종이, 255가 검은 잉크여서 숫자를 흰 바탕에 "
         "검게 그립니다. 사진에서는 0이 검정, 255가 하양입니다. MNIST는 60,000개로 학습하고 10,000개로 시험합니다."))
def digit_table(scene: Scene) -> Drawn:
    """The first picture of class 5 (of any class, if there is none) as numbers; the digits of the set, counted."""
    k = scene.example(5 if 5 in scene.labels else int(scene.labels[0]))
    picture = np.asarray(scene.images[k], dtype=float) / scene.white
    grey = picture @ GREY if picture.shape[-1] == 3 else picture.mean(-1)
    top, left = ((n - LARGEST) // 2 if n > LARGEST else 0 for n in grey.shape)
    values = np.round(255 * grey[top:top + LARGEST, left:left + LARGEST]).clip(0, 255)
    counts = counted(scene)
    numbers = {"values": values, "class": scene.class_names[int(scene.labels[k])], "pictures": counts}
    shown = {"values": values, "kind": "ink" if scene.ink else "light", "numbers": True, "most": 255, "cell": 0.245}
    title = scene.say("A picture of class {name}: {h} x {w} numbers from 0 to 255",
                      "{name} 클래스의 그림: 0~255의 숫자 {h} x {w}개",
                      name=numbers["class"], h=values.shape[0], w=values.shape[1])
    is_part = values.shape != grey.shape
    words = scene.say("The middle of a picture of {h} x {w}, in grey. ", "{h} x {w} 그림의 가운데를 명암으로 나타낸 것입니다. ",
                      h=grey.shape[0], w=grey.shape[1]) if is_part else ""
    words += scene.say("{set}: {train:,} to learn from, {test:,} for the test", "{set}: 학습 {train:,}개, 시험 {test:,}개",
                      **counts)
    return Drawn(numbers, viz.panels([[shown]], title, words))


def counted(scene: Scene) -> dict[str, Any]:
    """How many pictures there are: MNIST's where it is on this machine, else those inside the package; or the scene's own."""
    if scene.given is not None:
        return {"set": scene.say("this set", "이 데이터"), "train": 0 if scene.learned is None else len(scene.learned[0]),
                "test": len(scene.images)}
    if where("mnist") is not None:
        name, ((x, _), (x_test, _)) = "MNIST", mnist.load_data(download=False)
    else:
        name, ((x, _), (x_test, _)) = scene.say("digits of MNIST here", "여기 있는 MNIST 숫자"), embedded.load_data()
    return {"set": name, "train": len(x), "test": len(x_test)}


@figure("handmade_filters", "pictures", ("Filters made by hand", "손으로 만든 필터"),
        ("Nine numbers decide what a filter does: low-pass filters smooth, high-pass and Laplace filters keep what changes, "
         "Sobel filters answer edges of one direction. A network learns such numbers by itself.",
         "숫자 아홉 개가 필터의 일을 정합니다. 저역 통과 필터는 부드럽게 하고, 고역 통과와 라플라스 필터는 변하는 곳만 "
         "남기며, 소벨 필터는 한 방향의 윤곽에 답합니다. 신경망은 이런 숫자를 스스로 배웁니다."))
def handmade_filters(scene: Scene) -> Drawn:
    """The photograph in grey under seven filters, by one `DepthwiseConv2D` with their numbers as weights."""
    grey = (scene.photo / 255) @ GREY
    kernel = np.stack([k / by for k, by, _, _ in FILTERS.values()], -1)[:, :, None]  # (3, 3, 1, filters)
    made = alone(DepthwiseConv2D(3, depth_multiplier=len(FILTERS), use_bias=False), grey, [kernel])[1]
    numbers = {"picture": grey, "kernels": dict(zip(FILTERS, np.moveaxis(kernel[:, :, 0], -1, 0), strict=True)),
               "results": dict(zip(FILTERS, np.moveaxis(made, -1, 0), strict=True))}
    pairs: list[tuple[dict, dict]] = [({"text": [], "title": scene.say("picture in grey", "흑백 사진"), "room": 1.55},
                                       {"values": grey, "kind": "light", "room": 1.55})]
    for k, (name, (values, by, *words)) in enumerate(FILTERS.items()):
        is_picture, result = name in LOOKS, made[..., k]
        caption = scene.say("divided by {n}", "{n}(으)로 나눔", n=by) if by > 1 else ""
        pairs.append(({"values": values, "signed": True, "title": scene.say(*words),
                       "cell": 0.25, "room": 1.55},
                      {"values": result.clip(0, 1) if is_picture else result, "kind": "light" if is_picture else "map",
                       "signed": not is_picture, "room": 1.55, "caption": caption}))
    rows = [[pair[n] for pair in pairs[k:k + 4]] for k in (0, 4) for n in (0, 1)]
    title = scene.say("Seven filters and what they make of a picture", "필터 일곱 개와 그 결과")
    words = scene.say("Blue: above 0, vermilion: below 0.", "파랑은 0보다 큰 값, 주황은 0보다 작은 값입니다.")
    return Drawn(numbers, viz.panels(rows, title, words))


def augmenters(side: int, seed: int) -> dict[str, tuple[Any, tuple[str, str]]]:
    """Augmenting layers at a strength that is seen: each with its name."""
    options: dict[str, Any] = {"seed": seed}
    light: dict[str, Any] = {**options, "value_range": (0, 1)}
    return {
        "flip": (layers.RandomFlip("horizontal", **options), ("flip", "뒤집기")),
        "rotation": (layers.RandomRotation((0.04, 0.08), **options), ("rotation", "회전")),
        "translation": (layers.RandomTranslation((0.1, 0.2), (0.1, 0.2), **options), ("translation", "이동")),
        "zoom": (layers.RandomZoom((-0.35, -0.2), **options), ("zoom", "확대")),
        "shear": (layers.RandomShear(0.4, **options), ("shear", "기울이기")),
        "crop": (layers.RandomCrop(side * 3 // 4, side * 3 // 4, **options), ("crop", "자르기")),
        "contrast": (layers.RandomContrast((0.6, 0.8), **light), ("contrast", "대비")),
        "brightness": (layers.RandomBrightness((0.25, 0.35), **light), ("brightness", "밝기")),
        "hue": (layers.RandomHue((0.2, 0.35), **light), ("hue", "색조")),
        "erasing": (layers.RandomErasing(scale=(0.08, 0.15), **light), ("erasing", "지우기")),
        "blur": (layers.RandomGaussianBlur(kernel_size=7, sigma=2.0, **light), ("blur", "흐리게")),
    }


@figure("augmentations", "pictures", ("Augmentation", "데이터 증강"),
        ("The same photograph, changed in ways that leave its class as it is: a network that sees it anew each epoch learns "
         "what matters and overfits later.",
         "클래스는 그대로 둔 채 사진을 여러 가지로 바꾼 것입니다. 에포크마다 새로운 모습을 본 신경망은 중요한 것을 배우고 "
         "과대적합이 늦어집니다."))
def augmentations(scene: Scene) -> Drawn:
    """One photograph under eleven augmenting layers."""
    photo = scene.photo.astype("float32") / 255
    numbers: dict[str, Any] = {"picture": photo}
    panels = [{"values": photo, "kind": "colour", "title": scene.say("picture", "사진"), "side": 1.4}]
    set_seed(scene.seed)
    for name, (layer, words) in augmenters(min(photo.shape[:2]), scene.seed).items():
        drawn = np.asarray(layer(np.repeat(photo[None], DRAWS, 0), training=True))
        same = drawn.shape[1:] == photo.shape
        made = drawn[int(np.abs(drawn - photo).mean((1, 2, 3)).argmax()) if same else 0]  # a flip is none in half of the cases
        numbers[name] = made
        panels.append({"values": made, "kind": "colour", "title": scene.say(*words), "side": 1.4})
    title = scene.say("One photograph, eleven others of the same class", "사진 한 장으로 만든, 같은 클래스의 열한 장")
    return Drawn(numbers, viz.panels([panels[k:k + 4] for k in (0, 4, 8)], title))
