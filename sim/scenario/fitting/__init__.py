"""Whether the tables of a scenario fit each other: one subject a module.

checked              the scenario, and how what is wrong is said
places, positions, trains, goods, gauges, crossings, events, figures, plausible
"""
