"""ProgbarLogger: the progress display as a callback that is given to `fit`, with the arguments of Keras 1 and 2.

    20/20 ━━━━━━━━━━━━━━━━━━━━ 1s 41ms/step        count_mode="steps"
    640/640 ━━━━━━━━━━━━━━━━━━━━ 1s 1ms/sample     count_mode="samples"

Source: keras.callbacks.ProgbarLogger; Keras 3 has dropped its arguments, but not their description. `fit`, `evaluate` and
`predict` show a `Progress` by themselves; this class is for those who ask for it, or want samples counted.
"""

from typing import Any, TextIO

from nabi.callbacks.progress import Progress
from nabi.core.errors import ArgumentError
from nabi.core.registry import register


@register("callback")
class ProgbarLogger(Progress):
    """Shows the run as `verbose` says: 0 nothing, 1 a bar, 2 one line an epoch, "auto".

    Args:
        count_mode: "steps" counts batches; "samples" counts samples, where the batch size is known.
        stateful_metrics: accepted as in Keras 2; every metric is shown as it stands, none is averaged over batches again.
        stream: where to write; None is standard output, or the notebook's cell.

    Example:
        >>> import sys
        >>> progress = ProgbarLogger("samples", stream=sys.stdout)
        >>> progress.set_params({"verbose": 2, "epochs": 2, "steps": 3, "batch_size": 32, "samples": 80})
        >>> progress.on_train_begin()
        >>> progress.on_epoch_begin(0)
        >>> for batch in range(3):
        ...     progress.on_train_batch_end(batch, {"loss": 0.5})
        >>> progress.on_epoch_end(0, {"loss": 0.5})                         # doctest: +ELLIPSIS
        Epoch 1/2 - 80/80 - 0s - ...s/sample - ... images/s - loss: 0.5000

    Raises:
        ArgumentError: another count_mode.
    """

    def __init__(self, count_mode: str = "steps", stateful_metrics: Any = None, *, stream: TextIO | None = None):
        super().__init__("auto", stream)
        if count_mode not in ("steps", "samples"):
            raise ArgumentError("ProgbarLogger(count_mode)", "'steps' or 'samples'", repr(count_mode))
        listed = isinstance(stateful_metrics, list | tuple | set)
        if stateful_metrics is not None and not (listed and all(isinstance(name, str) for name in stateful_metrics)):
            raise ArgumentError("ProgbarLogger(stateful_metrics)", "a list of metrics' names, or None", repr(stateful_metrics))
        self.count_mode = count_mode
        self.stateful_metrics = stateful_metrics

    def set_params(self, params):
        super().set_params(params)
        params = params or {}
        self.mode = params.get("verbose", "auto")
        size = params.get("batch_size") if self.count_mode == "samples" else None
        self._counted = {"unit": "sample", "each": size, "most": params.get("samples")} if size else {}
