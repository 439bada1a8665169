"""Packed integer keys: one integer says log, batch and line, and ranges of them are what a page reads.

leaf       log << 32 | index
admission  log << 32 | size reached
household  log << 32 | number
batch      log << 16 | number of the batch in its log, from 1
sheet      batch << 12 | edition
payout     batch << 24 | line on the sheet, from 1
reading    household << 6 | way to type the name
typed      log << 40 | up to eight letters of five bits
"""

from __future__ import annotations

from hashlib import sha256

_LOG_BITS = 32
_BATCH_BITS = 16
_EDITION_BITS = 12
_LINE_BITS = 24
_SPELLING_BITS = 6
_LETTER_BITS = 5
_MOST_LETTERS = 8
_PAYOUT_BITS, _READING_BITS = _BATCH_BITS + _LINE_BITS, _LOG_BITS + _SPELLING_BITS

# The list of tables: a test holds it to the classes of the schema, and everybody else reads it here.
FOLDED = {  # children first: changes and incidents name leaves, readings households, sheets batches
    "change": _LOG_BITS,
    "incident": _LOG_BITS,
    "notice": _LOG_BITS,
    "enclosure": _LOG_BITS,
    "annual": _LOG_BITS,
    "reading": _READING_BITS,
    "household": _LOG_BITS,
    "payout": _PAYOUT_BITS,
    "sheet": _BATCH_BITS + _EDITION_BITS,
    "batch": _BATCH_BITS,
}
OF_LOGS = {"leaf": _LOG_BITS, "admission": _LOG_BITS, **FOLDED}
"""Tables whose rows are each a log's, and how many bits of a key stand below the log's number."""

TABLES = ("state", "log", *OF_LOGS, "register_line", "trust_file")


def in_log(log: int, number: int) -> int:
    """Key of a leaf, an admission or a household."""
    return log << _LOG_BITS | number


def number_of(key: int) -> int:
    """Index of a leaf, number of a household."""
    return key & (1 << _LOG_BITS) - 1


def log_of(key: int) -> int:
    """The log of a leaf or household key."""
    return key >> _LOG_BITS


def span_of(table: str, log: int) -> tuple[int, int]:
    """First and last key of a log in a table, for BETWEEN."""
    return _span(log, OF_LOGS[table])


def log_span(log: int) -> tuple[int, int]:
    """All leaves of a log, and whatever has keys like theirs."""
    return _span(log, _LOG_BITS)


def batch_key(log: int, number: int) -> int:
    """Key of a batch."""
    return log << _BATCH_BITS | number


def batch_span(log: int) -> tuple[int, int]:
    """All batches of a log."""
    return _span(log, _BATCH_BITS)


def sheet_key(batch: int, edition: int) -> int:
    """Key of one edition."""
    return batch << _EDITION_BITS | edition


def sheet_span(log: int) -> tuple[int, int]:
    """All sheets of a log."""
    return _span(log, _BATCH_BITS + _EDITION_BITS)


def line_key(batch: int, line: int) -> int:
    """Key of one line of a batch."""
    return batch << _LINE_BITS | line


def line_of(key: int) -> int:
    """The line number in a payout key."""
    return key & (1 << _LINE_BITS) - 1


def batch_of_line(key: int) -> int:
    """The batch in a payout key."""
    return key >> _LINE_BITS


def line_span(batch: int) -> tuple[int, int]:
    """All lines of a batch."""
    return _span(batch, _LINE_BITS)


def payout_span(log: int) -> tuple[int, int]:
    """All lines of a log."""
    return _span(log, _PAYOUT_BITS)


def log_of_batch(batch: int) -> int:
    """The log a batch key belongs to."""
    return batch >> _BATCH_BITS


def reading_key(household: int, number: int) -> int:
    """Key of one way to type a household's name; `number` from 0, below 64."""
    return household << _SPELLING_BITS | number


def reading_span(log: int) -> tuple[int, int]:
    """All readings of a log."""
    return _span(log, _READING_BITS)


def typed_key(log: int, letters: str) -> int:
    """Letters of a name in its log as one number that sorts like the text: five bits a letter, A = 1."""
    return typed_span(log, letters)[0]


def typed_span(log: int, letters: str) -> tuple[int, int]:
    """All typed keys of a log that begin with these letters."""
    code = 0
    for letter in letters:
        code = code << _LETTER_BITS | ord(letter) - 64
    below = _LETTER_BITS * (_MOST_LETTERS - len(letters))
    first = log << _LETTER_BITS * _MOST_LETTERS | code << below
    return first, first + (1 << below) - 1


def letter_typed(key: int, place: int) -> str:
    """The letter at a place (from 0) of a typed key, "" behind the last."""
    if place >= _MOST_LETTERS:
        return ""
    code = key >> _LETTER_BITS * (_MOST_LETTERS - 1 - place) & (1 << _LETTER_BITS) - 1
    return chr(code + 64) if code else ""


def mark_of(household: str) -> int:
    """Up to 63 bits of the county's keyed hash: enough to tell households apart.

    The hash is random letters a to p, so a part of it serves as well as the whole.
    """
    try:
        return int(household[-13:], 26) + 1  # 26 ** 13 < 2 ** 63
    except ValueError:  # another alphabet
        return int.from_bytes(sha256(household.encode()).digest()[:8]) >> 1 or 1


def _span(of: int, bits: int) -> tuple[int, int]:
    return of << bits, (of + 1 << bits) - 1
