"""check_folder: planted faults of every kind are found, in folders, archives, tables and arrays, and nothing else is named."""

import io
import tarfile
import unicodedata

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import DataError
from nabi.datasets import check_folder, from_folder, idx
from nabi.datasets import quarantine as lists


def scene(number, size=(48, 36), cells=6):
    """A smooth colour picture that no other number has."""
    coarse = np.random.default_rng(number).integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def coded(image, form="PNG", **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def write(root, files):
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def clean(count, classes=("고양이", "dog"), first=0):
    return {f"{classes[k % len(classes)]}/사진 {k}.png": coded(scene(first + k)) for k in range(count)}


@pytest.fixture
def check(tmp_path):
    return lambda source, **options: check_folder(source, cache=tmp_path / "cache", verbose=0, workers="here", **options)


def said(found):
    return {(one.kind, *sorted(one.names)) for one in found.findings}


def hostile():
    """Files with a fault of every kind, and what a check must say of them."""
    files = {f"{part}/{name}": data for part, first in (("train", 0), ("test", 500))
             for name, data in clean(24, first=first).items()}
    a, b = "train/고양이/사진 0.png", "train/dog/사진 1.png"
    bomb = coded(Image.new("1", (12_000, 12_000)))
    part = scene(6, (480, 360)).crop((14, 10, 466, 350)).resize((48, 36))
    files |= {
        "train/dog/잘림.jpg": coded(scene(901), "JPEG")[:-200], "train/dog/글.jpg": b"no picture", "train/dog/폭탄.png": bomb,
        "train/dog/빈 것.png": b"", "train/dog/이름만.jpg": coded(scene(902)), "train/dog/다른 라벨.png": files[a],
        "train/dog/사본.png": files[b], "test/dog/새는.png": files["train/dog/사진 3.png"],
        "test/고양이/다시 저장.jpg": coded(scene(4), "JPEG", quality=70), "train/고양이/잘라 냄.png": coded(part),
        "train/dog/어둡게.png": coded(scene(8).point(lambda v: v * 0.8 + 12)),
        "train/dog/cmyk.jpg": coded(scene(903).convert("CMYK"), "JPEG"),
        "train/dog/16.png": coded(Image.fromarray(np.asarray(scene(904).convert("L")).astype(np.uint16) * 257)),
        "train/dog/투명.png": coded(scene(905).convert("RGBA")), "train/dog/색표.gif": coded(scene(906).quantize(16), "GIF"),
        "train/dog/점.png": coded(Image.new("RGB", (1, 1))), "train/dog/긴.png": coded(scene(907, (400, 40))),
        "train/dog/단색.png": coded(Image.new("RGB", (48, 36), "navy")),
        "train/dog/전화.heic": b"x",
    }  # fmt: skip
    dog = "train/dog/"
    wanted = {
        *(("damaged", dog + name) for name in ("잘림.jpg", "글.jpg", "폭탄.png", "빈 것.png")), ("ending", dog + "이름만.jpg"),
        ("two labels", dog + "다른 라벨.png", a), ("copies", dog + "사본.png", b),
        ("across", "test/dog/새는.png", "train/dog/사진 3.png"),
        ("near across", "test/고양이/다시 저장.jpg", "train/고양이/사진 4.png"),
        ("near", "train/고양이/사진 6.png", "train/고양이/잘라 냄.png"),
        ("near labels", dog + "어둡게.png", "train/고양이/사진 8.png"),
        *(("pixels", dog + name) for name in ("cmyk.jpg", "16.png", "투명.png", "색표.gif")), ("tiny", dog + "점.png"),
        ("shape", dog + "긴.png"), ("plain", dog + "단색.png"), ("passed", dog + "전화.heic")}
    return files, {(kind, *sorted(names)) for kind, *names in wanted}


@pytest.mark.learn
def test_every_fault_is_found_and_nothing_else(check, tmp_path, recwarn):
    files, wanted = hostile()
    folder = write(tmp_path / "적대적", files)
    found = check(folder)
    assert said(found) == wanted
    out = {f"train/dog/{name}" for name in ("잘림.jpg", "글.jpg", "폭탄.png", "다른 라벨.png", "사진 3.png", "점.png")}
    out |= {"train/dog/빈 것.png"}
    out |= {"train/고양이/사진 0.png", "train/고양이/사진 4.png"}
    assert out < set(found.out) and set(found.out) - out in ({"train/dog/사본.png"}, {"train/dog/사진 1.png"})
    with pytest.raises(DataError, match="two classes.*`nabi data check FOLDER`|decoded.*`nabi data check FOLDER`"):
        from_folder(folder, cache=tmp_path / "c", verbose=0)
    assert found.write_quarantine() == len(found.out) and found.write_quarantine() == 0
    pets = from_folder(folder, cache=tmp_path / "c", verbose=0)
    assert not pets.bad and f"{len(found.out)} files skipped as {folder / 'quarantine.txt'} says" in repr(pets)
    again = check(folder)
    assert again.out == {} and said(again) == wanted and len(again.listed) == len(found.out)
    with tarfile.open(tmp_path / "적대적.tar.gz", "w:gz") as archive:  # without random access: the same
        archive.add(folder, "사진")
    packed = check(tmp_path / "적대적.tar.gz")
    assert {(kind, *sorted(name.removeprefix("사진/") for name in names)) for kind, *names in said(packed)} == wanted
    assert packed.quarantine.name == "적대적.tar.gz.quarantine.txt"


@pytest.mark.learn
def test_a_clean_folder_of_varied_pictures_gives_nothing(check, tmp_path):
    rng, files = np.random.default_rng(0), {}
    for k in range(300):
        size = tuple(int(n) for n in rng.integers(60, 200, 2))
        image = scene(2000 + k, size, int(rng.integers(3, 12)))
        image = image.convert("L") if k % 7 == 0 else image
        form = ("JPEG", "PNG", "BMP")[k % 3]
        files[f"{'나비 벌 새'.split()[k // 100]}/{k}.{form.lower().replace('jpeg', 'jpg')}"] = coded(image, form)
    found = check(write(tmp_path / "clean", files))
    assert found.findings == [] and repr(found) == "Check of 300 pictures in 3 classes: nothing found"


def test_a_small_folder(check, tmp_path):
    files = clean(8)
    files["dog/copy.png"] = files["고양이/사진 0.png"]
    folder = write(tmp_path / "pets", files)
    found = check(folder)
    assert said(found) == {("two labels", "dog/copy.png", "고양이/사진 0.png")} and found.counts == {"dog": 5, "고양이": 4}
    data = found.as_dict()
    assert data["formats"] == {"PNG": 9} and data["findings"][0]["level"] == "error" and len(data["out"]) == 2
    lists.write(found.quarantine, [("dog/copy.png", "mine")])
    assert check(folder).out == {} and "1 file skipped" in repr(from_folder(folder, cache=tmp_path / "c", verbose=0))


@pytest.mark.parametrize("kind", ["npz", "idx", "csv"])
def test_other_sources(check, tmp_path, kind):
    x = np.stack([np.asarray(scene(k, (20, 20)).convert("L")) for k in range(12)])
    x[5], y = x[2], np.arange(12) % 2
    if kind == "csv":
        write(tmp_path, {f"{k}.png": coded(Image.fromarray(x[k])) for k in range(12)})
        (tmp_path / "t.csv").write_text("path,label\n" + "".join(f"{k}.png,{y[k]}\n" for k in range(12)))
        source, names = tmp_path / "t.csv", ("2.png", "5.png")
    elif kind == "npz":
        np.savez(tmp_path / "a.npz", x_train=x, y_train=y)
        source, names = tmp_path / "a.npz", ("train/2", "train/5")
    else:
        idx.write(tmp_path / "train-images-idx3-ubyte", x)
        idx.write(tmp_path / "train-labels-idx1-ubyte", y.astype(np.uint8))
        source, names = tmp_path / "train-images-idx3-ubyte", ("train/2", "train/5")
    assert said(check(source)) == {("two labels", *names)}


def test_the_list_is_kept_and_read(tmp_path):
    file = tmp_path / "quarantine.txt"
    assert lists.write(file, [("a/1.png", "damaged"), ("#b/2.png", "tiny")], [("c/3.png", "suspect: dog")]) == 2
    assert lists.quarantined(tmp_path) == {"a/1.png", "#b/2.png"}
    file.write_text(file.read_text().replace("a/1.png\tdamaged\n", "").replace("#? ", "") + "mine.png\n", encoding="utf-8")
    assert lists.write(file, [("mine.png", "x"), ("new.png", "y")], [("c/3.png", "z")]) == 1
    assert lists.quarantined(tmp_path) == {"#b/2.png", "c/3.png", "mine.png", "new.png"}
    file.unlink()
    odd = ["t\tab", "a\nb", "\r", "a\rb", " a", "b ", "./c", '"d"', "#\ne", "\u2028", "\\n", '"', "f\x85",
           unicodedata.normalize("NFD", "웃음")]
    assert lists.write(file, [(name, "x\ny") for name in odd]) == len(odd), "what was announced stands in the list"
    assert lists.quarantined(tmp_path) == set(odd) and lists.write(file, [(name, "") for name in odd]) == 0
