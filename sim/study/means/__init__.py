"""Arithmetic on the means of a scenario's inputs.

months                 the months of the horizon, and means over them
findings               what comes of it all
loads                  what is asked of stages
goods, trains          who asks: boxes of supplies; trains of services and of others
capacities             what stages can do
equipment              empties and wagons that are there, against those that are needed
bound                  the flow that no run can exceed
"""
