"""Who imports whom, read from the sources: in functions and for types only as well."""

import ast
from collections.abc import Iterator
from pathlib import Path

Imports = dict[str, set[str]]  # by module: the modules, and names of modules, that it imports


def imports_below(package: Path) -> Imports:
    """Return what each module of a package imports, with a package's `__init__` by its own name."""
    return {
        _name(file, package.parent): set(_imported(file, package.parent))
        for file in sorted(package.rglob("*.py"))
    }


def _name(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _imported(file: Path, root: Path) -> Iterator[str]:
    folder = file.parent.relative_to(root).parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = folder[: len(folder) - node.level + 1] if node.level else ()
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def between_modules(imports: Imports) -> Imports:
    """Return the modules among `imports` that each of them imports, itself or a name of theirs."""
    return {
        module: {found for name in names if (found := _module(name, imports))} - {module}
        for module, names in imports.items()
    }


def _module(name: str, imports: Imports) -> str | None:
    return next((one for one in (name, name.rpartition(".")[0]) if one in imports), None)
