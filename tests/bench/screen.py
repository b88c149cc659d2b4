# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen of a terminal. A curses program sends differences: what a reader sees is known to who keeps it."""
import codecs
import re
import unicodedata

ROWS, COLUMNS = 50, 160

# A sequence that was cut off, as output is at ^Z, ends where the next one begins.
TOKEN = re.compile(r"\x1b\[([?>]?)([0-9;]*)([@-~])|\x1b\[[?>]?[0-9;]*(?=\x1b)|\x1b[()#].|\x1b([^\[()#])|"
                   r"([\x00-\x1a\x1c-\x1f\x7f])|([^\x00-\x1f\x7f]+)")


class Screen:
    """Of what xterm's terminfo entry has: what curses uses of it to move, write, erase and scroll."""

    def __init__(self):
        self.resize(ROWS, COLUMNS)
        self.last = " "
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""

    def resize(self, rows, columns):
        """It is empty then: curses draws all of it anew."""
        self.rows, self.columns = rows, columns
        self.lines = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.top, self.bottom = 0, rows - 1
        self.saved = 0, 0
        self.inserting = False

    def line(self, row):
        """The text of a row, -1 being the lowest."""
        return "".join(self.lines[row]).rstrip()

    def feed(self, data):
        text = self.rest + self.decoder.decode(data)
        end = 0
        while token := TOKEN.match(text, end):
            end = token.end()
            private, numbers, final, escape, control, plain = token.groups()
            if plain:
                self.write(plain)
            elif final and not private:
                self.sequence([int(n or 0) for n in numbers.split(";")], final)
            elif control:
                self.control(control)
            elif escape:
                self.escape(escape)
        self.rest = text[end:]

    def write(self, text):
        for character in text:
            if unicodedata.combining(character):
                continue
            wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self.column + wide > self.columns:
                self.column = 0
                self.line_feed()
            line = self.lines[self.row]
            if self.inserting:
                line[self.column:self.column] = [character, ""][:wide]
                del line[self.columns:]
            else:
                line[self.column:self.column + wide] = [character, ""][:wide]
                del line[self.columns:]
            self.column += wide
            self.last = character

    def control(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.line_feed()
        elif character == "\b":
            self.column = max(min(self.column, self.columns - 1) - 1, 0)
        elif character == "\t":
            self.column = min((self.column // 8 + 1) * 8, self.columns - 1)

    def escape(self, character):
        if character == "M":
            self.reverse_line_feed()
        elif character == "7":
            self.saved = self.row, self.column
        elif character == "8":
            self.row, self.column = self.saved

    def line_feed(self):
        if self.row == self.bottom:
            self.delete_lines(self.top, 1)
        else:
            self.row = min(self.row + 1, self.rows - 1)

    def reverse_line_feed(self):
        if self.row == self.top:
            self.insert_lines(self.top, 1)
        else:
            self.row = max(self.row - 1, 0)

    def delete_lines(self, at, count):
        count = min(count, self.bottom + 1 - at)
        del self.lines[at:at + count]
        self.lines[self.bottom + 1 - count:self.bottom + 1 - count] = [[" "] * self.columns for _ in range(count)]

    def insert_lines(self, at, count):
        count = min(count, self.bottom + 1 - at)
        del self.lines[self.bottom + 1 - count:self.bottom + 1]
        self.lines[at:at] = [[" "] * self.columns for _ in range(count)]

    def erase(self, row, start, end):
        self.lines[row][start:end] = [" "] * (end - start)

    def erase_screen(self, how):
        rows = range(self.row + 1, self.rows) if how == 0 else range(self.row) if how == 1 else range(self.rows)
        for row in rows:
            self.erase(row, 0, self.columns)
        if how < 2:
            self.erase_line(how)

    def erase_line(self, how):
        here = min(self.column, self.columns - 1)
        self.erase(self.row, here if how == 0 else 0, here + 1 if how == 1 else self.columns)

    def sequence(self, numbers, final):
        first, count = numbers[0], max(numbers[0], 1)
        line = self.lines[self.row]
        if final == "H":
            self.row = min(count, self.rows) - 1
            self.column = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.columns) - 1
        elif final == "G":
            self.column = min(count, self.columns) - 1
        elif final == "d":
            self.row = min(count, self.rows) - 1
        elif final in "AB":
            self.row = min(max(self.row + (count if final == "B" else -count), 0), self.rows - 1)
        elif final in "CD":
            self.column = min(max(self.column + (count if final == "C" else -count), 0), self.columns - 1)
        elif final == "J":
            self.erase_screen(first)
        elif final == "K":
            self.erase_line(first)
        elif final == "X":
            self.erase(self.row, self.column, min(self.column + count, self.columns))
        elif final == "P":
            line[self.column:self.column + count] = []
            line += [" "] * (self.columns - len(line))
        elif final == "@":
            line[self.column:self.column] = [" "] * count
            del line[self.columns:]
        elif final == "b":
            self.write(self.last * count)
        elif final in "LT":
            self.insert_lines(self.row if final == "L" else self.top, count)
        elif final in "MS":
            self.delete_lines(self.row if final == "M" else self.top, count)
        elif final == "r":
            self.top, self.bottom = count - 1, min(numbers[1] if len(numbers) > 1 else self.rows, self.rows) - 1
            self.row = self.column = 0
        elif final in "hl" and first == 4:
            self.inserting = final == "h"
