"""Checksums: CRC-32C, by which TensorFlow's files of records and events know that they are whole.

    c[i + 1] = c[i] >> 8  ^  S[(c[i] ^ byte i) & 255]          S[b]: what a byte does to the sum, 256 numbers

The sum is linear: a byte that d others follow adds P[d, b], where P[0] = S and P[d + 1] = P[d] >> 8 ^ S[P[d] & 255]; and what
came before acts like four bytes more at a block's beginning. So blocks of 256 bytes are looked up at once and joined in order.
Source: Castagnoli et al., 1993; RFC 3720, appendix B.4.
"""

from functools import cache

import numpy as np

REFLECTED = 0x82F63B78  # Castagnoli's polynomial, its bits from low to high
BLOCK = 256
TOGETHER = 256  # blocks that are looked up at once
SHORT = 2 * BLOCK  # bytes below which the plain loop is as quick


@cache
def table() -> list[int]:
    """S: what each byte does to the sum."""
    sums = []
    for c in range(256):
        for _ in range(8):
            c = c >> 1 ^ (REFLECTED if c & 1 else 0)
        sums.append(c)
    return sums


@cache
def distances() -> tuple[np.ndarray, np.ndarray, list[list[int]]]:
    """P: what each byte does that 0, 1, ... others follow, uint32 (BLOCK * 256,); where the places of a block begin in it; the
    first four of these parts as lists."""
    first = np.array(table(), np.uint32)
    made: list[np.ndarray] = [first]
    for _ in range(1, BLOCK):
        made.append(made[-1] >> 8 ^ first[made[-1] & 255])
    return np.concatenate(made), np.arange(BLOCK - 1, -1, -1, dtype=np.int32) * 256, [part.tolist() for part in made[:-5:-1]]


def crc32c(data: bytes) -> int:
    """CRC-32C of some bytes.

    Example:
        >>> hex(crc32c(b"123456789")), hex(crc32c(bytes(32)))
        ('0xe3069283', '0x8a9136aa')
    """
    c = 0xFFFFFFFF
    head = len(data) if len(data) < SHORT else len(data) % BLOCK
    sums = table()
    for byte in data[:head]:
        c = c >> 8 ^ sums[(c ^ byte) & 255]
    if head == len(data):
        return c ^ 0xFFFFFFFF
    by_distance, offsets, (p, q, r, s) = distances()
    blocks = np.frombuffer(data, np.uint8)[head:].reshape(-1, BLOCK)
    for start in range(0, len(blocks), TOGETHER):
        for made in np.bitwise_xor.reduce(by_distance.take(blocks[start : start + TOGETHER] + offsets), 1).tolist():
            c = p[c & 255] ^ q[c >> 8 & 255] ^ r[c >> 16 & 255] ^ s[c >> 24] ^ made
    return c ^ 0xFFFFFFFF
