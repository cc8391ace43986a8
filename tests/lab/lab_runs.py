"""A small run that several tests read: the lectures' dense net, two epochs on the embedded digits."""

from nabi import lab

RECIPE = lab.Recipe(data="digits", model="lecture-dense", epochs=2, seed=3, name="small")


def trained(folder) -> lab.Run:
    """Trains it in a folder."""
    return lab.train(RECIPE, folder, verbose=0)
