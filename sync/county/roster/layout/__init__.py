"""Where the headers, titles and blocks of a sheet stand."""
