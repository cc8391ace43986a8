"""SGD, Momentum, NAG: gradient descent; with a velocity; with a velocity that looks ahead.

    SGD        w = w - lr g
    Momentum   v = m v - lr g;  w = w + v
    NAG        v = m v - lr g;  w = w + m v - lr g

확률적 경사 하강법, 모멘텀, 네스테로프 가속 경사.
Source: Robbins & Monro, 1951; Polyak, 1964; Nesterov, 1983, and Sutskever et al., ICML 2013, equations 1 to 4.
"""

from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


@register("optimizer", "sgd")
class SGD(Optimizer):
    """Gradient descent: a step against the gradient. On a mini-batch it is stochastic (확률적 경사 하강법).

        w = w - lr g

    Five spellings:
        formula     w <- w - lr g
        Python      w = [w_i - lr * g_i for w_i, g_i in zip(w, g)]
        TensorFlow1 tf.train.GradientDescentOptimizer(learning_rate)
        Keras       SGD(learning_rate=0.01)
        PyTorch     torch.optim.SGD(params, lr=0.01); its own default is 0.001

    Args:
        learning_rate: lr.
        momentum: m in [0, 1]; above 0 the formula is Momentum's.
        nesterov: with momentum, the formula is NAG's.
        options: see `Optimizer`.

    Example:
        >>> SGD(0.1).formula(1.0, 2.0, lr=0.1)
        0.8
        >>> SGD(momentum=0.9, nesterov=True).formula is NAG.formula
        True
    """

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, **options):
        super().__init__(learning_rate, **options)
        self.momentum = checks.share("SGD(momentum)", momentum)
        self.nesterov = flag("SGD(nesterov)", nesterov)
        if momentum:
            form = NAG if nesterov else Momentum
            self._take(form.slots, form.formula)

    @staticmethod
    def formula(w, g, lr):
        w = w - lr * g
        return w

    def numbers(self, step):
        return (self.momentum,) if self.momentum else ()


@register("optimizer", "momentum")
class Momentum(Optimizer):
    """A ball that rolls: the velocity is a fading sum of all gradients (모멘텀).

        v = m v - lr g
        w = w + v

    Five spellings:
        formula     v <- m v - lr g;  w <- w + v.  Also written v <- m v + lr g;  w <- w - v: the same path
        Python      v = [m * v_i - lr * g_i for v_i, g_i in zip(v, g)];  w = [w_i + v_i for w_i, v_i in zip(w, v)]
        TensorFlow1 tf.train.MomentumOptimizer(learning_rate, 0.9)
        Keras       SGD(learning_rate=0.01, momentum=0.9)
        PyTorch     torch.optim.SGD(params, lr=0.01, momentum=0.9): lr stands outside, v = m v + g;  w = w - lr v.
                    The same path while lr is constant; when lr drops, torch's old velocity slows down at once

    Args:
        learning_rate: lr.
        momentum: m; 0 < m < 1 keeps v bounded by lr |g| / (1 - m).
        options: see `Optimizer`.

    Example:
        >>> Momentum.formula(1.0, 2.0, 0.5, lr=0.25, m=0.5)
        (0.75, -0.25)
    """

    slots = ("v",)

    def __init__(self, learning_rate=0.01, momentum=0.9, **options):
        super().__init__(learning_rate, **options)
        self.momentum = checks.share("Momentum(momentum)", momentum)

    @staticmethod
    def formula(w, g, v, lr, m):
        v = m * v - lr * g
        w = w + v
        return w, v

    def numbers(self, step):
        return (self.momentum,)


@register("optimizer", "nag")
class NAG(Optimizer):
    """Momentum that looks ahead: the gradient is taken where the velocity will lead (네스테로프 가속 경사).

        v = m v - lr g
        w = w + m v - lr g

    The lectures look ahead explicitly: v = m v - lr grad(u + m v);  u = u + v. With w = u + m v, the point ahead, this is the
    rule above: one stores the point where the next gradient is taken, so an ordinary backward pass gives it.

    Five spellings:
        formula     v <- m v - lr grad(u + m v);  u <- u + v
        Python      v = [m * v_i - lr * g_i for v_i, g_i in zip(v, g)]
                    w = [w_i + m * v_i - lr * g_i for w_i, v_i, g_i in zip(w, v, g)]
        TensorFlow1 tf.train.MomentumOptimizer(learning_rate, 0.9, use_nesterov=True)
        Keras       SGD(learning_rate=0.01, momentum=0.9, nesterov=True)
        PyTorch     torch.optim.SGD(params, lr=0.01, momentum=0.9, nesterov=True), the same path while lr is constant

    Args:
        learning_rate: lr.
        momentum: m in [0, 1].
        options: see `Optimizer`.

    Example:
        >>> NAG.formula(1.0, 2.0, 0.5, lr=0.25, m=0.5)
        (0.375, -0.25)
    """

    slots = ("v",)

    def __init__(self, learning_rate=0.01, momentum=0.9, **options):
        super().__init__(learning_rate, **options)
        self.momentum = checks.share("NAG(momentum)", momentum)

    @staticmethod
    def formula(w, g, v, lr, m):
        v = m * v - lr * g
        w = w + m * v - lr * g
        return w, v

    def numbers(self, step):
        return (self.momentum,)
