"""Pictures: a loop as oracle, fused against plain bit for bit, NaN, empty batches, memory in other orders, gradients."""

import numpy as np
import pytest
import torch

from nabi.core.errors import ShapeError
from nabi.kernels import jit, pictures
from nabi.kernels.pictures import chosen

RNG = np.random.default_rng(0)


def places(n, length, out):
    return torch.from_numpy(RNG.integers(-1, length, (n, out)))


def looped(x, rows, columns, table, fill):
    """The formula, number by number."""
    y = np.zeros((len(x), rows.shape[1], columns.shape[1], x.shape[3]), np.float32)
    for n, i, j, c in np.ndindex(*y.shape):
        r, k = rows[n, i], columns[n, j]
        v = fill[c] if r < 0 or k < 0 else x[n, r, k, c]
        y[n, i, j, c] = v if table is None or r < 0 or k < 0 else table[v, c]
    return y


@pytest.mark.parametrize("mode", ["auto", "plain"])
@pytest.mark.parametrize("kind", ["bytes", "numbers"])
@pytest.mark.parametrize("shape, out", [((3, 5, 4, 3), (5, 4)), ((2, 6, 7, 1), (3, 9)), ((1, 1, 1, 5), (2, 1))])
def test_loops(mode, kind, shape, out):
    x = torch.randint(0, 256, shape, dtype=torch.uint8) if kind == "bytes" else torch.randn(shape)
    table = torch.randn(256, shape[3]) if kind == "bytes" else None
    rows, columns, fill = places(shape[0], shape[1], out[0]), places(shape[0], shape[2], out[1]), torch.randn(shape[3])
    wanted = looped(*(None if t is None else t.numpy() for t in (x, rows, columns, table, fill)))
    with jit.using(mode):
        y = pictures(x, rows, columns, table, fill)
        low = pictures(x, rows, columns, table, fill, torch.bfloat16)
        whole = pictures(x, table=table)
    assert np.array_equal(y.numpy(), wanted) and y.is_contiguous()
    assert torch.equal(low, y.to(torch.bfloat16))
    straight = np.broadcast_to(np.arange(shape[1]), shape[:2]), np.broadcast_to(np.arange(shape[2]), (shape[0], shape[2]))
    table = None if table is None else table.numpy()
    assert np.array_equal(whole.numpy(), looped(x.numpy(), *straight, table, fill.numpy()))
    assert not np.array_equal(y.numpy(), looped(x.numpy(), rows.numpy(), columns.numpy(), table, 0 * fill.numpy() + 9))


def test_nan_and_infinity_pass_with_their_neighbours():
    x = torch.randn(4, 3, 3, 2)
    x[1, 0, 0] = torch.tensor([float("nan"), float("-inf")])
    table = torch.randn(256, 2)
    table[7] = torch.tensor([float("inf"), float("nan")])
    for given, numbers in ((x, None), (torch.randint(5, 9, (4, 3, 3, 2), dtype=torch.uint8), table)):
        rows, columns = places(4, 3, 20), places(4, 3, 20)
        for dtype in (torch.float32, torch.bfloat16):
            fused = pictures(given, rows, columns, numbers, None, dtype)
            with jit.using("plain"):
                plain = pictures(given, rows, columns, numbers, None, dtype)
            assert torch.equal(fused.isnan(), plain.isnan()) and torch.equal(fused.nan_to_num(), plain.nan_to_num())
            assert fused.isnan().any()


def test_any_memory_and_no_pictures():
    x = torch.randint(0, 256, (40, 12, 10, 3), dtype=torch.uint8)
    table, rows = torch.randn(256, 3), places(40, 12, 12)
    wanted = pictures(x, rows, table=table)
    turned = x.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)
    assert not turned.is_contiguous() and torch.equal(pictures(turned, rows, table=table), wanted)
    assert torch.equal(pictures(x[::2], rows[::2], table=table.t().contiguous().t()), wanted[::2])
    assert pictures(x[:0], rows[:0], table=table).shape == (0, 12, 10, 3)


def test_gradients_flow_where_they_are_wanted():
    x = torch.randn(3, 4, 4, 2, requires_grad=True, dtype=torch.float64)
    rows, columns = places(3, 4, 5), places(3, 4, 3)
    assert torch.autograd.gradcheck(lambda x: pictures(x, rows, columns), x)
    leaf = torch.randn(3, 4, 4, 2, requires_grad=True)
    assert pictures(leaf, rows, columns).requires_grad
    with torch.no_grad():
        assert not pictures(leaf, rows, columns).requires_grad


def test_choices_of_choices():
    x = torch.randn(6, 8, 3, 1)
    first, then = places(6, 8, 5), places(6, 5, 7)
    assert torch.equal(pictures(pictures(x, first), then), pictures(x, chosen(first, then)))
    assert chosen(None, then) is then and chosen(first, None) is first


def test_what_does_not_fit_is_refused():
    x, table = torch.zeros(2, 3, 3, 3, dtype=torch.uint8), torch.zeros(256, 3)
    for arguments in ((x[0],), (x, torch.zeros(3, 3, dtype=torch.long), None, table)):
        with pytest.raises(ShapeError, match=r"pictures\(x, rows, columns\)"):
            pictures(*arguments)
    for given, numbers in ((x, None), (x.float(), table), (x, table[:255]), (x, table[:, :1])):
        with pytest.raises(ShapeError, match=r"pictures\(table\): expected \(256, 3\) for uint8, none for floats"):
            pictures(given, table=numbers)
