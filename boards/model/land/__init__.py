"""Land acquisition: notices, terms, areas, compensation, and the law they follow."""
