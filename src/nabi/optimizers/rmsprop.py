"""RMSprop: each weight's step is divided by the root of its recent mean square gradient. RMS프롭.

    plain      v = rho v + (1 - rho) g^2;  w = w - lr g / sqrt(v + eps)
    momentum   b = m b + lr g / sqrt(v + eps);  w = w - b
    centered   a = rho a + (1 - rho) g, and v - a^2, the variance, stands in place of v

Source: Tieleman & Hinton, Coursera lecture 6.5, 2012; centered: Graves, 2013, equations 38 to 45.
"""

from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.kernels.math import sqrt
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


def with_momentum(w, g, v, b, lr, rho, epsilon, m):
    """The steps of RMSprop gathered in a velocity b."""
    v = rho * v + (1 - rho) * g**2
    b = m * b + lr * g / sqrt(v + epsilon)
    w = w - b
    return w, v, b


def centered(w, g, v, a, lr, rho, epsilon):
    """RMSprop divided by the gradient's standard deviation instead of its root mean square."""
    v = rho * v + (1 - rho) * g**2
    a = rho * a + (1 - rho) * g
    w = w - lr * g / sqrt(v - a**2 + epsilon)
    return w, v, a


def centered_with_momentum(w, g, v, a, b, lr, rho, epsilon, m):
    """The standard deviation divides, and the steps gather in a velocity."""
    v = rho * v + (1 - rho) * g**2
    a = rho * a + (1 - rho) * g
    b = m * b + lr * g / sqrt(v - a**2 + epsilon)
    w = w - b
    return w, v, a, b


@register("optimizer", "rmsprop")
class RMSprop(Optimizer):
    """Steep directions are slowed, flat ones hastened, by what the gradients were lately (RMS프롭).

        v = rho v + (1 - rho) g^2
        w = w - lr g / sqrt(v + eps)

    Five spellings:
        formula     as above
        Python      for i in range(n): v[i] = rho * v[i] + (1 - rho) * g[i]**2;  w[i] -= lr * g[i] / (v[i] + eps)**0.5
        TensorFlow1 tf.train.RMSPropOptimizer(learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10), v starts at 1
        Keras       RMSprop(learning_rate=0.001, rho=0.9, epsilon=1e-7)
        PyTorch     torch.optim.RMSprop(params, lr=0.01, alpha=0.99, eps=1e-8): eps outside the root,
                    and with momentum lr stands outside the velocity

    Args:
        learning_rate: lr.
        rho: share of the running means that is kept, in [0, 1).
        momentum: m in [0, 1]; above 0 the steps gather in a velocity.
        epsilon: eps, above 0.
        centered: divide by the standard deviation.
        options: see `Optimizer`.

    Example:
        >>> w, v = RMSprop.formula(1.0, 2.0, 0.0, lr=0.1, rho=0.75, epsilon=1e-7)
        >>> round(w, 6), v  # 1 - 0.1 * 2 / 1
        (0.8, 1.0)
    """

    slots = ("v",)

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, **options):
        super().__init__(learning_rate, **options)
        self.rho = checks.kept_share("RMSprop(rho)", rho)
        self.momentum = checks.share("RMSprop(momentum)", momentum)
        self.epsilon = checks.epsilon("RMSprop(epsilon)", epsilon)
        self.centered = flag("RMSprop(centered)", centered)
        if self.momentum or self.centered:
            self._take(*FORMS[self.centered, self.momentum > 0])

    @staticmethod
    def formula(w, g, v, lr, rho, epsilon):
        v = rho * v + (1 - rho) * g**2
        w = w - lr * g / sqrt(v + epsilon)
        return w, v

    def numbers(self, step):
        return (self.rho, self.epsilon, self.momentum) if self.momentum else (self.rho, self.epsilon)


FORMS = {(False, True): (("v", "b"), with_momentum),
         (True, False): (("v", "a"), centered),
         (True, True): (("v", "a", "b"), centered_with_momentum)}
