"""Each command shows one example, and it works as it is printed."""

import shutil

import click
import pytest

from kiosk_server.release import VERSION
from tests.cli.conftest import COMMANDS, GROUPS, command, example, typed

pytestmark = pytest.mark.thorough

SLOW = "kiosk demo"
"""Founds a county of its own: that its example works is what the stories promise."""

BY_THE_DAY = {"county pack", "county pack check", "county pack diff"}
"""From November on the demo's pack lacks the next year's days off, which the check says with exit code 1."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example_its_parser_takes(name):
    """A new command has one too: its words are options and arguments the command knows."""
    words, depth = example(name), len(name.split())
    assert words[:depth] == name.split()
    with command(name).make_context(words[depth - 1], words[depth:]) as context:
        assert isinstance(context, click.Context)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != SLOW])
def test_every_example_works(place, name, serves_nobody, reads_here):
    """On the demo county, typed as it stands below the help."""
    if name == "county init":
        shutil.rmtree("demo-county")
    done = typed(place.words(name))
    assert done.exit_code in ({0, 1} if name in BY_THE_DAY else {0}), done.output


@pytest.mark.parametrize("program", GROUPS)
def test_both_programs_say_the_same_release(program):
    """`--version` is the program's name and the release of all four packages."""
    assert typed([program, "--version"]).output == f"{program} {VERSION}\n"


@pytest.mark.parametrize("words", ["county", "county pack edit", "county trust"])
def test_a_list_of_commands_says_of_each_what_it_does(words):
    """Somebody looks for the command: a whole sentence of each, none cut short."""
    assert (
        "..." not in typed([*words.split(), "--help"]).output.replace("NAME...", "").partition("Commands:")[2]
    )


@pytest.mark.parametrize("program", GROUPS)
def test_a_program_without_words_explains_itself(program):
    """Whoever types the name alone gets the list of commands."""
    done = typed([program])
    assert (done.exit_code, done.output) == (0, typed([program, "--help"]).output)
