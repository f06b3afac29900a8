"""The tables of the scenario language, one kind of thing a module; `vocabulary` has them all."""
