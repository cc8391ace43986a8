"""Hashing: TensorFlow's numbers for texts: FarmHash's Fingerprint64, and SipHash-2-4 where there is a salt.

    bucket = fingerprint64(text) mod bins            tf.strings.to_hash_bucket_fast, keras.layers.Hashing(num_bins)
    bucket = siphash(text, salt) mod bins            Hashing(num_bins, salt=[a, b])

Source: google/farmhash, farmhash.cc (farmhashna::Hash64), MIT licence; Aumasson and Bernstein, "SipHash", 2012.
"""

from collections.abc import Iterable
from typing import Any

WHOLE = 2**64 - 1
FIRST, CROSS = 0xDECAFCAFFE, 0xC6A4A7935BD1E995  # tensorflow/core/platform/fingerprint.h, kernels/sparse_cross_op.cc
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def word(data: bytes, at: int, size: int = 8) -> int:
    """Bytes as a number, the lowest first."""
    return int.from_bytes(data[at : at + size], "little")


def turned(x: int, n: int) -> int:
    """64 bits turned n places to the right."""
    return (x >> n | x << (64 - n)) & WHOLE


def shift_mix(x: int) -> int:
    """x with its upper bits mixed into the lower ones."""
    return x ^ x >> 47


def hash16(u: int, v: int, by: int) -> int:
    """128 bits as 64."""
    a = shift_mix((u ^ v) * by & WHOLE)
    return shift_mix((v ^ a) * by & WHOLE) * by & WHOLE


def fingerprint64(data: bytes) -> int:
    """64 bits that stand for some bytes, the same everywhere and always.

    Example:
        >>> [fingerprint64(text) % 3 for text in (b"A", b"B", b"C", b"D", b"E")]          # Keras' own example
        [1, 0, 1, 1, 2]
    """
    n = len(data)
    by = K2 + 2 * n & WHOLE
    if n <= 16:
        return short(data, n, by)
    if n <= 64:
        return middle(data, n, by)
    return long(data, n)


def short(data: bytes, n: int, by: int) -> int:
    """Up to 16 bytes."""
    if n >= 8:
        a, b = word(data, 0) + K2 & WHOLE, word(data, n - 8)
        return hash16(turned(b, 37) * by + a & WHOLE, (turned(a, 25) + b) * by & WHOLE, by)
    if n >= 4:
        return hash16(n + (word(data, 0, 4) << 3) & WHOLE, word(data, n - 4, 4), by)
    if n:
        return shift_mix((data[0] + (data[n >> 1] << 8)) * K2 & WHOLE ^ (n + (data[-1] << 2)) * K0 & WHOLE) * K2 & WHOLE
    return K2


def middle(data: bytes, n: int, by: int) -> int:
    """17 to 64 bytes."""
    a, b = word(data, 0) * (K1 if n <= 32 else K2) & WHOLE, word(data, 8)
    c, d = word(data, n - 8) * by & WHOLE, word(data, n - 16) * K2 & WHOLE
    y = turned(a + b & WHOLE, 43) + turned(c, 30) + d & WHOLE
    z = hash16(y, a + turned(b + K2 & WHOLE, 18) + c & WHOLE, by)
    if n <= 32:
        return z
    e, f = word(data, 16) * by & WHOLE, word(data, 24)
    g, h = (y + word(data, n - 32)) * by & WHOLE, (z + word(data, n - 24)) * by & WHOLE
    return hash16(turned(e + f & WHOLE, 43) + turned(g, 30) + h & WHOLE, e + turned(f + a & WHOLE, 18) + g & WHOLE, by)


