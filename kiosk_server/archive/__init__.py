"""The only place with SQL: events as they came, and the tables projected from them."""
