"""`nabi data check`: table, page, list, JSON, in both languages; what the list names is skipped by training."""

import re

import numpy as np
import pytest
from PIL import Image

from nabi.datasets.quarantine import quarantined
from nabi.lab import pictures


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two classes; a face in both, a damaged file, a name that would be markup."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for label in ("웃음", "<b>무표정"):
        (tmp_path / "faces" / label).mkdir(parents=True)
        for k in range(6):
            Image.fromarray(rng.integers(0, 255, (6, 6), dtype=np.uint8)).resize((24, 24)).save(f"faces/{label}/{k}.png")
    whole = (tmp_path / "faces" / "웃음" / "3.png").read_bytes()
    (tmp_path / "faces" / "<b>무표정" / "29.png").write_bytes(whole)
    (tmp_path / "faces" / "웃음" / "cut.png").write_bytes(whole[:100])
    return tmp_path / "faces"


def test_table_page_and_list(nabi, folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    code, out, err = nabi("train", "faces", "--dry-run")
    assert code == 1 and "웃음/3.png" in err and "nabi data check" in err
    code, out, _ = nabi("data", "check", "faces")
    lines = [line.split() for line in out.splitlines()]
    assert code == 0 and out.startswith("Checked 14 pictures in 2 classes.") and ["page", "check.html"] in lines
    assert re.search(r"Damaged +1 +1 +웃음/cut.png: ", out)
    assert re.search(r"One picture, two labels +1 +2 +<b>무표정/29.png = 웃음", out)
    assert "faces/quarantine.txt: 3 added, 3 in all; nabi train skips them" in out
    page = (folder.parent / "check.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") >= 2 and "<b>무표정" not in page and "&lt;b&gt;무표정/29.png" in page
    assert not re.search(r"(src|href)=\"(?!data:|#)", page) and "default-src &#x27;none&#x27;" in page
    told = []
    recipe = pictures.recipe_for("faces", told.append)
    pictures.loaded(recipe, told.append)
    assert told[0].startswith("Found 11 pictures") and "3 files skipped as faces/quarantine.txt says" in told
    code, said, _ = nabi("data", "check", "faces", "--json", "--out", "b.html", parse=True)
    assert code == 0 and said["skipped"] == 3 and said["added"] == 0 and said["out"] == {} and said["page"] == "b.html"


def test_pictures_without_labels(nabi, folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    code, out, _ = nabi("data", "check", "faces/웃음")
    assert code == 0 and out.startswith("Checked 7 pictures without labels") and re.search(r"Damaged +1 +1 +cut.png", out)
    assert "a folder for each class" in nabi("data", "check", "faces/웃음", "--labels")[2]


def test_korean_and_another_list(nabi, folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("NABI_LANG", "ko")
    code, out, _ = nabi("data", "check", "faces", "--quarantine", "목록.txt")
    assert code == 0 and "한 그림, 두 라벨" in out and "손상된 파일" in out
    assert "제외 목록 목록.txt: 3개를 더해 모두 3개입니다" in out
    page = (folder.parent / "check.html").read_text(encoding="utf-8")
    assert '<html lang="ko">' in page and "학습하기 전에 살펴보기" in page and not (folder / "quarantine.txt").exists()
    assert nabi("data", "check", "없음")[0] == 1
    (folder / "웃음" / "빈.png").touch()
    assert "4개를 더해 모두 4개입니다" in nabi("data", "check", "faces")[1]
    code, out, _ = nabi("data", "check", "faces", "--quarantine", "또.txt")  # as told, it must do alone
    lists = [(folder / "quarantine.txt").read_text(encoding="utf-8"), (folder.parent / "또.txt").read_text(encoding="utf-8")]
    active = [sorted(line for line in text.splitlines() if not line.startswith("#")) for text in lists]
    assert "4개를 더해 모두 4개입니다" in out and active[0] == active[1] and "웃음/빈.png\t손상: 빈 파일" in active[0]
    assert lists[0].startswith("# 학습에서 제외할 그림") and "라벨이 둘: <b>무표정, 웃음" in lists[0]
    assert quarantined("faces", "또.txt") == quarantined("faces") and len(quarantined("faces")) == 4
