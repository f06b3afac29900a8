"""The parts of a corridor, made from a scenario's tables: one subject a module.

All are given the context.  Each makes its things once, and knows only those in lines above it:

    chains                               how services lead on to each other
    context                              clock, journal, streams, and things made from one value
    yards, lines, works                  what stations and lines have for trains and boxes
    borders                              lines over the border, and what waits before them
    terminals, deliveries, endings       where boxes are stuffed, taken on and unloaded
    routes, empties                      steps of trains; empties that they may take along
    services, supplies, background       what moves
"""
