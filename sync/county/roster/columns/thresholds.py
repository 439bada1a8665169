"""Every threshold of the roster's rooms, with its reason: shares, rows that must speak, limits, weights.

What a header's words weigh stands beside them in `words`, what units come to in `units`.
"""

from __future__ import annotations

from decimal import Decimal

SAMPLE_ROWS = 60
"""Rows that show how a table is made: more than any page holds, few enough to look at again and again."""

SHEET_ROWS = 200
"""Rows of a sheet without a header that are looked at: some pages of it, whatever stands under them."""

EXAMPLE_ROWS = 12
"""A sheet with more rows than this was filled in, whatever it is called."""

LAYOUT_ROWS = 20
"""Rows among which a header stands whose words a clerk's correction is remembered by."""

FRAME_ROWS, FRAME_CELLS = 6, 3
"""Rows at head and foot of a sheet where titles, seals and units stand; one with more cells is the list's."""

PREFACE_ROWS = 12
"""Rows of a sheet without a header that may say what it is about."""

LINES_ABOVE, LINES_OVER = 2, 3
"""Lines above a header: a title and its units; over tables beside each other each has one line more."""

MAY_SUM = 1000
"""Lines like places, which are held each against each of those below: more of them are the list itself."""

RATES_TRIED = 3
"""Of the largest areas, which show a rate most exactly: one of them may be wrong, and so may two."""

# Where a header stands.

LEVELS_MAX, LEVELS_REFUSED = 5, 10
"""Rows of a header, one a level; a name merged down over as many as that is no header's."""

WORDS_ALONE = 2
"""Of so many words in a row one at least is known where the words alone make it a header: half of them;"""

WORDS_BESIDE_CELLS = 3
"""a third, where the cells below name people too."""

HEADER_MEANINGS = 3
"""Different meanings in one row: a name and two more, or a place, a figure and one more, are a header."""

WORDS_OF_A_HEADER = 3
"""Words in a row over a list that might go on: that is a header of its own, and says something else."""

NARROW = 4
"""In a table of so few columns a word over one of them is a title and no group's."""

NUMBERED = 3
"""Columns numbered under their header (1 2 3=1×2): two numbers beside each other may be a payee's."""

LEAST_BOXES = 3
"""Columns of an amount written figure by figure: 元 角 分. 元 and 角 alone may be two amounts."""

# Shares of the rows that speak.

PROVEN = 0.5
"""A share above this shows how a table is made (a product to the fen with this already: one row of two):
faulty rows are few, and chance makes no half of a list."""

NEARLY_ALL = Decimal("0.8")
"""Where sums and single columns are told by their figures: one row in five may be empty or wrong."""

NAMES_SHARE = Decimal("0.7")
"""Of a column of people: the rest are organisations and rare surnames."""

NAMES_VARIED = Decimal("0.5")
"""Of a column of people: a village's or a crop's name stands there over and over, a person's does not."""

# Rows that must speak: fewer may agree by chance.

NAMES = 2
"""Two lines with people: the shortest list is no single person."""

IDS = 2
"""Two whole IDs: a check digit is right by chance in one of eleven."""

FULL_OF_IDS = 3
"""From here on whatever is no ID in the column is asked about."""

SUMMED = 2
"""Rows in which columns of one meaning come to another, and payees who come to a line without a name."""

SUMMED_UNDER_A_NAME = 3
"""Payees who come to a line with a name: two and a third with their sum may be so."""

ADDITION = 5
"""Rows in which any columns beside a total come to it: there are many ways to choose them."""

ADDED = 3
"""Of these, rows with two parts or more: one part alone is no sum."""

PAID = 5
"""Lines that are paid and have an area before one without is asked about."""

IMPLIED_RATE = 4
"""Rows that imply a rate nobody wrote: three that agree to the fen beside one that may not."""

FEW_RATES = 3
"""A column of so few different figures is a rate, however it is called."""

# Limits: a larger figure stands in the wrong column.

MONEY_LIMIT = 10**8
"""Yuan of a column that no header calls money: more is a phone number."""

QUANTITY_LIMIT = 10**8
"""Mu, things or yuan a piece."""

AMOUNT_LIMIT = 10**10
"""Yuan of one payee: more is a phone or card number, not a payout."""

TOTAL_LIMIT = 10**12
"""Yuan of a total: more is a card number."""

SEQUENCE_LIMIT = 10**9
"""Number of a line."""

MOST_PARTS = 12
"""Parts of a total: a year has no more months."""

MOST_PLACES = 20
"""Places before the point: more is no amount, and a Decimal of 28 digits has no room for its fen."""

MOST_SLIPPED = 4
"""Places a decimal point slips by: 万元 for 元."""

RATE_DECIMALS = 8
"""Of a rate as it is published (124.9788302 has seven); more is a quotient that never ends."""

SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 12, 22
"""Digits of an account (domain §1.7)."""

POWER_CHARS = 24
"""A number as a power of ten (6.21E+18) is shorter: what is longer need not be looked through."""

OLDEST = 120
"""Years: more is no age."""

BORN_ON = 28
"""Day of a birth whose month alone is written: nearly its last, for who may be a child is taken for one."""

# Limits of texts, in characters: a longer one is something else.

PLAIN_NAME = 3
"""Most people's name: more is a compound surname's, an organisation's, or needs a look."""

NAME_CHARS = 4
"""Of a person without “·”: longer is an organisation or a sentence."""

PERSON_CHARS, BODY_CHARS = 12, 60
"""So long a text is a sentence, where a person's name should stand or an organisation's."""

NAME_FIGURES = 3
"""Figures in a name: 张三2 tells two apart, 100 may be a company's; more is a number of something."""

HEADER_CHARS, LEVEL_CHARS, UNIT_CHARS = 60, 24, 8
"""Of a header's cell; of one on another level, which says less; of one that ends a word or says a unit."""

HEADING_CHARS, PLACE_CHARS = 8, 40
"""A line this short says where it belongs or nothing at all; one that names a place may be longer."""

TITLE_CHARS = 60
"""A longer line tells a story, and may name any place."""

REMARK_CHARS = 200
"""A longer remark tells a story, and may say anything of anybody."""

# How high a column stands among those of its meaning.

TOTAL_RANK = 5
"""What sums its neighbours stands as high as one headed 合计."""

PAST_RANK = -4
"""At or below: 已发, 预拨, 上年."""

HEADED = 5
"""Words of this weight are as good as any: above it columns of one rank stand alike."""

# Weights of evidence; the words of a header weigh 3 to 20.

UNIT_AROUND, UNIT_IN_HEADER, UNIT_OF_ROWS = 1, 2, 3
"""A unit line speaks for all columns, a header for its own, and the rows prove it."""

NOT_USED = 1
"""Words for what we do not use claim nothing: whoever knows a use for the column is heard."""

HEADER_WORD = 3
"""A header word that may begin a table."""

CELLS = 2
"""Cells speak where the words say nothing."""

DOUBT = 8
"""Two witnesses as strong as a plain header word (金额, 姓名) who differ: a person must look."""

WEIGHED = 30
"""Above all words: by one who knows what the words say and why they do not hold here. It leaves no doubt."""

CLERK = 99
"""The clerk's own word, above everything."""
