"""The functions and modules that zappa_settings.json names by their dotted paths: are they there?"""

import ast
import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

IN_LAMBDA_ONLY = "handler"  # Zappa's own module, which is nowhere but in the package


def named_functions(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each function that a stage's settings name: the key that names it, and its path.

    https://github.com/zappa/Zappa#advanced-settings
    """
    triggers = settings.get("cognito", {}).get("triggers", [])
    for key, entries in (
        ("events", settings.get("events", [])),
        ("bot_events", settings.get("bot_events", [])),
        ("cognito", triggers),
        ("authorizer", [settings.get("authorizer", {})]),
    ):
        yield from ((key, entry["function"]) for entry in entries if entry.get("function"))
    if settings.get("exception_handler"):
        yield "exception_handler", settings["exception_handler"]
    yield from ((f"callbacks.{key}", path) for key, path in settings.get("callbacks", {}).items())


def missing_names(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what a stage's settings name and what is not there: the key, the path, what is wrong.

    Imports the modules of the functions, so Django has to be set up.
    """
    for key, path in named_functions(settings):
        if wrong := fault_of_function(path):
            yield key, path, wrong
    for key, fault in (("lambda_handler", fault_of_handler), ("django_settings", fault_of_module)):
        if settings.get(key) and (wrong := fault(settings[key])):
            yield key, settings[key], wrong


def fault_of_function(path: str) -> str:
    """Return what keeps Zappa from calling the function at a dotted path, nothing if all is well."""
    module, _, name = path.rpartition(".")
    if wrong := fault_of_module(module):
        return wrong
    try:
        loaded = importlib.import_module(module)
    except Exception as error:
        return f"{module} cannot be imported: {type(error).__name__}: {error}"
    if not hasattr(loaded, name):
        return f"{module} has no {name}{perhaps(name, list(vars(loaded)))}"
    return "" if callable(getattr(loaded, name)) else f"{path} is nothing that can be called"


def fault_of_handler(path: str) -> str:
    """Return what is wrong with `lambda_handler`, whose module only Lambda can import."""
    module, _, name = path.rpartition(".")
    if module == IN_LAMBDA_ONLY:
        return ""
    if wrong := fault_of_module(module):
        return wrong
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        return ""
    names = names_bound_in(Path(found.origin))
    return "" if name in names else f"{module} has no {name}{perhaps(name, names)}"


def fault_of_module(module: str) -> str:
    """Return why there is no module of that dotted path, nothing if there is one."""
    if not module:
        return "a path has the form module.function"
    parent = module.rpartition(".")[0]
    if parent and (wrong := fault_of_module(parent)):
        return wrong
    try:
        found = importlib.util.find_spec(module)
    except Exception as error:  # of the package that holds it: it is imported for this
        return f"{parent or module} cannot be imported: {type(error).__name__}: {error}"
    return "" if found else f"there is no module {module}"


def names_bound_in(file: Path) -> list[str]:
    """Return the names that the top level of a module's source gives a value."""
    names = []
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.alias):
            names.append(node.asname or node.name)
    return names


def perhaps(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, n=1)
    return f" (perhaps {close[0]}?)" if close else ""
