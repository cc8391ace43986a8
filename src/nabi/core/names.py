"""Names: a class's name as the name of a thing, by Keras' rule: MaxPooling2D -> max_pooling2d, KLDivergence -> kl_divergence."""

import re


def snake_case(name: str) -> str:
    """A class's name in small letters with underscores between its words.

    Example:
        >>> snake_case("MaxPooling2D"), snake_case("KLDivergence")
        ('max_pooling2d', 'kl_divergence')

    Source: Keras 3, utils/naming.py, to_snake_case.
    """
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
