"""Sheets as PDF: fonts, QR codes, table sheets. Pure: a Sheet and fonts in, bytes out."""
