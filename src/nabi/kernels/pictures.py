"""Pictures: pixels from where they are wanted, bytes turned into numbers on the way, in one pass.

    y[n, i, j, c] = f[x[n, rows[n, i], columns[n, j], c], c]        x bytes, f a table of 256 numbers a channel
    y[n, i, j, c] = x[n, rows[n, i], columns[n, j], c]              x numbers
    y[n, i, j, c] = fill[c]                                         where a row or column is -1, outside of the picture

Flips, moves by whole pixels and crops are choices of rows and columns, one after the other a choice of choices. Whatever is done
to a byte's value by itself (rescaling, normalising) is a table: 256 numbers a channel, made by the layers' own formulas. So
nothing is computed here: numbers are picked up and put down, the same bits however many threads there are.
"""

import torch
from torch import Tensor

from nabi.core.errors import ShapeError
from nabi.kernels import jit


def pictures(x: Tensor, rows: Tensor | None = None, columns: Tensor | None = None, table: Tensor | None = None,
             fill: Tensor | None = None, dtype: torch.dtype | None = None) -> Tensor:
    """Flipped, moved, cropped pictures.

    Args:
        x: (N, H, W, C); uint8 with a table, else floats.
        rows: (N, h) int64, for each row of the result the row of x that it comes from, or -1; None takes all as they are.
        columns: (N, w) int64, likewise.
        table: (256, C), what each byte of each channel becomes.
        fill: (C,), pixels outside; None means 0.
        dtype: of the result: by default that of the table, or of x.

    Returns:
        (N, h, w, C), contiguous.

    Example:
        >>> x = torch.tensor([[[[10], [20], [30]]]], dtype=torch.uint8)
        >>> pictures(x, columns=torch.tensor([[2, 1, -1]]), table=torch.arange(256.0)[:, None] / 10).flatten()
        tensor([3., 2., 0.])

    Raises:
        ShapeError: x has not four axes, rows or columns are not for N pictures, or table is not (256, C) for uint8.
    """
    if x.dim() != 4 or any(m is not None and (m.dim() != 2 or len(m) != len(x)) for m in (rows, columns)):
        raise ShapeError("pictures(x, rows, columns)", "(N, H, W, C), (N, h), (N, w)",
                         [None if t is None else tuple(t.shape) for t in (x, rows, columns)])
    if (x.dtype is torch.uint8) != (table is not None) or (table is not None and table.shape != (256, x.shape[3])):
        raise ShapeError("pictures(table)", f"(256, {x.shape[3]}) for uint8, none for floats",
                         None if table is None else tuple(table.shape))
    dtype = (x if table is None else table).dtype if dtype is None else dtype
    rows, columns = (straight(x, axis) if m is None else m for axis, m in ((1, rows), (2, columns)))
    fill = x.new_zeros(x.shape[3], dtype=dtype) if fill is None else fill.to(dtype)
    learns = torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in (x, table, fill))
    if learns or not jit.fused(x) or x.dtype not in (torch.uint8, torch.float32) or dtype not in (torch.float32, torch.bfloat16):
        return plain(x, rows, columns, table, fill, dtype)
    y = torch.empty(len(x), rows.shape[1], columns.shape[1], x.shape[3], dtype=dtype)
    if y.numel():
        places = jit.array(rows.contiguous()), jit.array(columns.contiguous())
        arrays = jit.array(y.view(-1, y[0, 0].numel())), jit.array(x.flatten(2)), *places, jit.array(fill.contiguous())
        if table is None:
            jit.load("pictures").moved(*arrays)
        else:
            jit.load("pictures").looked_up(*arrays, jit.array(table.to(dtype).contiguous()))
    return y


def plain(x: Tensor, rows: Tensor, columns: Tensor, table: Tensor | None, fill: Tensor, dtype: torch.dtype) -> Tensor:
    """The plain twin of `pictures`, for any dtype and device."""
    n = torch.arange(len(x), device=x.device)[:, None, None]
    y = x[n, rows.clamp(min=0)[:, :, None], columns.clamp(min=0)[:, None, :]]
    if table is not None:
        y = table[y.long(), torch.arange(x.shape[3], device=x.device)]
    outside = (rows < 0)[:, :, None, None] | (columns < 0)[:, None, :, None]
    return torch.where(outside, fill, y.to(dtype))


def straight(x: Tensor, axis: int) -> Tensor:
    """The places 0, 1, 2, ... along an axis of each picture: (N, length)."""
    return torch.arange(x.shape[axis], device=x.device).expand(len(x), -1)


def chosen(first: Tensor | None, then: Tensor | None) -> Tensor | None:
    """Rows (or columns) chosen among chosen ones, (N, n) and (N, m) -> (N, m); None chooses all, what is outside stays there.

    Example:
        >>> chosen(torch.tensor([[3, 2, 1, 0]]), torch.tensor([[-1, 0, 1]]))
        tensor([[-1,  3,  2]])
    """
    if first is None or then is None:
        return then if first is None else first
    return torch.where(then < 0, -1, first.gather(1, then.clamp(min=0)))
