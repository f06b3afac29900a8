"""Makes the builder of made-up runs importable for the tests of pictures."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "results"))
