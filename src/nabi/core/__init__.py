"""Errors, shapes, randomness, precision, registry, configuration: what every other part stands on."""
