"""The county line: signed logs, the carriers that move them, the importer that admits them."""
