"""The processor that a stage's function runs on, and whether what is packaged was made for it.

`python -m zappa_xray.deployment.architecture STAGE` prints the platform whose wheels uv is to install,
or all that is wrong with the stage in zappa_settings.json, before Zappa reads it.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from zappa_xray.deployment.keys.faults import key_faults, lacks
from zappa_xray.stages import stages

DEFAULT = "x86_64"  # Zappa's
# Amazon Linux 2023, on which Lambda's Pythons run, has glibc 2.34:
# https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html
PLATFORMS = {"x86_64": "x86_64-manylinux_2_34", "arm64": "aarch64-manylinux_2_34"}
# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
HEADER_BYTES = 20
MACHINES = {62: "x86_64", 183: "arm64"}
LONGEST_LIST = 5


def architecture(settings: Mapping[str, Any]) -> str:
    """Return `architecture` of a stage's settings. Raises ValueError when Lambda has none of that name."""
    named = settings.get("architecture", DEFAULT)
    if named not in tuple(PLATFORMS):
        choices = " or ".join(f'"{name}"' for name in PLATFORMS)
        raise ValueError(
            f"architecture in zappa_settings.json has to be {choices}, it is {named!r}"
        )
    return str(named)


def machine(header: bytes) -> str | None:
    """Return which processor a binary is for by its first HEADER_BYTES, None for another file."""
    if not header.startswith(b"\x7fELF") or len(header) < HEADER_BYTES:
        return None
    number = int.from_bytes(header[18:20], "little")
    return MACHINES.get(number, f"the processor {number} of ELF")


def installed_binaries(packages: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each shared library below a folder of packages: its name, and how it begins."""
    for path in sorted(packages.rglob("*.so*")):
        if is_binary(path.name) and path.is_file():
            with path.open("rb") as file:
                yield str(path.relative_to(packages)), file.read(HEADER_BYTES)


def packaged_binaries(package: ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield each shared library of a package: its name, and how it begins."""
    for name in filter(is_binary, package.namelist()):
        with package.open(name) as file:
            yield name, file.read(HEADER_BYTES)


def is_binary(name: str) -> bool:
    return ".so" in Path(name).suffixes


def architecture_faults(binaries: Iterable[tuple[str, bytes]], wanted: str) -> list[str]:
    """Return the sentence that names what was made for another processor, nothing when all fits."""
    wrong = [
        f"{name} (for {found})"
        for name, header in binaries
        if (found := machine(header)) not in (wanted, None)
    ]
    if not wrong:
        return []
    more = len(wrong) - LONGEST_LIST
    listed = ", ".join([*wrong[:LONGEST_LIST], *([f"and {more} more"] if more > 0 else [])])
    return [
        f"the function runs on {wanted}, and cannot load {listed}. make package, deploy and update"
        " install what `architecture` in zappa_settings.json names; what lies in the service's own"
        " folder has to be built for it"
    ]


def refuse(stage: str, settings: Mapping[str, Any]) -> None:
    """Raise ValueError with all that is wrong with a stage's keys, if anything is."""
    if faults := [*key_faults(settings), *lacks(stage, settings)]:
        listed = "\n".join(f"- {fault}" for fault in faults)
        raise ValueError(f"zappa_settings.json, stage {stage}:\n{listed}")


def main() -> int:
    try:
        named = stages(Path("zappa_settings.json"))
        if sys.argv[1] not in named:
            raise ValueError(f"zappa_settings.json has no stage {sys.argv[1]}: {', '.join(named)}")
        refuse(sys.argv[1], named[sys.argv[1]])
        print(PLATFORMS[architecture(named[sys.argv[1]])])
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
