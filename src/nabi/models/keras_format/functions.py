"""Functions: operators and functions of `nabi.ops` on symbols, as Keras 3 writes its own in files, and back.

    2 * x     ->  {"module": "keras.src.ops.numpy", "class_name": "Multiply", "config": {"name": "multiply"}}, on 2 and x

Keras has a class for each function; arguments such as `axis` are the class's, the operands those of its call. Keras 2 wrote
`TFOpLambda` with the name of a function of TensorFlow; the common ones are read.
"""

from typing import Any

from nabi.core.errors import FileError
from nabi.core.registry import names
from nabi.layers.operation import Operation

PLAIN = """abs absolute add arccos arcsin arctan arctan2 ceil cos cosh divide divide_no_nan equal exp expm1 floor floor_divide
    greater greater_equal isfinite isinf isnan less less_equal log log10 log1p log2 logaddexp logical_and logical_not
    logical_or matmul maximum minimum mod multiply negative not_equal outer power ravel reciprocal round sign sin sinh
    sqrt square subtract tan tanh true_divide where get_item""".split()  # operands only
OF_NN = """relu relu6 sigmoid silu softplus softsign elu selu gelu leaky_relu hard_sigmoid softmax log_softmax
    log_sigmoid""".split()
SETTINGS = {  # arguments that belong to the class, in the function's order behind the operands
    "mean": ("axis", "keepdims"),
    "sum": ("axis", "keepdims"),
    "max": ("axis", "keepdims"),
    "min": ("axis", "keepdims"),
    "prod": ("axis", "keepdims"),
    "std": ("axis", "keepdims"),
    "var": ("axis", "keepdims"),
    "any": ("axis", "keepdims"),
    "all": ("axis", "keepdims"),
    "amax": ("axis", "keepdims"),
    "amin": ("axis", "keepdims"),
    "argmax": ("axis", "keepdims"),
    "argmin": ("axis", "keepdims"),
    "concatenate": ("axis",),
    "stack": ("axis",),
    "expand_dims": ("axis",),
    "squeeze": ("axis",),
    "reshape": ("newshape",),
    "transpose": ("axes",),
    "clip": ("x_min", "x_max"),
    "softmax": ("axis",),
    "log_softmax": ("axis",),
    "flip": ("axis",),
    "swapaxes": ("axis1", "axis2"),
    "cumsum": ("axis",),
    "tile": (),
    "repeat": (),
    "leaky_relu": ("negative_slope",),
    "elu": ("alpha",),
    "gelu": ("approximate",),
    "cast": ("dtype",),
    "take": (),
    "roll": ("shift", "axis"),
    "normalize": ("axis", "order"),
}
TENSORFLOW = {  # functions of TensorFlow in files of Keras 2
    "__operators__.add": "add", "math.add": "add", "math.subtract": "subtract", "math.multiply": "multiply",
    "math.truediv": "true_divide", "math.divide": "divide", "math.pow": "power", "math.square": "square", "math.sqrt": "sqrt",
    "math.abs": "abs", "math.exp": "exp", "math.log": "log", "math.negative": "negative", "math.maximum": "maximum",
    "math.minimum": "minimum", "math.reduce_mean": "mean", "math.reduce_sum": "sum", "math.reduce_max": "max",
    "math.reduce_min": "min", "nn.relu": "relu", "nn.softmax": "softmax", "math.sigmoid": "sigmoid", "nn.sigmoid": "sigmoid",
    "math.tanh": "tanh", "nn.tanh": "tanh", "concat": "concatenate", "reshape": "reshape", "expand_dims": "expand_dims",
    "squeeze": "squeeze", "transpose": "transpose", "linalg.matmul": "matmul", "cast": "cast", "nn.silu": "silu",
}  # fmt: skip
RENAMED = {"input_tensor": "x", "a": "x1", "b": "x2", "y": "x2", "shape": "newshape"}


def class_of(function: str) -> str:
    """The class that Keras has for a function.

    Example:
        >>> class_of("expand_dims")
        'ExpandDims'
    """
    return "".join(part.capitalize() for part in function.split("_"))


