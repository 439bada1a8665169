"""Foreign rosters: any text table of payee, area, scheme, year and amount, read as a stream.

A county's own files go through `sync.county.roster`, which understands them by itself. A table from
elsewhere (an open dataset of farm payments, a ministry's export) is told by a mapping file which
column is what; millions of rows are read once, and a few bytes of each are kept.
"""

from sync.county.foreign.mapping import Mapping, mapping_toml
from sync.county.foreign.survey import Survey

__all__ = ["Mapping", "Survey", "mapping_toml"]
