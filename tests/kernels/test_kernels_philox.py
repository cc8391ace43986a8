"""Philox against Random123's published answers, its two forms against each other, and simple statistics of what it draws."""

import numpy as np
import pytest
import torch

from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.kernels import jit, normal, random_bits, uniform
from nabi.kernels.philox import philox4x32

ONES = 0xFFFFFFFF
KNOWN = [  # kat_vectors of Random123 1.14, philox4x32 with 10 rounds: counter, key, answer
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize("counter, key, answer", KNOWN)
def test_known_answers(counter, key, answer):
    assert tuple(int(w) for w in philox4x32(counter, key)) == answer
    assert tuple(int(w) for w in philox4x32(counter, (key[0] ^ 1, key[1]))) != answer


@pytest.mark.parametrize("mode", ["auto", "plain"])
def test_numpy_counts_the_same_way(mode):
    """The first words of a key, worked out from the one-block function alone."""
    key = Key(seed=0x1234_5678_9ABC_DEF0, layer=3, call=(7 << 32) + 5)
    expected = [int(w) for block in range(3) for w in philox4x32((block, 5, 7, 3), (0x9ABCDEF0, 0x12345678))]
    with jit.using(mode):
        assert random_bits(key, 11).tolist() == expected[:11]


@pytest.mark.parametrize("n", [0, 1, 3, 4, 5, 4095, 4096, 4097, 131071, 131073])
def test_fused_is_plain(n):
    key = Key(2**63 - 1, 2**32 - 1, 2**64 - 1)
    bits = random_bits(key, n)
    with jit.using("plain"):
        assert torch.equal(bits, random_bits(key, n))


def test_any_number_of_threads_draws_the_same():
    threads = torch.get_num_threads()
    drawn = []
    for count in (1, 2, 3):
        torch.set_num_threads(count)
        drawn.append(random_bits(Key(5, 0, 0), 100_000))
        assert torch.get_num_threads() == count
    torch.set_num_threads(threads)
    assert torch.equal(drawn[0], drawn[1]) and torch.equal(drawn[0], drawn[2])


def test_normal_numbers_hang_on_neither_threads_nor_form():
    threads = torch.get_num_threads()
    drawn = []
    for count in (1, 2, 3):
        torch.set_num_threads(count)
        drawn.append(normal(Key(5, 0, 0), (100_001,)))
    torch.set_num_threads(threads)
    with jit.using("plain"):
        drawn.append(normal(Key(5, 0, 0), (100_001,)))
    assert all(torch.equal(drawn[0], other) for other in drawn[1:])


def test_streams_do_not_resemble_each_other():
    """Correlation of 2^18 words between seeds, layers, calls and neighbours: |r| < 5 / sqrt(n), and shifts do not match."""
    n = 1 << 18
    base = uniform(Key(1, 1, 1), (n,), torch.float64)
    keys = Key(2, 1, 1), Key(1, 2, 1), Key(1, 1, 2), Key(1 + 2**32, 1, 1), Key(1, 1, 1 + 2**32)
    others = [uniform(key, (n,), torch.float64) for key in keys]
    others += [base.roll(shift) for shift in (1, 2, 3, 4, 5, 64)]
    for other in others:
        r = float(torch.corrcoef(torch.stack((base, other)))[0, 1])
        assert abs(r) < 5 / n**0.5
    seen = set(random_bits(Key(1, 1, 1), 1000).tolist())
    assert not any(seen & set(random_bits(Key(1, 1, c), 1000).tolist()) for c in range(2, 20)), "windows of one sequence"


def test_bits_are_even():
    """Chi-square of each byte of the words over 256 cells: mean 255, standard deviation sqrt(510)."""
    bits = random_bits(Key(9, 0, 0), 1 << 18)
    for shift in (0, 8, 16, 24):
        cells = torch.bincount(bits >> shift & 255, minlength=256).double()
        chi = float(((cells - 1024) ** 2 / 1024).sum())
        assert abs(chi - 255) < 5 * 510**0.5


def test_uniform_and_normal_moments():
    n = 1 << 20
    u = uniform(Key(3, 0, 0), (n,))
    assert u.dtype is torch.float32 and 0 <= float(u.min()) and float(u.max()) < 1
    z = normal(Key(3, 0, 0), (n,), torch.float64)
    moments = [float((z**p).mean()) for p in (1, 2, 3, 4)]
    assert np.allclose(moments, [0, 1, 0, 3], atol=5 * np.sqrt(96 / n))
    inside = float((z.abs() < 1).double().mean())
    assert abs(inside - 0.6826894921) < 5 * (0.683 * 0.317 / n) ** 0.5


def test_normal_is_box_and_muller():
    key = Key(4, 5, 6)
    b = random_bits(key, 2).tolist()
    r, phi = np.sqrt(-2 * np.log((b[0] + 1) / 2**32)), 2 * np.pi * b[1] / 2**32
    assert np.allclose(normal(key, (3,), torch.float64)[:2], [r * np.cos(phi), r * np.sin(phi)], rtol=1e-13)


def test_refuses_what_would_overflow():
    with pytest.raises(ArgumentError, match=r"random_bits\(n\): expected 0 ... 2\^34 elements"):
        random_bits(Key(0, 0, 0), -1)
