"""The examples of the docstrings hold, and every public function has one."""

import doctest
import importlib
import pkgutil

import pytest

import imagebuilder_strategies

MODULES = [module.name for module in pkgutil.iter_modules(imagebuilder_strategies.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name: str) -> None:
    module = importlib.import_module(f"imagebuilder_strategies.{name}")
    assert doctest.testmod(module, raise_on_error=True).failed == 0


@pytest.mark.parametrize("name", imagebuilder_strategies.__all__)
def test_what_is_public_has_a_docstring_with_an_example(name: str) -> None:
    public = getattr(imagebuilder_strategies, name)
    assert public.__doc__
    if not isinstance(public, type):
        assert "Examples:" in public.__doc__
        assert ">>>" in public.__doc__
