"""Conditional random fields: keras_contrib's CRF, and tensorflow_addons'.

Oracle: all K^T rows of tags of a short row, one by one, in float64 with NumPy; finite differences of that sum.
"""

from itertools import product

import numpy as np
import pytest
import torch

from nabi.as_keras.layers.linear_chain import log_likelihood, marginals, viterbi
from nabi.core.errors import ArgumentError, DataError

N, T, K = 4, 4, 3
SOURCE = np.random.RandomState(3)
E, A = SOURCE.randn(N, T, K), SOURCE.randn(K, K)
Y = SOURCE.randint(0, K, (N, T))
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0]], bool)  # whole, padded behind, before, with a hole


def every_row(e, a):
    """All rows of tags and their s(y), one step after the other."""
    rows = list(product(range(a.shape[0]), repeat=len(e)))
    pairs = [sum(a[y[t - 1], y[t]] for t in range(1, len(e))) for y in rows]
    return rows, np.array(pairs) + [sum(e[t, y[t]] for t in range(len(e))) for y in rows]


def brute(e, a, y, m):
    """log p(y), the likeliest row and p(y_t = j), by all rows of the steps that count."""
    steps = np.flatnonzero(m)
    rows, s = every_row(e[steps], a)
    log_p = s - np.log(np.exp(s).sum())
    shares = np.zeros((len(steps), len(a)))
    for row, p in zip(rows, np.exp(log_p), strict=True):
        shares[range(len(steps)), row] += p
    tags = np.zeros(len(e), int)
    tags[steps] = rows[s.argmax()]
    return log_p[rows.index(tuple(y[steps]))], tags, shares, s.max()


WANTED = [brute(E[n], A, Y[n], MASK[n]) for n in range(N)]
GIVEN = torch.tensor(E), torch.tensor(A), torch.tensor(MASK)


def test_chain_against_all_rows():
    log_p = log_likelihood(*GIVEN, torch.tensor(Y))
    tags, best = viterbi(*GIVEN)
    p = marginals(*GIVEN)
    assert np.allclose(log_p, [one[0] for one in WANTED], atol=1e-12)
    assert (tags.numpy() == np.stack([one[1] for one in WANTED])).all()
    assert np.allclose(best, [one[3] for one in WANTED], atol=1e-12)
    for n in range(N):
        assert np.allclose(p[n][torch.tensor(MASK[n])], WANTED[n][2], atol=1e-12)
    nothing = torch.zeros(N, T, dtype=torch.bool)
    assert log_likelihood(*GIVEN[:2], nothing, torch.tensor(Y)).tolist() == [0.0] * N


def test_a_chain_learns_by_the_right_slope():
    a = torch.tensor(A, requires_grad=True)
    log_likelihood(GIVEN[0], a, GIVEN[2], torch.tensor(Y)).sum().backward()
    for i, j in ((0, 1), (2, 2)):
        moved = np.zeros_like(A)
        moved[i, j] = 1e-6
        up, down = (sum(brute(E[n], A + sign * moved, Y[n], MASK[n])[0] for n in range(N)) for sign in (1, -1))
        assert float(a.grad[i, j]) == pytest.approx((up - down) / 2e-6, abs=1e-7)


def set_up(crf, kernel, bias, left, right):
    """Gives a CRF these numbers."""
    crf.set_weights([kernel, A.astype("float32"), bias, left, right])


def tagger(**options):
    """A model of a CRF alone behind a mask, with drawn numbers, and its E."""
    import keras
    from keras_contrib.layers import CRF  # pyright: ignore[reportMissingImports]

    crf = CRF(K, **options)
    model = keras.Sequential([keras.Input((T, 2)), keras.layers.Masking(), crf])
    kernel, bias, left, right = (SOURCE.randn(*shape).astype("float32") for shape in ((2, K), (K,), (K,), (K,)))
    set_up(crf, kernel, bias, left, right)
    x = SOURCE.randn(N, T, 2).astype("float32") * MASK[..., None]
    e = x @ kernel + bias
    for n in range(N):
        steps = np.flatnonzero(MASK[n])
        e[n, steps[0]] += left
        e[n, steps[-1]] += right
    return model, crf, x, [brute(e[n].astype("float64"), A, Y[n], MASK[n]) for n in range(N)]


@pytest.mark.parametrize("labels", [Y[..., None], Y, np.eye(K, dtype="float32")[Y]])
def test_a_crf_in_a_model(served, labels):
    from keras_contrib.losses import crf_loss  # pyright: ignore[reportMissingImports]
    from keras_contrib.metrics import crf_viterbi_accuracy  # pyright: ignore[reportMissingImports]

    model, crf, x, wanted = tagger(sparse_target=labels.shape[-1] == 1)
    loss, hits = -np.mean([one[0] for one in wanted]), np.stack([one[1] for one in wanted]) == Y
    model.compile("sgd", crf.loss_function, [crf.accuracy])
    assert crf.loss_function is crf_loss and crf.accuracy is crf_viterbi_accuracy
    found = model.evaluate(x, labels, verbose=0)
    assert found == pytest.approx([loss, hits[MASK].mean()], abs=1e-5)
    assert (model.predict(x, verbose=0).argmax(-1)[MASK] == np.stack([one[1] for one in wanted])[MASK]).all()
    history = model.fit(x, labels, epochs=3, batch_size=N, verbose=0).history
    assert history["loss"][0] == pytest.approx(loss, abs=1e-5) and history["loss"][2] < history["loss"][0]
    assert set(history) == {"loss", "crf_viterbi_accuracy"}
    assert not np.allclose(crf.get_weights()[1], A)  # A learns, though the output is made of whole numbers


