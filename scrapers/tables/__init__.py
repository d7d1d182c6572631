"""Tables in people's files, as streams of rows of text: delimited text, workbooks, JSON lines."""

from scrapers.tables.opening import open_table
from scrapers.tables.table import Chunk, FileProblem, Table, Torn

__all__ = ["Chunk", "FileProblem", "Table", "Torn", "open_table"]
