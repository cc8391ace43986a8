"""Fused kernels: Numba loops over NumPy views of tensors. Imported only through `nabi.kernels.jit.load`.

Loops have one output per inner loop where they can: LLVM's vectoriser gives up on many pointers. A bfloat16 number is an int16
bit pattern here, the upper half of a float32.
"""
