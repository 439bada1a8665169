"""Reading what a county sends: headers, layout, columns, rows, for layouts nobody has seen."""
