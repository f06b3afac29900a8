"""Whether this machine can compile the corridor."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path


def missing() -> list[str]:
    """What a C extension needs and is not there: the compiler that Python names, its headers."""
    compiler = str(sysconfig.get_config_var("CC") or "cc").split()[0]
    header = Path(sysconfig.get_path("include")) / "Python.h"
    found = [] if shutil.which(compiler) else [compiler]
    return found if header.exists() else [*found, str(header)]
