"""Characters a phone may not have (生僻字): Hanzi outside GBK, which every phone's fonts cover."""

from __future__ import annotations

from collections.abc import Iterable


def rare_characters(texts: Iterable[str]) -> str:
    """Rare Hanzi of these texts, each once and in code order: 㛃 䶮 𬭎."""
    return "".join(sorted({char for text in texts if not text.isascii() for char in text if is_rare(char)}))


def is_rare(char: str) -> bool:
    """Whether a character is a Hanzi that GBK (GB 13000.1's 20,902 and older ones) does not have."""
    hanzi = "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"
    return hanzi and not char.encode("gbk", "ignore")


def unicode_range(chars: str) -> str:
    """These characters as CSS says them: U+36C3, U+4DAE, U+2CB4E."""
    return ", ".join(f"U+{ord(char):X}" for char in chars)
