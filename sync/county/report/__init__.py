"""The findings of a reading, as text, page and workbook."""