def split(layer: Operation) -> tuple[list, dict[str, Any]]:
    """Operands of a function's call, and the settings of its class.

    Raises:
        FileError: a function, or a form of it, that is not written.
    """
    name, settings = layer.function, dict(layer.options)
    taken = SETTINGS.get(name, ())
    operands = list(layer.arguments)
    if name not in PLAIN and name not in OF_NN and name not in SETTINGS:
        raise FileError(
            f"writing {layer.label}",
            "a function that can be written for Keras",
            f"ops.{name}",
            "Save it as .safetensors, or put it into a layer of your own.",
        )
    if taken:
        for key, value in zip(taken, operands[1:], strict=False):
            settings[key] = value
        operands = operands[:1]
    return operands, settings


def function_entry(layer: Operation) -> dict[str, Any]:
    """A function of nabi.ops, written like a layer: its class in Keras, its settings, its name."""
    operands, settings = split(layer)
    inside = {key: value for key, value in settings.items() if key in SETTINGS.get(layer.function, ())}
    name = class_of(layer.function)
    module = "keras.src.ops.nn" if layer.function in OF_NN else "keras.src.ops.numpy"
    module = {"cast": "keras.src.ops.core", "divide_no_nan": "keras.src.ops.numpy"}.get(layer.function, module)
    return {"module": module, "class_name": name, "config": {"name": layer.name, **inside}, "registered_name": name}


def function_call(layer: Operation, tensors: list) -> dict[str, Any]:
    """The call of a function, with tensors in the places of its inputs."""
    operands, settings = split(layer)
    inside = SETTINGS.get(layer.function, ())
    written = [operand(value, tensors) for value in operands]
    if layer.function == "get_item" and not isinstance(written[1], list):
        written[1] = [written[1]]
    return {"args": written, "kwargs": {key: operand(value, tensors) for key, value in settings.items() if key not in inside}}


def operand(value: Any, tensors: list) -> Any:
    """One operand in Keras' form."""
    if isinstance(value, list):
        return [operand(part, tensors) for part in value]
    if not isinstance(value, dict):
        return value
    if "input" in value:
        return tensors[value["input"]]
    if "slice" in value:
        return {"class_name": "__slice__", "config": dict(zip(("start", "stop", "step"), value["slice"], strict=True))}
    if "ellipsis" in value:
        return {"class_name": "__ellipsis__", "config": {}}
    return {"class_name": "__numpy__", "config": {"value": value["array"], "dtype": value["dtype"]}}


def named(entry: dict[str, Any]) -> str | None:
    """The function of nabi that an entry of Keras' stands for, None where it is a layer.

    Example:
        >>> named({"class_name": "ExpandDims", "module": "keras.src.ops.numpy"}), named({"class_name": "Dense"})
        ('expand_dims', None)

    Older files have no modules; there a function is told by its configuration, which says neither dtype nor trainable.
    """
    class_name, module = entry["class_name"], entry.get("module")
    bare = isinstance(entry.get("config"), dict) and not {"trainable", "dtype"} & set(entry["config"])
    if ".ops." not in f"{module}." and (
        module is not None or not bare or class_name in ("InputLayer", "Functional", "Sequential")
    ):
        return None
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in class_name).lstrip("_")
    name = {"abs": "abs", "arctan_2": "arctan2"}.get(name, name)
    if name not in names("op"):
        if module is None:
            return None
        raise FileError("model configuration", "a function of nabi.ops", f"{module}.{class_name}", "Build the model in Python.")
    return name


def applied(name: str, arguments: list, options: dict[str, Any], label: str) -> Any:
    """The symbols that a function of a file makes."""
    options = {RENAMED.get(key, key): value for key, value in options.items() if key != "name" and value is not None}
    if name == "get_item" and isinstance(arguments[1], list):
        arguments = [arguments[0], tuple(arguments[1])]
    made = Operation.node(name, tuple(arguments), options)
    layer = (made[0] if isinstance(made, list) else made).node.layer
    layer.name = label
    return made
