"""Decision rules that a scenario chooses by name; each answers one question."""

from sim.policies.crossing import CROSSING
from sim.policies.dispatch import DISPATCH
from sim.policies.empties import EMPTIES
from sim.policies.order import ORDER
from sim.policies.registry import Registry, UnknownRuleError

__all__ = ["CROSSING", "DISPATCH", "EMPTIES", "ORDER", "Registry", "UnknownRuleError"]
