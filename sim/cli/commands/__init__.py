"""The commands, declared: each parses, calls one function, and has it shown."""
