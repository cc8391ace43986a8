"""Companions: packages that scripts import beside Keras and that are not installed: small stand-ins, or a sentence of advice."""
