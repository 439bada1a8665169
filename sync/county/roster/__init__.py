"""Reading what a county sends: formats → header → layout → cells → rows, for layouts nobody has seen."""

from sync.county.roster.apart import read_roster, refused_reading
from sync.county.roster.errors import RosterRefused
from sync.county.roster.village import villages_from_csv

__all__ = ["RosterRefused", "read_roster", "refused_reading", "villages_from_csv"]