def test_fused_training_follows_the_chain_too(served, fused_kernels):
    model, crf, x, wanted = tagger()
    model.compile("sgd", crf.loss_function)
    before = crf.get_weights()
    model.train_on_batch(x, Y)
    assert all((a != b).any() for a, b in zip(before, crf.get_weights(), strict=True))


def test_tags_one_by_one(served):
    model, crf, x, wanted = tagger(learn_mode="marginal")
    assert crf.test_mode == "marginal"
    p = model.predict(x, verbose=0)
    for n in range(N):
        assert np.allclose(p[n][MASK[n]], wanted[n][2], atol=1e-5)
    model.compile("sgd", crf.loss_function, [crf.accuracy])
    shares = np.concatenate([-np.log(wanted[n][2][range(MASK[n].sum()), Y[n][MASK[n]]]) for n in range(N)])
    assert model.evaluate(x, Y, verbose=0)[0] == pytest.approx(shares.mean(), abs=1e-5)


def test_files_and_errors(served, tmp_path):
    import keras
    from keras_contrib.layers import CRF  # pyright: ignore[reportMissingImports]
    from keras_contrib.losses import crf_loss  # pyright: ignore[reportMissingImports]
    from keras_contrib.utils import save_load_utils  # pyright: ignore[reportMissingImports]

    model, crf, x, _ = tagger()
    model.compile("sgd", crf.loss_function, [crf.accuracy])
    model.save(tmp_path / "m.h5")
    again = keras.models.load_model(tmp_path / "m.h5", custom_objects={"CRF": CRF, "crf_loss": crf_loss})
    assert np.allclose(again.evaluate(x, Y, verbose=0), model.evaluate(x, Y, verbose=0))
    save_load_utils.save_all_weights(model, str(tmp_path / "w.h5"))
    model.train_on_batch(x, Y)
    save_load_utils.load_all_weights(model, str(tmp_path / "w.h5"), include_optimizer=False)
    assert np.allclose(crf.get_weights()[1], A)
    for options in ({"learn_mode": "joint"}, {"test_mode": "best"}):
        with pytest.raises(ArgumentError, match="viterbi|join"):
            CRF(3, **options)
    with pytest.raises(DataError, match="last layer"):
        crf_loss(Y, torch.zeros(N, T, K))


def test_functions_of_addons(served):
    import tensorflow as tf
    import tensorflow_addons as tfa  # pyright: ignore[reportMissingImports]

    lengths = [4, 2]
    m = np.arange(T) < np.array(lengths)[:, None]
    wanted = [brute(E[n], A, Y[n], m[n]) for n in range(2)]
    log_p, same = tfa.text.crf_log_likelihood(tf.constant(E[:2]), Y[:2], lengths, tf.constant(A))
    tags, best = tfa.text.crf_decode(E[:2], A, lengths)
    assert np.allclose(log_p, [one[0] for one in wanted]) and np.allclose(same, A)
    assert (tags.numpy() == np.stack([one[1] for one in wanted])).all() and np.allclose(best, [one[3] for one in wanted])
    row, value = tfa.text.viterbi_decode(E[0], A)
    assert row == wanted[0][1].tolist() and value == pytest.approx(wanted[0][3])
    assert np.allclose(tfa.text.crf_sequence_score(E[:2], Y[:2], lengths, A) - tfa.text.crf_log_norm(E[:2], lengths, A), log_p)
    both = tfa.text.crf_unary_score(Y[:2], lengths, E[:2]) + tfa.text.crf_binary_score(Y[:2], lengths, A)
    assert np.allclose(both, tfa.text.crf_sequence_score(E[:2], Y[:2], lengths, A))
    assert tfa.text.crf_log_likelihood(E[:2], Y[:2], lengths)[1].shape == (K, K)


def test_a_layer_of_addons(served):
    import tensorflow as tf
    import tensorflow_addons as tfa  # pyright: ignore[reportMissingImports]

    crf = tfa.layers.CRF(K, use_kernel=False)
    inputs = tf.keras.Input((T,))
    model = tf.keras.Model(inputs, list(crf(tf.keras.layers.Embedding(9, K, mask_zero=True)(inputs))))
    words = np.array([[3, 1, 2, 8], [5, 4, 0, 0]])
    tags, potentials, lengths, chain = model(words)
    m = words > 0
    wanted = [brute(potentials[n].detach().double().numpy(), chain.detach().double().numpy(), Y[n], m[n]) for n in range(2)]
    assert lengths.tolist() == [4, 2] and (tags.numpy() == np.stack([one[1] for one in wanted])).all()
    log_p = tfa.text.crf_log_likelihood(potentials, Y[:2], lengths, chain)[0]
    assert np.allclose(log_p.detach(), [one[0] for one in wanted], atol=1e-5)
