"""The scenario language: what a person may write, checked and in house units."""

from __future__ import annotations

from sim.scenario.loader import Scenario, load
from sim.scenario.problems import Place, Problem, ScenarioError

__all__ = ["Place", "Problem", "Scenario", "ScenarioError", "load"]
