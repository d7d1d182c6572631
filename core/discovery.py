"""Finding what a package holds: a new check, job, command or site is a new file, nothing else."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def modules(package: str) -> dict[str, ModuleType]:
    """Import and return the modules of a package by name, in alphabetical order."""
    parent = import_module(package)
    names = sorted(module.name for module in iter_modules(parent.__path__))
    return {name: import_module(f"{package}.{name}") for name in names}
