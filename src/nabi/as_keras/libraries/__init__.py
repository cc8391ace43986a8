"""Libraries: NumPy, pandas, scikit-learn, SciPy and matplotlib with the names and arguments they once had."""
