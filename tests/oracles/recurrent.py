"""The slides' recurrent loops in NumPy, float64: one sample, one time step after the other; the weights as Keras orders them."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def simple_rnn(x, states, w, u, b):
    """h' = tanh(x W + h U + b)"""
    (h,) = states
    return [np.tanh(x @ w + h @ u + b)]


def lstm(x, states, w, u, b):
    """Gates i f g o; c' = f c + i g; h' = o tanh(c')"""
    h, c = states
    n = len(h)
    i, f, g, o = (x @ w[:, k * n:(k + 1) * n] + h @ u[:, k * n:(k + 1) * n] + b[k * n:(k + 1) * n] for k in range(4))
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def gru(x, states, w, u, b):
    """Gates z r g; h' = z h + (1 - z) g; b (2, 3n) resets after the product with U, b (3n,) before it"""
    (h,) = states
    n = len(h)
    (w_z, w_r, w_g), (u_z, u_r, u_g) = ([m[:, k * n:(k + 1) * n] for k in range(3)] for m in (w, u))
    b_z, b_r, b_g, d_z, d_r, d_g = np.split(b.ravel() if b.ndim == 2 else np.concatenate([b, np.zeros_like(b)]), 6)
    z, r = sigmoid(x @ w_z + b_z + h @ u_z + d_z), sigmoid(x @ w_r + b_r + h @ u_r + d_r)
    g = np.tanh(x @ w_g + b_g + (r * (h @ u_g + d_g) if b.ndim == 2 else (r * h) @ u_g))
    return [z * h + (1 - z) * g]


def run(step, x, states, weights, mask=None, backwards=False, zeros=False):
    """All outputs (N, T, u) in the order in which they come, and the last states (N, u) each.

    A masked step leaves the states as they are and gives the last output again, at first zeros; with `zeros` always zeros.
    """
    outputs, ends = [], []
    for n in range(len(x)):
        s, last, row = [state[n] for state in states], np.zeros_like(states[0][n]), []
        for t in (reversed(range(x.shape[1])) if backwards else range(x.shape[1])):
            if mask is None or mask[n, t]:
                s = step(x[n, t], s, *weights)
                last = s[0]
                row.append(last)
            else:
                row.append(np.zeros_like(last) if zeros else last)
        outputs.append(row)
        ends.append(s)
    return np.array(outputs), [np.array(state) for state in zip(*ends, strict=True)]
