"""Translated: a network of nabi as plain torch modules, layer by layer, its weights drawn by torch; logits come out.

What a benchmark measures nabi against: the same architecture as a PyTorch user would write it, channels first, float32, eager.
"""

import torch
from torch import nn

from nabi import zoo


def module_of(layer, channels: int) -> nn.Module:
    """The torch module of a layer that reads maps of so many channels."""
    kind = type(layer).__name__
    if kind in ("Conv2D", "MaxPooling2D", "AveragePooling2D"):
        odd = all(k % 2 for k in layer.window)
        zeros = layer.padding if isinstance(layer.padding, int) else 0 if layer.padding == "valid" else layer.window[0] // 2
        if layer.padding == "same" and not odd:
            raise ValueError(f"{layer.label}: torch pads both sides alike, so 'same' needs an odd window")
        if kind == "Conv2D":
            relu = [nn.ReLU()] if layer.activation.__name__ == "relu" else []
            return nn.Sequential(nn.Conv2d(channels, layer.filters, layer.window, layer.strides, zeros, groups=layer.groups,
                                           bias=layer.use_bias), *relu)
        return (nn.MaxPool2d if kind == "MaxPooling2D" else nn.AvgPool2d)(layer.window, layer.strides, zeros)
    if kind == "BatchNormalization":
        return nn.BatchNorm2d(channels, layer.epsilon, 1 - layer.momentum)
    if kind == "Activation":
        return {"relu": nn.ReLU, "relu6": nn.ReLU6}[layer.activation.__name__]()
    if kind == "GlobalAveragePooling2D":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if kind == "Dense":
        relu = [nn.ReLU()] if layer.activation.__name__ == "relu" else []  # the loss takes logits, so softmax is left out
        return nn.Sequential(nn.Linear(channels, layer.units), *relu)
    return {"Flatten": nn.Flatten, "Dropout": lambda: nn.Dropout(layer.rate)}[kind]()


LEARNED, LEARNED_HERE = ("Conv2D", "BatchNormalization", "Dense"), (nn.Conv2d, nn.BatchNorm2d, nn.Linear)


@torch.no_grad()
def copy(layer, part: nn.Module) -> None:
    """Weights of a layer into its module; a Dense layer's inputs keep their order, so none may stand behind a Flatten of maps."""
    values = [torch.from_numpy(w) for w in layer.get_weights()]
    if isinstance(part, nn.BatchNorm2d):
        places = [part.weight, part.bias, part.running_mean, part.running_var]
    else:
        values[0] = values[0].permute(3, 2, 0, 1) if isinstance(part, nn.Conv2d) else values[0].T
        places = [part.weight, part.bias][:len(values)]
    for place, value in zip(places, values, strict=True):
        place.copy_(value)


class Translated(nn.Module):
    """Runs the modules along the graph of the model they come from."""

    def __init__(self, model):
        super().__init__()
        self.calls, self.parts = [], nn.ModuleList()
        for call in model.graph.calls:
            if call.inputs:
                kind = type(call.layer).__name__
                if kind == "Activation" and call.layer.activation.__name__ == "softmax":
                    kind = "Same"  # the loss takes logits
                elif kind not in ("Add", "Concatenate"):
                    self.parts.append(module_of(call.layer, call.layer.nodes[0].inputs[0].shape[-1]))
                    kind = len(self.parts) - 1
                self.calls.append((kind, call.inputs, call.outputs[0]))
        self.start, self.end = model.graph.input_slots[0], model.graph.output_slots[0]

    def forward(self, x):
        values = {self.start: x}
        for kind, inputs, output in self.calls:
            read = [values[slot] for slot in inputs]
            if kind == "Same":
                values[output] = read[0]
            elif kind == "Add":
                values[output] = sum(read[1:], read[0])
            else:
                values[output] = torch.cat(read, 1) if kind == "Concatenate" else self.parts[kind](read[0])
        return values[self.end]


def translated(model, same_weights: bool = False) -> Translated:
    """The torch network, with the model's own weights if they shall be the same; an error unless it has as many parameters."""
    made = Translated(model)
    if same_weights:
        layers = [call.layer for call in model.graph.calls if call.inputs and type(call.layer).__name__ in LEARNED]
        parts = [m for m in made.modules() if isinstance(m, LEARNED_HERE)]
        for layer, part in zip(layers, parts, strict=True):
            copy(layer, part)
    ours, theirs = zoo.parameters(model), sum(p.numel() for p in made.parameters())
    if ours != theirs:
        raise ValueError(f"{ours} parameters in nabi, {theirs} in torch")
    return made
