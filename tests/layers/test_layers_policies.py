"""RandAugment and AugMix: their operations are the layers' formulas; each picture, or each batch, has those that were drawn."""

import numpy as np
import pytest
import torch
from layers_drawn import KEY, PICTURES

from nabi import layers as L
from nabi.layers.policies import GEOMETRY_AND_HISTOGRAMS, OPERATIONS

U = torch.rand(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
TWICE = {"posterization": L.RandomPosterization(3), "equalization": L.Equalization(), "auto_contrast": L.AutoContrast()}


def tall(f):
    return f.view(-1, 1, 1, 1)


def test_operations_are_those_of_the_layers():
    layer = L.RandAugment(factor=0.4)
    f, g, sign = 0.4 * U[:, 0], 0.4 * U[:, 1], torch.where(U[:, 2] < 0.5, -1.0, 1.0)

    def by_layers(name, x):
        if name == "equalization" or name == "auto_contrast":
            return TWICE[name](x)
        made = {"brightness": lambda: L.RandomBrightness(1).varied(x, tall(sign * f)),
                "contrast": lambda: L.RandomContrast(1).varied(x, tall(1 + sign * f)),
                "color_degeneration": lambda: L.RandomColorDegeneration(1).varied(x, tall(f)),
                "sharpness": lambda: L.RandomSharpness(1).varied(x, tall(2 * f)),
                "solarization": lambda: L.Solarization().varied(x, tall(f), tall(g)),
                "posterization": lambda: L.RandomPosterization(3).varied(x, torch.full((8, 1, 1, 1), 3.0).double())}
        if name in made:
            return made[name]()
        one = {"rotation": lambda n: L.RandomRotation((turn(n),) * 2), "translation": lambda n: L.RandomTranslation(
            (float(sign[n] * f[n]),) * 2, (float(sign[n] * g[n]),) * 2)}[name]
        return torch.cat([one(n).call(x[n:n + 1], training=True, key=KEY) for n in range(8)])

    def turn(n):
        return float(sign[n] * f[n])

    for name in set(OPERATIONS) - {"shear"}:
        wanted = by_layers(name, PICTURES)
        torch.testing.assert_close(layer.operated(name, PICTURES, U), wanted, rtol=0, atol=1e-4, msg=name)
        assert not torch.equal(wanted, PICTURES), name
    from nabi.layers.shear import sheared

    s = torch.stack([sign * f, sign * g], 1)
    torch.testing.assert_close(layer.operated("shear", PICTURES, U), sheared(PICTURES, s))


def test_each_picture_has_its_operations():
    layer = L.RandAugment(num_ops=2, factor=(0.2, 0.4))
    (u,) = layer.draws(PICTURES, KEY)
    wanted = []
    for n in range(8):
        x = PICTURES[n:n + 1]
        for step in range(2):
            x = layer.operated(list(OPERATIONS)[int(11 * u[n, step, 0])], x, u[n:n + 1, step, 1:])
        wanted.append(x)
    torch.testing.assert_close(layer.call(PICTURES, training=True, key=KEY), torch.cat(wanted), rtol=0, atol=1e-9)
    (many,) = layer.draws(torch.zeros(4000, 1, 1, 1), KEY)
    counts = torch.bincount((11 * many[:, 0, 0]).long(), minlength=11)
    assert len(counts) == 11 and ((counts - 4000 / 11) ** 2 / (4000 / 11)).sum() < 30  # chi square, 10 degrees of freedom
    grey = L.RandAugment(value_range=(0, 1), seed=1)(PICTURES[..., :1] / 255, training=True)
    assert grey.shape == (8, 6, 5, 1) and torch.isfinite(grey).all()


@pytest.mark.parametrize("all_ops", [True, False])
def test_augmix_blends_its_chains(all_ops):
    layer = L.AugMix(num_chains=2, chain_depth=3, factor=0.4, all_ops=all_ops)
    names = [*(OPERATIONS if all_ops else GEOMETRY_AND_HISTOGRAMS), None]
    operations, weights, u = layer.draws(PICTURES, KEY)
    assert operations.shape == (2, 3) and abs(float(weights.sum()) - 1) < 1e-12 and layer.known == names[:-1]
    y = weights[0] * PICTURES
    for c in range(2):
        x = PICTURES
        for step in range(3):
            name = names[operations[c, step]]
            x = x if name is None else layer.operated(name, x, u[:, c, step])
        y = y + weights[1 + c] * x
    torch.testing.assert_close(layer.call(PICTURES, training=True, key=KEY), y.clamp(0, 255), rtol=0, atol=1e-9)
    drawn = [layer.draws(PICTURES[:1], KEY._replace(call=call)) for call in range(80)]
    kinds = np.bincount(np.concatenate([d[0].flatten() for d in drawn]), minlength=len(names))
    assert len(kinds) == len(names) and kinds.min() > 0.5 * kinds.mean(), "none is among them"
    assert abs(np.mean([d[1][0] for d in drawn]) - 0.5) < 0.1 and all(d[1].min() >= 0 for d in drawn)
    assert torch.equal(layer(PICTURES, training=False), PICTURES)
