"""Which packages of uv.lock a function does without: `python -m zappa_xray.deployment.unneeded`.

Prints them as options of `uv export`. What the service asks for itself is not among them; where its
code imports one of them without asking for it, that is said and nothing is printed.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included
IN_LAMBDA = frozenset({"boto3", "botocore"})
# What these packages ask for and use only in their commands, on the machine that deploys.
FOR_COMMANDS: dict[str, set[str]] = {
    "zappa": {
        *("argcomplete", "boto3", "hjson", "jmespath", "pip", "placebo", "python-dateutil"),
        *(
            "python-slugify",
            "pyyaml",
            "requests",
            "setuptools",
            "toml",
            "tqdm",
            "troposphere",
            "wheel",
        ),
    },
    "drf-spectacular": {"jsonschema"},
}
FOLDERS_OF_OTHERS = frozenset({"tests", "vendor"})

Packages = Mapping[str, Mapping[str, Any]]


def unneeded(packages: Packages, service: str) -> set[str]:
    """Return the packages that only Lambda's runtime or others' commands would need.

    `packages` are those of uv.lock by name, `service` is the name of the service's own.
    """
    installed = set(needed(packages, service, {}, frozenset()))
    return installed - set(needed(packages, service, FOR_COMMANDS, IN_LAMBDA))


def needed(
    packages: Packages, service: str, unused: Mapping[str, set[str]], there: frozenset[str]
) -> Iterator[str]:
    """Yield all that `service` asks for, and what that asks for.

    unused  what a package asks for in vain
    there   what is there already, with all that it needs
    """
    done = set()
    waiting = [(service, "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in done:
            continue
        done.add((name, extra))
        yield name
        for wanted in asked_for_by(packages.get(name, {}), extra):
            if wanted["name"] not in there | unused.get(name, set()):
                waiting += [(wanted["name"], extra) for extra in ("", *wanted.get("extra", []))]


def asked_for_by(package: Mapping[str, Any], extra: str) -> list[Mapping[str, Any]]:
    if not extra:
        return list(package.get("dependencies", []))
    return list(package.get("optional-dependencies", {}).get(extra, []))


def imports_of(names: set[str], folder: Path) -> Iterator[str]:
    """Yield `file:line imports package` for what the service's own modules import of these packages."""
    owners = packages_distributions()
    for file in sorted(modules_of_its_own(folder)):
        for module, line in modules_imported_by(file.read_bytes()):
            distributions = {name.lower() for name in owners.get(module, [])}
            if distributions and distributions <= names:
                yield f"{file.relative_to(folder)}:{line} imports {module}, which is here for the command line only"


def modules_of_its_own(folder: Path) -> Iterator[Path]:
    """Yield the modules below a service's folder that are neither others' nor hidden."""
    for place, folders, files in folder.walk():
        others = FOLDERS_OF_OTHERS if place == folder else frozenset()
        folders[:] = [name for name in folders if name not in others and name[0] != "."]
        yield from (place / name for name in files if name.endswith(".py") and name[0] != ".")


def modules_imported_by(source: bytes) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno


def main() -> int:
    locked = tomllib.loads(Path("uv.lock").read_text())["package"]
    packages = {package["name"]: package for package in locked}
    service = next(package["name"] for package in locked if package["source"].get("virtual") == ".")
    names = unneeded(packages, service)
    if strange := list(imports_of(names - IN_LAMBDA, Path.cwd())):
        lines = [*strange, "Ask for it, as in `uv add requests`, and it comes into the package."]
        print("\n".join(lines), file=sys.stderr)
        return 1
    print(*(f"--prune={name}" for name in sorted(names)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
