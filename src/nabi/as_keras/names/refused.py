"""Refused: public names of Keras 3 that make no sense here: they can be imported; using one is an error that says what to do.

    from keras.layers import JaxLayer          nothing happens
    JaxLayer(function)                         keras.layers.JaxLayer is not part of nabi. ...
"""

from typing import Any, NoReturn

from nabi.core.errors import NotServed

TORCH = "nabi computes with torch: write the function as a layer with call(self, x), or in a Lambda."
BITS = "Weights are float32; compile(precision=\"bfloat16\") computes in fewer bits."
ROWS = {  # names, and what to do instead
    "keras.layers": {"JaxLayer FlaxLayer": TORCH,
                     "ContrastLimitedAdaptiveHistogramEqualization": "Equalization evens out the greys of whole pictures."},
    "keras.callbacks": {"OrbaxCheckpoint": "ModelCheckpoint and BackupAndRestore keep models and runs."},
    "keras.saving": {"KerasFileEditor": "load_model(file), change its weights, save(file)."},
    "keras.export": {"ExportArchive": "model.export(folder) writes a model; model.to_code writes plain Keras or torch."},
    "keras.quantizers": {
        "AWQConfig AbsMaxQuantizer Float8QuantizationConfig GPTQConfig Int4QuantizationConfig Int8QuantizationConfig "
        "QuantizationConfig Quantizer abs_max_quantize abs_max_quantize_grouped_with_zero_point compute_float8_amax_history "
        "compute_float8_scale deserialize fake_quant_with_min_max_vars get pack_int4 quantize_and_dequantize serialize "
        "unpack_int4": BITS},
    "keras": {"Quantizer": BITS},
    "keras.dtype_policies": {
        "AWQDTypePolicy GPTQDTypePolicy Int4DTypePolicy QuantizedDTypePolicy QuantizedFloat8DTypePolicy": BITS},
    "keras.distillation": {"DistillationLoss Distiller FeatureDistillation LogitsDistillation":
                           "A model with a train_step, or add_loss on the teacher's outputs, distils: see the Keras 2 examples."},
}  # fmt: skip


class Refused:
    """A name that can be imported and not used.

    Args:
        path: where it stands in Keras.
        instead: what to do.

    Example:
        >>> Refused("keras.layers.JaxLayer", "")
        <keras.layers.JaxLayer, not part of nabi>
    """

    def __init__(self, path: str, instead: str):
        self.path, self.instead = path, instead

    def __repr__(self) -> str:
        return f"<{self.path}, not part of nabi>"

    def refuse(self, *args: Any, **options: Any) -> NoReturn:
        """Raises NotServed."""
        raise NotServed(f"{self.path} is not part of nabi. {self.instead}")

    __call__ = __mro_entries__ = refuse

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{self.path}.{name} is not part of nabi. {self.instead}", name=name, obj=None)

    def __instancecheck__(self, thing: Any) -> bool:
        return False


def names_of(path: str) -> dict[str, Refused]:
    """The refused names of a module of Keras."""
    return {name: Refused(f"{path}.{name}", instead) for names, instead in ROWS[path].items() for name in names.split()}
