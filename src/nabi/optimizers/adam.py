"""Adam: Momentum's direction, RMSprop's step size, both corrected for their start at zero. 아담.

    m = b1 m + (1 - b1) g
    v = b2 v + (1 - b2) g^2
    w = w - lr alpha m / (sqrt(v) + eps),   alpha = sqrt(1 - b2^t) / (1 - b1^t)

Source: Kingma & Ba, "Adam", ICLR 2015, algorithm 1 in the faster order of section 2 ("epsilon hat");
AMSGrad: Reddi, Kale & Kumar, ICLR 2018; AdamW: Loshchilov & Hutter, ICLR 2019, algorithm 2.
"""

from math import sqrt as root

from nabi.core.errors import ArgumentError
from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.kernels.math import maximum, sqrt
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


@register("optimizer", "adam")
class Adam(Optimizer):
    """Adam: running means of the gradient and of its square; each weight gets its own step size (아담).

        m = b1 m + (1 - b1) g
        v = b2 v + (1 - b2) g^2
        w = w - lr alpha m / (sqrt(v) + eps),   alpha = sqrt(1 - b2^t) / (1 - b1^t) at step t = 1, 2, ...

    Five spellings:
        formula     m_hat = m / (1 - b1^t), v_hat = v / (1 - b2^t), w <- w - lr m_hat / (sqrt(v_hat) + eps / sqrt(1 - b2^t))
        Python      for i in range(n):
                        m[i] = b1 * m[i] + (1 - b1) * g[i];  v[i] = b2 * v[i] + (1 - b2) * g[i]**2
                        w[i] -= lr * alpha * m[i] / (v[i]**0.5 + eps)
        TensorFlow1 tf.train.AdamOptimizer(learning_rate=0.001), epsilon 1e-8
        Keras       Adam(learning_rate=0.001), epsilon 1e-7
        PyTorch     torch.optim.Adam(params, lr=0.001), eps 1e-8 added to sqrt(v_hat): Keras' epsilon acts there as
                    eps / sqrt(1 - b2^t), at the first step 31.6 times as much

    Args:
        learning_rate: lr.
        beta_1: b1 in [0, 1), share of m that is kept.
        beta_2: b2 in [0, 1), share of v that is kept.
        epsilon: eps, above 0.
        amsgrad: the formula is AMSGrad's.
        options: see `Optimizer`.

    Example:
        >>> adam = Adam()
        >>> w, m, v = adam.formula(1.0, 5.0, 0.0, 0.0, 0.001, *adam.numbers(1))
        >>> round(w, 6)  # the first step is lr, whatever the gradient
        0.999
    """

    slots = ("m", "v")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, **options):
        super().__init__(learning_rate, **options)
        where = type(self).__name__
        self.beta_1 = checks.kept_share(f"{where}(beta_1)", beta_1)
        self.beta_2 = checks.kept_share(f"{where}(beta_2)", beta_2)
        self.epsilon = checks.epsilon(f"{where}(epsilon)", epsilon)
        self.amsgrad = flag(f"{where}(amsgrad)", amsgrad)
        if self.amsgrad:
            self._take(AMSGrad.slots, AMSGrad.formula)

    @staticmethod
    def formula(w, g, m, v, lr, beta_1, beta_2, epsilon, alpha):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        w = w - lr * alpha * m / (sqrt(v) + epsilon)
        return w, m, v

    def numbers(self, step):
        alpha = root(1 - self.beta_2**step) / (1 - self.beta_1**step)
        return self.beta_1, self.beta_2, self.epsilon, alpha


@register("optimizer", "amsgrad")
class AMSGrad(Optimizer):
    """Adam whose step sizes never grow again: the largest v so far divides.

        m = b1 m + (1 - b1) g
        v = b2 v + (1 - b2) g^2
        v_max = max(v_max, v)
        w = w - lr alpha m / (sqrt(v_max) + eps)

    Spellings: Keras Adam(amsgrad=True); torch.optim.Adam(params, amsgrad=True) with eps as for Adam.
    Arguments as in Adam. Source: Reddi, Kale & Kumar, "On the convergence of Adam and beyond", ICLR 2018, algorithm 2.
    """

    slots = ("m", "v", "v_max")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = checks.kept_share("AMSGrad(beta_1)", beta_1)
        self.beta_2 = checks.kept_share("AMSGrad(beta_2)", beta_2)
        self.epsilon = checks.epsilon("AMSGrad(epsilon)", epsilon)

    @staticmethod
    def formula(w, g, m, v, v_max, lr, beta_1, beta_2, epsilon, alpha):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        v_max = maximum(v_max, v)
        w = w - lr * alpha * m / (sqrt(v_max) + epsilon)
        return w, m, v, v_max

    numbers = Adam.numbers


@register("optimizer", "adamw")
class AdamW(Adam):
    """Adam with decoupled weight decay: the weights shrink by lr * weight_decay, untouched by Adam's step sizes.

        w = w - lr weight_decay w
        m, v, w as in Adam

    An L2 penalty in the loss would be divided by sqrt(v) like every gradient; here each weight shrinks by the same share.
    Spellings: Keras AdamW(weight_decay=0.004); torch.optim.AdamW(params, weight_decay=0.01), eps as for Adam.
    Arguments as in Adam, and weight_decay above or equal 0. Source: Loshchilov & Hutter, ICLR 2019, algorithm 2.
    """

    def __init__(self, learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, **options):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options)
        if weight_decay is None:
            raise ArgumentError("AdamW(weight_decay)", "a number above or equal 0", None, "Adam is AdamW without it.")
