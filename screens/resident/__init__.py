"""The screens a resident sees, one module a step of the visit."""