def weak(data: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes mixed into two numbers."""
    w, x, y, z = (word(data, at + 8 * k) for k in range(4))
    a = a + w & WHOLE
    b = turned(b + a + z & WHOLE, 21)
    c, a = a, a + x + y & WHOLE
    return a + z & WHOLE, b + turned(a, 44) + c & WHOLE


def long(data: bytes, n: int) -> int:
    """More than 64 bytes, 64 at a time."""
    x, y = 81, 81 * K1 + 113 & WHOLE
    z = shift_mix(y * K2 + 113 & WHOLE) * K2 & WHOLE
    v, w = (0, 0), (0, 0)
    x = x * K2 + word(data, 0) & WHOLE
    places = [*range(0, (n - 1) // 64 * 64, 64), n - 64]
    by = K1
    for number, at in enumerate(places, 1):
        last = number == len(places)
        by = K1 + ((z & 255) << 1) & WHOLE if last else K1
        if last:
            w = (w[0] + ((n - 1) & 63) & WHOLE, w[1])
            v = (v[0] + w[0] & WHOLE, v[1])
            w = (w[0] + v[0] & WHOLE, w[1])
        x = turned(x + y + v[0] + word(data, at + 8) & WHOLE, 37) * by & WHOLE
        y = turned(y + v[1] + word(data, at + 48) & WHOLE, 42) * by & WHOLE
        x ^= w[1] * 9 & WHOLE if last else w[1]
        y = y + v[0] * (9 if last else 1) + word(data, at + 40) & WHOLE
        z = turned(z + w[0] & WHOLE, 33) * by & WHOLE
        v = weak(data, at, v[1] * by & WHOLE, x + w[0] & WHOLE)
        w = weak(data, at + 32, z + w[1] & WHOLE, y + word(data, at + 16) & WHOLE)
        z, x = x, z
    return hash16(hash16(v[0], w[0], by) + shift_mix(y) * K0 + z & WHOLE, hash16(v[1], w[1], by) + x & WHOLE, by)


def siphash(data: bytes, key: Iterable[int]) -> int:
    """SipHash-2-4 under a key of two numbers.

    Example:
        >>> hex(siphash(bytes(range(15)), (0x0706050403020100, 0x0F0E0D0C0B0A0908)))          # the paper's, appendix A
        '0xa129ca6149be45e5'
    """
    a, b = (number & WHOLE for number in key)
    v = [a ^ 0x736F6D6570736575, b ^ 0x646F72616E646F6D, a ^ 0x6C7967656E657261, b ^ 0x7465646279746573]
    n = len(data)
    words = [word(data, at) for at in range(0, n - 7, 8)] + [word(data, n - n % 8) | (n & 255) << 56]
    for m in words:
        v[3] ^= m
        rounds(v, 2)
        v[0] ^= m
    v[2] ^= 255
    rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def rounds(v: list[int], times: int) -> None:
    """SipHash's rounds, in place."""
    for _ in range(times):
        for low, high, first in ((0, 1, 51), (2, 3, 48)):
            v[low] = v[low] + v[high] & WHOLE
            v[high] = turned(v[high], first) ^ v[low]
        v[0] = turned(v[0], 32)
        for low, high, first in ((2, 1, 47), (0, 3, 43)):
            v[low] = v[low] + v[high] & WHOLE
            v[high] = turned(v[high], first) ^ v[low]
        v[2] = turned(v[2], 32)


def crossed(hashes: Iterable[int]) -> int:
    """One hash of several, as `tf.sparse.cross_hashed` puts them together.

    Example:
        >>> pairs = [(b"A", 101), (b"B", 101), (b"A", 101), (b"B", 102), (b"A", 102)]          # Keras' own example
        >>> [crossed([fingerprint64(text), number]) % 5 for text, number in pairs]
        [1, 4, 1, 1, 3]
    """
    made = FIRST
    for one in hashes:
        made = (made ^ CROSS ^ shift_mix(one * CROSS & WHOLE) * CROSS) * CROSS & WHOLE
        made = shift_mix(shift_mix(made) * CROSS & WHOLE)
    return made


def hashed(text: str, bins: int, salt: Any = None) -> int:
    """TensorFlow's number below `bins` for a text."""
    data = text.encode()
    return (fingerprint64(data) if salt is None else siphash(data, salt)) % bins
