"""What every study does on the command line: keep its runs, choose its engine, tell of both."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.faults import UserError, tell_kept
from sim.cli.options import Where

if TYPE_CHECKING:
    from sim.study.engine import Setup

VARIABLE = "STEPPE_STORE"
DEFAULT = Path("runs", ".store")


@contextmanager
def studying(where: Where, jobs: int | None, *, single: bool = False) -> Iterator[None]:
    """Around a study: all runs inside are kept and made as the options say.

    A single run is a folder of its own, and is kept besides only where a store is named.  Where
    there will be workers they get ready while the scenarios are read.

    Raises:
        UserError: options that do not go together, a cluster that cannot be used.
        ResultsError: runs cannot be kept in the folder named.
    """
    if where.scheduler is None and where.engine == "dask":
        raise UserError("--engine dask needs --scheduler, such as tcp://10.0.0.1:8786")
    if where.scheduler is not None and where.engine == "processes":
        raise UserError("--scheduler is a cluster's and --engine processes has none; give one")
    from sim.study.chunks import ModelDiffersError
    from sim.study.cluster import ClusterError
    from sim.study.engine import default_jobs, using

    if where.scheduler is None and not single and (jobs or default_jobs()) > 1:
        from sim.study.processes import get_ready

        get_ready()
    try:
        with using(_folder(where, single), fresh=where.fresh, scheduler=where.scheduler) as setup:
            try:
                yield
            except KeyboardInterrupt:
                tell_kept(_kept(setup))
                raise
    except (ClusterError, ModelDiffersError) as error:
        raise UserError(str(error)) from error


def _folder(where: Where, single: bool) -> Path | None:
    if where.store is not None:
        return where.store
    if single:
        return None
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if DEFAULT.is_dir() or os.access(_nearest(DEFAULT), os.W_OK):
        return DEFAULT
    print(f"runs are not kept: {DEFAULT.parent} cannot be written here", file=sys.stderr)
    return None


def _nearest(path: Path) -> Path:
    """The nearest folder above that there is."""
    return next(p for p in path.absolute().parents if p.is_dir())


def _kept(setup: Setup) -> str:
    if setup.store is None or not setup.store.put_in:
        return ""
    n = setup.store.put_in
    return (
        f"{n:,} finished run{'s' if n > 1 else ''} kept in {setup.store.folder}; "
        "the same command goes on from there"
    )
