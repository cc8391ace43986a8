"""idx: reader and writer of MNIST's file format; see `nabi.pictures.idx`, which it is."""

from nabi.pictures.idx import DTYPES, GZIP_MAGIC, MAX_BYTES, header, read, write

__all__ = ["DTYPES", "GZIP_MAGIC", "MAX_BYTES", "header", "read", "write"]
