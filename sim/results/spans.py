"""Spans of time in hours, which all times of the tables are in."""

DAY = 24.0
WEEK = 7.0 * DAY
YEAR = 365.0 * DAY
