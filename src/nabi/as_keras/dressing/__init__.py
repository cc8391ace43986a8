"""Dressing: what nabi's classes, torch's tensors and the arrays between them answer to besides while nabi plays Keras."""
