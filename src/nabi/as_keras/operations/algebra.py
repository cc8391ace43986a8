"""Algebra: functions of `keras.ops` on matrices, and Fourier's transforms of pairs (real part, imaginary part).

    ops.inv([[2.0, 0.0], [0.0, 4.0]])      the inverse
    ops.rfft([1.0, 0.0, 0.0])              ([1, 1], [0, 0])
"""

from typing import Any

import torch

from nabi.as_keras.operations.entered import entered, made_of
from nabi.ops.op import alike, floats, pair, tensor

MATRICES = "det inv eig eigh"
__all__ = [*MATRICES.split(), "cdist", "cross", "fft", "fft2", "ifft2", "inner", "irfft", "istft", "kron", "logdet", "lstsq",
           "lu_factor", "polar", "qr", "rfft", "slogdet", "solve", "solve_triangular", "stft", "svd", "trace", "vdot"]


class Matrices:
    """torch's functions of a matrix under NumPy's names."""

    det, inv, eig, eigh = torch.linalg.det, torch.linalg.inv, torch.linalg.eig, torch.linalg.eigh


def plain(found: Any) -> Any:
    """torch's named tuples as tuples."""
    return tuple(found) if isinstance(found, tuple) else found


globals().update(made_of(MATRICES, Matrices, lambda f: lambda x: plain(f(floats(x)))))


@entered
def solve(a: Any, b: Any) -> torch.Tensor:
    """x of a x = b."""
    return torch.linalg.solve(*pair(floats(a), floats(b)))


@entered
def solve_triangular(a: Any, b: Any, lower: bool = False) -> torch.Tensor:
    """x of a x = b with a triangle of numbers in a."""
    left, right = floats(a), floats(b)
    vector = right.ndim == left.ndim - 1
    found = torch.linalg.solve_triangular(left, right[..., None] if vector else right, upper=not lower)
    return found[..., 0] if vector else found


@entered
def lstsq(a: Any, b: Any, rcond: Any = None) -> torch.Tensor:
    """The least squares solution."""
    left, right = floats(a), floats(b)
    found = torch.linalg.lstsq(left, right[..., None] if right.ndim == 1 else right, rcond=rcond).solution
    return found[..., 0] if right.ndim == 1 else found


@entered
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """u, s and v^T of x = u diag(s) v^T."""
    return plain(torch.linalg.svd(floats(x), full_matrices)) if compute_uv else torch.linalg.svdvals(floats(x))


@entered
def qr(x: Any, mode: str = "reduced") -> tuple[torch.Tensor, torch.Tensor]:
    """An orthogonal matrix and a triangle whose product is x."""
    return plain(torch.linalg.qr(floats(x), mode))


@entered
def lu_factor(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Two triangles in one matrix, and which rows changed places."""
    both, places = torch.linalg.lu_factor(floats(x))
    return both, places - 1  # torch counts from 1


@entered
def slogdet(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Sign and logarithm of the determinant."""
    return plain(torch.linalg.slogdet(floats(x)))


@entered
def logdet(x: Any) -> torch.Tensor:
    """The logarithm of the determinant."""
    return torch.logdet(floats(x))


@entered
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> torch.Tensor:
    """The sum of a diagonal."""
    return tensor(x).diagonal(offset, axis1, axis2).sum(-1)


@entered
def kron(x1: Any, x2: Any) -> torch.Tensor:
    """Each number of x1 times all of x2, as blocks."""
    return torch.kron(*alike(x1, x2))


@entered
def inner(x1: Any, x2: Any) -> torch.Tensor:
    """Sums of products over both last axes."""
    return torch.inner(*alike(x1, x2))


@entered
def vdot(x1: Any, x2: Any) -> torch.Tensor:
    """The sum of products of all numbers."""
    a, b = alike(x1, x2)
    return torch.vdot(a.flatten(), b.flatten())


@entered
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> torch.Tensor:
    """The vector at right angles to two."""
    a, b = alike(x1, x2)
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a, b = torch.broadcast_tensors(a.movedim(axisa, -1), b.movedim(axisb, -1))
    return torch.linalg.cross(a, b).movedim(-1, axisc)


@entered
def cdist(x: Any, y: Any, p: float = 2.0) -> torch.Tensor:
    """Distances of each of x to each of y."""
    return torch.cdist(*pair(floats(x), floats(y)), p=p)


def parts(found: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Real and imaginary parts."""
    return found.real, found.imag


def joined(x: Any) -> torch.Tensor:
    """Complex numbers of a pair."""
    return torch.complex(floats(x[0]), floats(x[1]))


@entered
def fft(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Fourier's transform along the last axis."""
    return parts(torch.fft.fft(joined(x)))


@entered
def fft2(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Fourier's transform along the last two axes."""
    return parts(torch.fft.fft2(joined(x)))


@entered
def ifft2(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """The way back of `fft2`."""
    return parts(torch.fft.ifft2(joined(x)))


@entered
def rfft(x: Any, fft_length: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """The first half of Fourier's transform of real numbers."""
    return parts(torch.fft.rfft(floats(x), fft_length))


@entered
def irfft(x: Any, fft_length: int | None = None) -> torch.Tensor:
    """The way back of `rfft`."""
    return torch.fft.irfft(joined(x), fft_length)


def window_of(name: Any, length: int, size: int) -> torch.Tensor:
    """A window of so many places, zeros around it up to a size."""
    if isinstance(name, str):
        made = {"hann": torch.hann_window, "hamming": torch.hamming_window}[name](length)
    else:
        made = torch.ones(length) if name is None else floats(name)
    before = (size - length) // 2
    return torch.nn.functional.pad(made, (before, size - length - before))


@entered
def stft(x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann",
         center: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    """Fourier's transforms of windows along the last axis: (..., frames, fft_length // 2 + 1)."""
    t = floats(x)
    rows = t.reshape(-1, t.shape[-1])
    if center:
        rows = torch.nn.functional.pad(rows[None], (fft_length // 2, fft_length // 2), mode="reflect")[0]
    frames = rows.unfold(-1, fft_length, sequence_stride) * window_of(window, sequence_length, fft_length).to(rows)
    found = torch.fft.rfft(frames, fft_length)
    return parts(found.reshape(*t.shape[:-1], *found.shape[1:]))


@entered
def istft(x: Any, sequence_length: int, sequence_stride: int, fft_length: int, length: int | None = None, window: Any = "hann",
          center: bool = True) -> torch.Tensor:
    """The way back of `stft`."""
    spectrum = joined(x)
    rows = spectrum.reshape(-1, *spectrum.shape[-2:]).swapaxes(-1, -2)
    found = torch.istft(rows, fft_length, sequence_stride, fft_length, window_of(window, sequence_length, fft_length),
                        center, length=length)
    return found.reshape(*spectrum.shape[:-2], -1)


@entered
def polar(abs_: Any, angle: Any) -> torch.Tensor:
    """Complex numbers of lengths and angles."""
    return torch.polar(*pair(floats(abs_), floats(angle)))
