"""Every threshold of the roster's rooms, with its reason: shares, rows that must speak, limits, weights."""

from __future__ import annotations

from decimal import Decimal

SAMPLE_ROWS = 60
"""Rows that show how a table is made: more than any page holds, few enough to look at again and again."""

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
"""Rows in which columns of one meaning come to another."""

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
