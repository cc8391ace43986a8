"""What matplotlib, scikit-image, Pillow, h5py and NumPy once took, and OpenCV's windows without a display, during a run.

Oracle: today's spelling of the same thing.
"""

import h5py
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from nabi.as_keras.scripts import pictures
from nabi.as_keras.scripts.picture_windows import Shown


@pytest.fixture
def figure(served):
    made = plt.figure()
    yield made
    plt.close(made)


def test_arguments_of_plots(figure):
    heights, _, _ = plt.hist([1.0, 2.0, 2.0], bins=2, normed=True)
    assert np.isclose(heights.sum() * 0.5, 1.0)
    plt.grid(b=True)
    figure.gca().grid(b=False)
    assert plt.bar(left=[1, 2], height=[3, 4]).patches[1].get_height() == 4
    plt.boxplot([[1, 2], [3, 4]], labels=["a", "b"])
    assert [text.get_text() for text in plt.gca().get_xticklabels()] == ["a", "b"]
    plt.yscale("log", nonposy="clip")
    assert plt.gca().get_yscale() == "log"


def test_figures(figure, tmp_path):
    assert figure.add_subplot(2.0, 2, 1).get_subplotspec().get_geometry()[:2] == (2, 2)
    assert plt.subplot(1, 2, 2, axisbg="red").get_facecolor() == (1, 0, 0, 1)
    assert plt.gca(projection="3d").name == "3d"
    plt.colorbar(plt.cm.ScalarMappable(cmap="gray"))
    figure.canvas.set_window_title("a window")
    plt.get_current_fig_manager().window.showMaximized()
    figure.savefig(tmp_path / "a.jpg", quality=90, color="black")
    assert (tmp_path / "a.jpg").is_file()


def test_pictures_of_channels(served):
    from skimage.measure import compare_ssim
    from skimage.metrics import structural_similarity

    a, b = np.random.default_rng(0).random((2, 16, 16, 3))
    expected = structural_similarity(a, b, channel_axis=-1, data_range=2.0)
    assert structural_similarity(a, b, multichannel=True) == compare_ssim(a, b, multichannel=True) == expected


def test_sizes_of_texts(served):
    draw = ImageDraw.Draw(Image.new("RGB", (90, 20)))
    assert draw.textsize("seven") == tuple(draw.textbbox((0, 0), "seven")[2:])
    font = ImageFont.load_default()
    assert font.getsize("seven") == tuple(font.getbbox("seven")[2:])


def test_datasets_of_files(served, tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["kernel"] = np.arange(3)
        assert file["kernel"].value.tolist() == [0, 1, 2]


def test_arrays(served):
    former = np.get_printoptions()["threshold"]
    np.set_printoptions(threshold=np.nan)
    assert np.get_printoptions()["threshold"] > 10**9
    np.set_printoptions(threshold=former)
    assert np.fromstring(b"ab", np.uint8).tolist() == [97, 98] and np.fromstring("1 2", sep=" ").tolist() == [1, 2]
    assert np.histogram([1, 2, 2], bins=2, normed=True)[0].tolist() == np.histogram([1, 2, 2], bins=2, density=True)[0].tolist()


def test_windows_of_opencv(served, tmp_path, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(pictures.Place, "out", str(tmp_path))
    monkeypatch.setattr(pictures.Place, "folder", tmp_path)
    monkeypatch.setattr(pictures.Place, "count", 0)
    import cv2

    cv2.namedWindow("Output", cv2.WINDOW_NORMAL)
    cv2.imshow("Output", np.full((4, 4, 3), (200, 10, 0), np.uint8))
    cv2.imshow("Grey", np.full((4, 4), 0.5))
    assert cv2.waitKey(0) & 0xFF == ord("q") and cv2.waitKey(1) == -1
    cv2.destroyAllWindows()
    assert Image.open(tmp_path / "picture-1.png").getpixel((0, 0)) == (0, 10, 200)  # blue first in OpenCV
    assert Image.open(tmp_path / "picture-2.png").getpixel((0, 0)) == 128


def test_pictures_side_by_side():
    from nabi.as_keras.libraries import picture_lists

    images = [np.full((4, 6, 3), n * 40, np.uint8) for n in range(1, 6)]
    sheets = picture_lists.build_montages(images, (2, 3), (2, 2))
    assert [sheet.shape for sheet in sheets] == [(6, 4, 3)] * 2
    assert sheets[0][[0, 0, 3, 3], [0, 2, 0, 2], 0].tolist() == [40, 80, 120, 160]
    assert sheets[1][0, [0, 2], 0].tolist() == [200, 0]
    square = np.arange(4, dtype=np.uint8).reshape(2, 2)
    assert picture_lists.translate(square, 1, 0).tolist() == [[0, 0], [0, 2]]
    assert picture_lists.translate(square, 0, -1).tolist() == [[2, 3], [0, 0]]
    assert picture_lists.rotate(square, 90).shape == (2, 2) and picture_lists.grab_contours(("c", "h")) == "c"


def test_loops_that_wait_for_a_key_end():
    shown = Shown()
    pressed = {shown.wait(1) for _ in range(200)}
    assert pressed == {-1, ord("q"), 27}
