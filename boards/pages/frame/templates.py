"""Templates as text: messages and icons are put in once per language, before anything is compiled.

A template says `{{ _("共{count}户") }}`: the message is looked up when the program starts and the
names in braces become template variables (escaped like any other), so a page costs no lookup;
of a message with two forms the page chooses by its number.
Messages may hold `<b>`; they come from this package, never from data.

The template of a page is its title, head and main with BETWEEN between them, not blocks: the engine keeps
room for hundreds of instructions in each. A comment ends it, since the engine drops a file's last newline.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from typing import Final

from boards.pages.frame.drawings import icon, picture
from boards.pages.frame.tongue import BLANK, Counted

MESSAGE: Final = re.compile(r'\{\{ _\("([^"]+)"\) \}\}')
ICON: Final = re.compile(r'\{\{ icon\("(\w+)"\) \}\}')
PICTURE: Final = re.compile(r'\{\{ picture\("(\w+)"\) \}\}')


def template_texts() -> dict[str, str]:
    """Every template of this package by name, as written."""
    folder = files("boards.pages").joinpath("templates")
    return {f.name: f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".html")}


def spoken(source: str, say: Callable[[str], str]) -> str:
    """Template in one language, its icons drawn."""
    text = MESSAGE.sub(lambda m: _drawn(say(m[1])), source)
    text = PICTURE.sub(lambda m: picture(m[1]), text)
    return ICON.sub(lambda m: icon(m[1]), text)


def _drawn(told: str) -> str:
    text = BLANK.sub(r"{{ \1 }}", told)
    if not isinstance(told, Counted):
        return text
    one = BLANK.sub(r"{{ \1 }}", told.one)
    return f'{{%+ if {told.blank} in [1, "1"] %}}{one}{{% else %}}{text}{{% endif +%}}'
