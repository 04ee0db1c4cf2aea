"""Cell addresses of a binary worksheet (xlsb), looked at before a parser allocates for them (child only).

Records after [MS-XLSB] 2.1.4: a type of one or two bytes, a size of one to four, seven bits in each.
"""

from __future__ import annotations

_ROW_HEADER = 0
_FIRST_VALUE, _LAST_VALUE = 2, 11
"""BrtCellRk to BrtFmlaError; 1 is a blank cell with a style."""


def furthest_cell(data: bytes) -> tuple[int, int]:
    """The last row and the last column with a value, 1-based; (0, 0) for an empty sheet.

    Reads as far as the records make sense; a damaged rest is left to the parser.
    """
    row = last_row = last_column = 0
    position, end = 0, len(data)
    while position + 2 <= end:
        kind = data[position]
        position += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[position] << 7)
            position += 1
        size = shift = 0
        while position < end:
            byte = data[position]
            position += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift == 28:
                break
        if kind == _ROW_HEADER and size >= 4:
            row = int.from_bytes(data[position : position + 4], "little") + 1
        elif _FIRST_VALUE <= kind <= _LAST_VALUE and size >= 4:
            last_row = max(last_row, row)
            last_column = max(last_column, int.from_bytes(data[position : position + 4], "little") + 1)
        position += size
    return last_row, last_column
