"""Scripts: how `nabi run` runs a script or a notebook: its text, its pictures, its runs, a trial's shorter loops."""
