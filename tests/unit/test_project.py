"""What must hold of the project as a whole: its files, its documents, its dependencies."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from recovery.settings import Settings

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "tests" / "contract" / "specs"
#: Spelled in two halves, so that this file may be searched like all others.
HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "/simple" + "/", "--index" + "-url"]
MARKERS = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"]))
MACHINE_PATH = re.compile(r"(?<![\w./:}])/(?:home|Users|root|opt|work|tmp|mnt)/\w")
PICTURES = {".png"}
SOURCES = {".py", ".toml", ".md", ".html", ".css", ".js", ".sh", ".mako", ""}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    texts = [file for file in files if file.is_file() and file.suffix not in PICTURES]
    return [file for file in texts if SPECS not in file.parents]


def _lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def _modules() -> list[Path]:
    return [
        file
        for file in _tracked()
        if file.suffix == ".py" and file.relative_to(ROOT).parts[0] in {"recovery", "flows"}
    ]


def _settings(model: type[BaseModel] = Settings, prefix: str = "RECOVERY_") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _settings(inner, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper()


def test_no_file_names_a_registry() -> None:
    pattern = re.compile("|".join(map(re.escape, HOSTS)))
    assert _lines_with(pattern, _tracked()) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert _lines_with(MACHINE_PATH, _tracked()) == []


def test_nothing_is_left_for_later_in_the_sources() -> None:
    assert _lines_with(MARKERS, [file for file in _tracked() if file.suffix in SOURCES]) == []


def test_every_module_says_why_it_exists() -> None:
    silent = [
        str(module.relative_to(ROOT))
        for module in _modules()
        if not ast.get_docstring(ast.parse(module.read_text("utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("document", [".env.example", "README.md"])
def test_a_document_names_every_setting_and_no_other(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    assert set(re.findall(r"\bRECOVERY_[A-Z_]*[A-Z]\b", text)) == set(_settings())


def test_the_example_settings_are_valid_as_they_are() -> None:
    example = Settings(_env_file=ROOT / ".env.example")  # type: ignore[call-arg]
    assert example.live_sending is False
    assert example.live_deleting is False


@pytest.mark.parametrize("spec", sorted(SPECS.iterdir()), ids=lambda spec: spec.name)
def test_a_vendors_specification_can_be_read(spec: Path) -> None:
    text = spec.read_text("utf-8")
    parsed = json.loads(text) if spec.suffix == ".json" else yaml.safe_load(text)
    assert parsed["openapi"].startswith("3.")
    assert parsed["paths"]


def test_every_import_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {_name(line) for line in project["dependencies"]}
    distributions = packages_distributions()
    undeclared = {
        package
        for package in _imported()
        if not declared & {_name(distribution) for distribution in distributions[package]}
    }
    assert undeclared == set()


def _name(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return name[0].lower().replace("_", "-")


def _imported() -> set[str]:
    found: set[str] = set()
    for module in _modules():
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    packages = {name.partition(".")[0] for name in found}
    return packages - sys.stdlib_module_names - {"recovery", "flows"}


def test_every_dependency_is_locked_with_a_hash() -> None:
    for name in ("run", "dev", "build"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        pinned = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
        blocks = re.findall(r"^[\w.\[\]-]+==.*\\\n    --hash=sha256:\w{64}", text, re.MULTILINE)
        assert pinned
        assert len(blocks) == len(pinned)
