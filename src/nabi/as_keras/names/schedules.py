"""Schedules: `keras.optimizers.schedules`: nabi's, and `serialize` and `deserialize` with Keras' arguments."""

from typing import Any

from nabi import schedules
from nabi.as_keras.names.objects import deserializer

globals().update({name: getattr(schedules, name) for name in schedules.__all__})
__all__ = [*schedules.__all__]
deserialize = deserializer(schedules.get)


def serialize(learning_rate_schedule: Any) -> dict[str, Any]:
    """{"class_name", "config"} of a schedule."""
    return schedules.serialize(learning_rate_schedule)
