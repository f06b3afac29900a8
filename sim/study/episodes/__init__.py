"""Episodes: what happened in a period, in which scenario, and how the model is held against it.

An episode is a YAML file: the scenario of the period, and rows of one observation each, with the
measure that is the same in a run.
"""

from __future__ import annotations

from sim.study.episodes.check import Observation
from sim.study.episodes.loading import Episode, is_scenario, load_episode

__all__ = ["Episode", "Observation", "is_scenario", "load_episode"]
