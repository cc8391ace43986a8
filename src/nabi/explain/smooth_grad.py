"""SmoothGrad: the mean of saliency maps of pictures with noise; what flickers from pixel to pixel averages out.

    M(x) = 1/n sum over k of w(x + N(0, sigma^2)),    w = dS_c / dx         section 3
    sigma = noise (x_max - x_min)

Source: Smilkov, Thorat, Kim, Viegas & Wattenberg, "SmoothGrad: removing noise by adding noise", 2017; there 10 to 20 % of noise
and n = 50 are found to look best.
"""

from typing import Any

import torch

from nabi.core.calls import checked
from nabi.core.numbers import number, whole
from nabi.core.random import Key, generator
from nabi.explain.asking import explains
from nabi.explain.question import Question
from nabi.explain.result import Explanation
from nabi.explain.saliency import gradient

AT_ONCE = 10  # pictures of a pass


@checked
@explains
def smooth_grad(model: Any, x: Any, class_index: int | str | None = None, samples: int = 50, noise: float = 0.15,
                seed: int = 0) -> Explanation:
    """The mean gradient of `samples` noisy copies of the picture, then |.| and the largest channel.

    Args:
        model, x, class_index: as in `saliency`.
        samples: n, how many copies.
        noise: standard deviation as a share of the picture's range, 0 or more.
        seed: the same seed draws the same noise.

    Returns: `values` (H, W, C) the mean gradient, `map` (H, W) from 0; details: `sigma`.

    Example:
        >>> import nabi
        >>> net = nabi.Sequential([nabi.Input((1, 2, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2)])
        >>> net.set_weights([[[1.0, 0.0], [-3.0, 0.5]], [0.5, 0.0]])
        >>> smooth_grad(net, [[[1.0], [2.0]]], class_index=0).map.tolist()
        [[1.0, 3.0]]
    """
    n = int(whole("smooth_grad(samples)", samples, least=1))
    share = float(number("smooth_grad(noise)", noise, least=0))
    question = Question("smooth_grad", model, x, class_index)
    question.pictures  # noqa: B018  (an error for what is no picture)
    picture = question.x
    values = question.run()
    question.score(values)
    sigma = share * float(picture.max() - picture.min())
    draws = generator(Key(int(whole("smooth_grad(seed)", seed, least=0)), 0, 0))
    mean = torch.zeros_like(picture[0])
    for start in range(0, n, AT_ONCE):
        size = (min(AT_ONCE, n - start), *picture.shape[1:])
        noisy = picture + sigma * torch.from_numpy(draws.standard_normal(size)).to(picture.dtype)
        mean += gradient(question, noisy)[1].sum(0) / n
    return question.answer(values, mean, mean.abs().amax(-1).double().numpy(), False,
                           options={"samples": n, "noise": share, "seed": seed}, sigma=sigma)
