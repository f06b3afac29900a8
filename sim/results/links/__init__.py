"""One step back from a wait to what it came of, for each kind of cause.

link                 a wait that is traced, and the link that is found for it
queues               trains before it, and what made them so many
closures             what was closed, by an event or by its hours
places               what stood on tracks and places that were full, or in a yard
equipment            where wagons and empty boxes stood
rooms                trains without room for all boxes
rules                rules, and what ends a chain by its nature
"""
