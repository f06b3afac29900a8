"""Compiles the corridor where STEPPE_COMPILE=1, with mypyc, and its loops with Cython.

Otherwise nothing is compiled.
The same sources either way, and the same results to the last bit
(``tests/packaging/test_compiled.py``).
"""

import os
import sys

from setuptools import Extension, setup

# What an event goes through.  What builds the corridor and what makes tables stays as it is: there
# NumPy, polars and the loops do the work.
COMPILED = (
    "admission",
    "ahead",
    "bank",
    "bans",
    "beside",
    "boxes",
    "clock",
    "delivery",
    "emptied",
    "equipment",
    "fifo",
    "gate",
    "journal",
    "ledger",
    "laboratory",
    "liner",
    "lots",
    "movement",
    "profile",
    "queues",
    "rates",
    "recursion",
    "reserve",
    "rows",
    "service",
    "step",
    "stock",
    "streams",
    "supply",
    "terminal",
    "train",
    "unloading",
    "use",
    "waiting",
    "ways",
    "wear",
    "works",
    "written",
    "yard",
)

extensions = []
if os.environ.get("STEPPE_COMPILE") == "1":
    from Cython.Build import cythonize
    from mypyc.build import mypycify

    level = os.environ.get("STEPPE_OPTIMISE", "3")
    sources = [f"sim/corridor/{name}.py" for name in COMPILED]
    extensions = mypycify(
        sources,
        opt_level=level,
        debug_level="0",
        group_name="steppe",
    )
    # A list of its own: mypyc's extensions share theirs.
    loops = Extension(
        "sim.corridor.loops", ["sim/corridor/loops.py"], extra_compile_args=[f"-O{level}"]
    )
    directives = {"boundscheck": False, "wraparound": False, "initializedcheck": False}
    extensions += cythonize(
        [loops], build_dir="build", language_level=3, compiler_directives=directives
    )
    if sys.platform != "win32":
        for extension in extensions:
            # No multiplication and addition in one: it rounds otherwise than Python does.
            # The extensions of a group share their list of arguments.
            if "-ffp-contract=off" not in extension.extra_compile_args:
                extension.extra_compile_args.append("-ffp-contract=off")
                # Functions of the corridor call each other directly; nobody replaces them.
                extension.extra_compile_args += ["-fno-semantic-interposition", "-fno-plt"]

setup(ext_modules=extensions)
