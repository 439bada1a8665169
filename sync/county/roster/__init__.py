"""A roster file becomes normalised rows: formats, headers, layout, cells."""
