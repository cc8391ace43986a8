"""Device: what the processor can do, and what "auto" precision makes of it."""

from functools import cache


@cache
def cpu_flags() -> frozenset[str]:
    """Instruction sets of the processor as Linux lists them; empty elsewhere."""
    try:
        with open("/proc/cpuinfo") as info:
            for line in info:
                if line.startswith("flags"):
                    return frozenset(line.split(":", 1)[1].split())
    except OSError:  # no Linux, or /proc is closed to us: nothing is known, so nothing is taken for granted
        pass
    return frozenset()


@cache
def native_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself (AMX or AVX512-bf16), and oneDNN is not held to less."""
    import os

    held = os.environ.get("ONEDNN_MAX_CPU_ISA", os.environ.get("DNNL_MAX_CPU_ISA", "")).upper()
    if held and held not in ("ALL", "DEFAULT") and "BF16" not in held and "AMX" not in held and "AVX10" not in held:
        return False
    return bool({"amx_bf16", "avx512_bf16"} & cpu_flags())
