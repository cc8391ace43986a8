"""Names: what `import keras` finds: the finder, the table of paths, and names that nabi's own modules do not have."""
