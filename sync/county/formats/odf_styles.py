"""The cell styles of an .ods: which strike out, and number formats as other workbooks write them."""

from __future__ import annotations

from sync.county.formats.grid import scales

_NUMBERS = frozenset({"number-style", "currency-style", "percentage-style"})
_LINED = "text-line-through-style"
_THOUSAND = 3  # noughts


class Styles:
    """Takes in the elements of styles one by one."""

    def __init__(self) -> None:
        self.lined, self._codes, self._of_style = set[str](), dict[str, str](), dict[str, str]()
        self._style = self._format = self._code = ""
        self._drawn = 0  # figures behind a point that is only drawn, while its text is read

    def start(self, local: str, given: dict[str, str]) -> None:
        """An element begins, its names without their namespaces."""
        if local == "style":
            self._style = given.get("name", "")
            self._of_style[self._style] = given.get("data-style-name", "")
        elif given.get(_LINED, "none") != "none":
            self.lined.add(self._style)
        elif local in _NUMBERS:
            self._format, self._code = given.get("name", ""), "%" if local.startswith("percentage") else ""
        elif local == "number" and self._format:
            noughts = len(given.get("display-factor", "1")) - 1
            self._code += "0.00" + "," * (noughts // _THOUSAND)
        elif local == "embedded-text" and self._format:
            self._drawn = int(given["position"]) if given.get("position", "").isdigit() else 0

    def text(self, text: str) -> None:
        """Words of a number format; a point among its figures divides what is shown."""
        if self._format and self._drawn and text == ".":
            self._code = self._code.replace("0.00", f"0!.{'0' * self._drawn}", 1)
        elif self._format and text.strip():
            self._code += f'"{text.strip()}"'

    def end(self, local: str) -> None:
        """An element ends."""
        if local in _NUMBERS:
            self._codes[self._format] = self._code
            self._format = ""
        elif local == "embedded-text":
            self._drawn = 0

    def shown_as(self, style: str) -> str:
        """The code of a style's number format, where it shows another figure than is stored; else ""."""
        code = self._codes.get(self._of_style.get(style, ""), "")
        return code if scales(code) else ""
