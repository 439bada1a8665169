"""A village's year as open data: tables without persons, their package and catalogue."""
