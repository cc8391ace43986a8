"""Functions: `K.function([inputs], [outputs])`: what layers make of given data.

    features = K.function([model.input, K.learning_phase()], [model.layers[2].output])
    features([x, 0])[0]
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nabi.core.errors import StateError
from nabi.core.symbolic import Symbolic
from nabi.models import Model


def function(inputs: Any, outputs: Any, updates: Any = None, name: str | None = None) -> Callable[[Any], Any]:
    """A function of arrays that gives what the outputs become.

    Args:
        inputs: symbols; the learning phase beside them is a number, for which 1 means training.
        outputs: symbols.

    Raises StateError for outputs that are no symbols of a model.
    """
    given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    wanted = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    places = [place for place, one in enumerate(given) if isinstance(one, Symbolic)]
    for one in wanted:
        if not isinstance(one, Symbolic):
            raise StateError("backend.function(outputs)", "symbols, such as model.layers[2].output", type(one).__name__,
                             "Numbers that are there already need no function.")
    model = Model([given[place] for place in places], wanted)

    def call(values: Any) -> Any:
        read = list(values) if isinstance(values, (list, tuple)) else [values]
        phases = [one for place, one in enumerate(read) if place not in places and place < len(given)]
        data: Any = [np.asarray(read[place]) for place in places]
        training = bool(phases and phases[0])
        made = model(data if len(data) > 1 else data[0], training=training)
        parts = [part.detach().cpu().numpy() for part in (made if isinstance(made, list) else [made])]
        return parts if isinstance(outputs, (list, tuple)) else parts[0]

    return call


def gradients(loss: Any, variables: Any) -> Any:
    """Refused: there is no graph to differentiate before the numbers are there.

    Raises StateError.
    """
    raise StateError("backend.gradients", "numbers, whose way is known", "symbols",
                     "Write `with tf.GradientTape() as tape:` around the computation and tape.gradient(loss, variables); "
                     "nabi.explain has Grad-CAM and saliency maps.")


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """Refused: nabi has no loss of unaligned sequences.

    Raises StateError.
    """
    raise StateError("backend.ctc_batch_cost", "a loss that nabi has", "CTC", "It is not built.")


def ctc_decode(y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1) -> Any:
    """Refused, as `ctc_batch_cost`.

    Raises StateError.
    """
    raise StateError("backend.ctc_decode", "a decoder that nabi has", "CTC", "It is not built.")
