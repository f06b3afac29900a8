"""Decision rules that a scenario chooses by name; each answers one question."""

from sim.policies.admission import ADMISSION
from sim.policies.crossing import CROSSING
from sim.policies.customs import CUSTOMS
from sim.policies.dispatch import DISPATCH
from sim.policies.empties import EMPTIES
from sim.policies.order import ORDER
from sim.policies.port import PORT
from sim.policies.registry import Registry, UnknownRuleError

__all__ = [
    "ADMISSION",
    "CROSSING",
    "CUSTOMS",
    "DISPATCH",
    "EMPTIES",
    "ORDER",
    "PORT",
    "Registry",
    "UnknownRuleError",
]
