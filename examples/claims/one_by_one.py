"""1 x 1 convolutions save: inception 3a's 5 x 5 branch, the bottleneck of ResNet-50: weights, multiply-adds (1x1 합성곱).

The lectures: 192 maps of 28 x 28 to 32 maps by 5 x 5 take 120,422,400 multiply-adds, by way of 16 maps 12,443,648: 9.7 times
fewer. The bottleneck of He et al. (2015, figure 5): 256 maps by way of 64, beside 256 maps by two 3 x 3. Exact; 2 s.
"""

from common import main

import nabi
from nabi import layers

BRANCHES = {  # (height, width, maps) and the convolutions (maps, size)
    "5 x 5": ((28, 28, 192), [(32, 5)]),
    "1 x 1, 16 maps - 5 x 5": ((28, 28, 192), [(16, 1), (32, 5)]),
    "3 x 3 - 3 x 3": ((56, 56, 256), [(256, 3), (256, 3)]),
    "1 x 1, 64 maps - 3 x 3 - 1 x 1": ((56, 56, 256), [(64, 1), (64, 3), (256, 1)]),
}
PAIRS = {"inception 3a's 5 x 5 branch": list(BRANCHES)[:2], "a unit of ResNet on 256 maps": list(BRANCHES)[2:]}


def claim(fast):
    numbers = {}
    for name, (shape, convolutions) in BRANCHES.items():
        chain = [layers.Conv2D(maps, size, padding="same") for maps, size in convolutions]
        model = nabi.Sequential([nabi.Input(shape), *chain])
        numbers[name] = {"weights": sum(layer.get_weights()[0].size for layer in chain), "multiply-adds": nabi.zoo.macs(model)}
    for plain, small in PAIRS.values():
        for head in ("weights", "multiply-adds"):
            numbers[small][f"{head}: times fewer"] = f"{numbers[plain][head] / numbers[small][head]:.2f}"
    shown = {head: {name: numbers[name]["multiply-adds"] / 1e6 for name in pair} for head, pair in PAIRS.items()}
    return numbers, nabi.viz.bars(shown, "What 1 x 1 convolutions save", "Millions of multiply-adds, logarithmic.", log=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
