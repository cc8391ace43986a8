"""Copies: likeness held against loops and known crops, candidates against all pairs; what is another picture is not taken."""

import numpy as np
import pytest

from nabi.pictures import copies as module
from nabi.pictures.copies import aligned, candidates, copies, correlation, described, windows


def scenes(count, seed=0, side=32, cells=7):
    """Smooth colour pictures (count, side, side, 3), each another one."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(size=(count, cells, cells, 3))
    at = np.linspace(0, cells - 1, side)
    weight = np.clip(1 - np.abs(at[:, None] - np.arange(cells)), 0, None)
    x = np.einsum("yi,nijc,xj->nyxc", weight, coarse, weight, optimize=True)
    return np.clip(128 + 50 * x, 0, 255).astype(np.uint8)


def test_windows_are_means_of_parts():
    w = windows(16)[2, 4]  # 3 % and 6 % of the side are left out
    edges = 16 * (0.03 + 0.91 * np.arange(17) / 16)
    for k in range(16):
        shares = [max(0, min(edges[k + 1], p + 1) - max(edges[k], p)) for p in range(16)]
        assert w[k] == pytest.approx(np.array(shares) / sum(shares), abs=1e-6)


def test_correlation_is_that_of_a_loop_and_colours_count():
    a, b = scenes(2, 1).astype(np.float32)
    x, y = (np.concatenate([p[..., c].ravel() - p[..., c].mean(dtype=np.float64) for c in range(3)]) for p in (a, b))
    assert correlation(a[None], b[None])[0] == pytest.approx((x @ y) / np.sqrt((x @ x) * (y @ y)), abs=1e-5)
    assert correlation(a[None], a[None, ..., ::-1])[0] < 0.9


def shrunk(x):
    """Pictures (N, 160, 160, 3) as (N, 32, 32, 3) float32: means of areas."""
    return x.reshape(len(x), 32, 5, 32, 5, 3).mean(axis=(2, 4)).astype(np.float32)


def cropped(x, top, bottom, left, right):
    """The part of pictures (N, 160, 160, 3) between margins, stretched to the whole."""
    rows, columns = (first + np.arange(160) * (last - first) // 160 for first, last in ((top, bottom), (left, right)))
    return x[:, rows][:, :, columns]


def test_crops_are_aligned():
    large = scenes(6, 2, side=160, cells=10)
    whole, part = shrunk(large), shrunk(cropped(large, 8, 152, 5, 155))  # 5 % above and below, 3 % left and right
    assert correlation(whole, part).max() < 0.95 and aligned(whole, part).min() > 0.97
    assert aligned(whole, part[[1, 2, 3, 4, 5, 0]]).max() < 0.5


def test_candidates_are_those_of_all_pairs(monkeypatch):
    x = scenes(40)
    x[11], x[12] = x[3] // 2 + 40, x[4]
    d = described(x)
    s = d @ d.T - 2 * np.eye(40)
    wanted = {tuple(sorted((i, int(j)))) for i in range(40) for j in np.argsort(-s[i])[:2] if s[i, j] >= module.ALIKE}
    for block in (2**22, 300):  # at once, and seven rows at a time
        monkeypatch.setattr(module, "BLOCK", block)
        found, far = candidates(d)
        assert set(map(tuple, found.tolist())) == wanted >= {(3, 11), (4, 12)}
        for i in np.unique(found):
            assert s[i, far[i]] == pytest.approx(np.sort(s[i])[-12])


def test_copies_and_nothing_else():
    x = scenes(40, 5, side=160, cells=9)
    x[7], x[8] = x[2] * 0.7 + 30, x[3][:, :, ::-1]  # darker; in other colours
    x[9], x[10], x[11] = cropped(x[4:5], 4, 156, 3, 158)[0], 90, 200  # cropped; plain
    small = shrunk(x).astype(np.uint8)
    pairs, likeness = copies(small)
    assert pairs.tolist() == [[2, 7], [4, 9]] and likeness[0] > 0.999 and likeness[1] > 0.96
    for count in (0, 1, 2):
        assert len(copies(small[:count])[0]) == 0
