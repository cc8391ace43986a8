"""Duplicates: hashes held against a loop, pairs against all pairs, groups against a search; no copy of a picture is missed."""

import io

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import ArgumentError, DataError
from nabi.pictures import Preparation, decode
from nabi.pictures.duplicates import dhash, digest, exact, joined, near, one_label, pairs, thumbnails


def by_hand(hashes, distance):
    """All pairs by counting the bits of each with each."""
    return [[i, j] for i in range(len(hashes)) for j in range(i + 1, len(hashes))
            if (int(hashes[i]) ^ int(hashes[j])).bit_count() <= distance]


@pytest.mark.parametrize("distance", [0, 3, 7, 10])
def test_pairs_are_those_of_a_comparison_of_all(distance):
    rng = np.random.default_rng(distance)
    hashes = rng.integers(0, 2**64, 150, dtype=np.uint64)
    for i in range(0, 120, 2):  # copies with up to 12 bits turned
        flips = rng.choice(64, rng.integers(0, 13), replace=False)
        hashes[i + 1] = hashes[i] ^ np.uint64(sum(1 << int(bit) for bit in flips))
    wanted = by_hand(hashes, distance)
    assert pairs(hashes, distance).tolist() == wanted and wanted
    plain = hashes & np.uint64(0x0F0F)  # much in common: compared all with all
    assert pairs(plain, distance).tolist() == by_hand(plain, distance)


def test_bits_at_the_limit():
    """Distances d and d + 1, wherever the bits lie."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        bits = rng.permutation(64)[:7]
        six, seven = (np.uint64(sum(1 << int(bit) for bit in bits[:n])) for n in (6, 7))
        filler = rng.integers(0, 2**64, 20, dtype=np.uint64)
        found = pairs(np.array([0, six, seven, *filler], np.uint64), 6).tolist()
        assert [0, 1] in found and [0, 2] not in found
    with pytest.raises(ArgumentError, match="0 to 16 bits"):
        pairs(filler, 17)


def test_thumbnails_are_means_of_areas():
    x = np.random.default_rng(0).integers(0, 256, (3, 16, 18, 3), dtype=np.uint8)
    means = x.reshape(3, 8, 2, 9, 2, 3).mean(axis=(2, 4, 5))
    assert np.abs(thumbnails(x) - means).max() < 1e-3
    odd = np.random.default_rng(1).integers(0, 256, (1, 11, 7, 1), dtype=np.uint8)
    large = odd.repeat(8, axis=1).repeat(9, axis=2)  # each area of the 8 x 9 is 11 x 7 of these
    assert np.abs(thumbnails(odd)[0] - large[0, :, :, 0].reshape(8, 11, 9, 7).mean(axis=(1, 3))).max() < 1e-3


def test_hashes_are_those_of_a_loop():
    small = np.random.default_rng(2).random((5, 8, 9))
    for picture, found in zip(small, dhash(small), strict=True):
        value = 0
        for row in range(8):
            for column in range(8):
                value = 2 * value + int(picture[row, column + 1] > picture[row, column])
        assert value == int(found)


def test_groups_are_those_of_a_search():
    rng = np.random.default_rng(3)
    links = rng.integers(0, 60, (40, 2))
    group = np.arange(60)
    while True:  # the smallest number reachable, by going along every link until nothing changes
        new = group.copy()
        for a, b in links:
            new[a] = new[b] = min(new[a], new[b])
        if (new == group).all():
            break
        group = new
    assert joined(60, links).tolist() == group.tolist()


def saved(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, **options)
    return file.getvalue()


def test_copies_are_found_and_other_pictures_are_not():
    """Another quality, size, brightness; and two plain pictures whose hashes are both 0."""
    rng = np.random.default_rng(4)
    scenes = [np.asarray(Image.fromarray(rng.integers(0, 256, (6, 6), dtype=np.uint8)).resize((96, 96), Image.Resampling.BICUBIC))
              for _ in range(12)]
    files = [saved(scene, format="PNG") for scene in scenes]
    files += [saved(scenes[0], format="JPEG", quality=30), saved((scenes[1] * 0.8 + 20).astype(np.uint8), format="PNG"),
              saved(np.asarray(Image.fromarray(scenes[2]).resize((48, 48))), format="PNG"), saved(scenes[3], format="PNG"),
              saved(np.zeros((9, 9), np.uint8), format="PNG"), saved(np.full((9, 9), 200, np.uint8), format="PNG")]
    group = near(np.stack([decode(file, Preparation((32, 32), 1)) for file in files]))
    assert group.tolist() == [*range(12), 0, 1, 2, 3, 16, 17]
    assert exact(map(digest, files)) == [[3, 15]]


def test_a_picture_under_two_labels():
    one_label([[0, 2]], ["cat", "dog", "cat"], ["a", "b", "c"], "data x")
    with pytest.raises(DataError, match=r"data x: expected each picture under one label, got the same picture twice: "
                                        r"'a' \(cat\) and 'b' \(dog\)\. Remove"):
        one_label([[0, 2, 1]], ["cat", "dog", "cat"], ["a", "b", "c"], "data x")
