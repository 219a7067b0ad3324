#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""picture.py OUT.png [light]: draw what `tmux capture-pane -e -p` prints."""

import re
import sys
import unicodedata

from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/"
NARROW, WIDE = FONTS + "dejavu/DejaVuSansMono", FONTS + "nanum/NanumGothicCoding"
CELL, LINE, PAD = 10, 24, 16
BACK, FORE = (22, 24, 29), (212, 215, 221)
if sys.argv[2:] == ["light"]:
    BACK, FORE = (255, 255, 255), (30, 32, 38)
LEVELS = (0, 95, 135, 175, 215, 255)
COLORS = [(60, 64, 72), (240, 98, 98), (126, 204, 120), (226, 190, 105),
          (104, 160, 240), (200, 130, 220), (95, 200, 205), (212, 215, 221),
          (120, 126, 138), (255, 128, 128), (152, 230, 146), (248, 216, 135),
          (134, 184, 255), (224, 158, 242), (124, 226, 230), (250, 250, 252)]
SGR = re.compile(r"\x1b\[([0-9;]*)m")


def palette(n):
    if n < 16:
        return COLORS[n]
    if n >= 232:
        return (8 + 10 * (n - 232),) * 3
    n -= 16
    return LEVELS[n // 36], LEVELS[n // 6 % 6], LEVELS[n % 6]


class Pen:
    def __init__(self):
        self.fore = self.back = None
        self.bold = self.dim = self.underline = self.reverse = False

    def take(self, parameters):
        numbers = [int(n or 0) for n in parameters.split(";")]
        while numbers:
            n = numbers.pop(0)
            if n == 0:
                self.__init__()
            elif n in (1, 2, 4, 7):
                name = {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[n]
                setattr(self, name, True)
            elif n == 22:
                self.bold = self.dim = False
            elif n == 24:
                self.underline = False
            elif n == 27:
                self.reverse = False
            elif n in (38, 48) and numbers[:1] == [5]:
                color = palette(numbers[1])
                del numbers[:2]
                if n == 38:
                    self.fore = color
                else:
                    self.back = color
            elif n in (39, 49):
                setattr(self, "fore" if n == 39 else "back", None)
            elif 30 <= n <= 37 or 90 <= n <= 97:
                self.fore = COLORS[n - 30 if n < 90 else n - 82]
            elif 40 <= n <= 47 or 100 <= n <= 107:
                self.back = COLORS[n - 40 if n < 100 else n - 92]

    def colors(self):
        fore, back = self.fore or FORE, self.back or BACK
        if self.dim:
            fore = tuple((f + b) // 2 for f, b in zip(fore, BACK))
        return (back, fore) if self.reverse else (fore, back)


def width(char):
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def draw_line(draw, fonts, pen, row, line):
    column = 0
    for i, part in enumerate(SGR.split(line)):
        if i % 2:
            pen.take(part)
            continue
        for char in part:
            x, y = PAD + column * CELL, PAD + row * LINE
            wide = width(char) * CELL
            fore, back = pen.colors()
            if back != BACK:
                draw.rectangle((x, y, x + wide - 1, y + LINE - 1), back)
            draw.text((x, y + 18), char, fore,
                      fonts[width(char), pen.bold], anchor="ls")
            if pen.underline:
                draw.line((x, y + LINE - 3, x + wide - 1, y + LINE - 3), fore)
            column += width(char)


def main():
    lines = sys.stdin.read().rstrip("\n").split("\n")
    columns = max(sum(map(width, SGR.sub("", line))) for line in lines)
    image = Image.new("RGB", (2 * PAD + columns * CELL,
                              2 * PAD + len(lines) * LINE), BACK)
    fonts = {(1, False): ImageFont.truetype(NARROW + ".ttf", 16),
             (1, True): ImageFont.truetype(NARROW + "-Bold.ttf", 16),
             (2, False): ImageFont.truetype(WIDE + ".ttf", 19),
             (2, True): ImageFont.truetype(WIDE + "Bold.ttf", 19)}
    pen = Pen()
    for row, line in enumerate(lines):
        draw_line(ImageDraw.Draw(image), fonts, pen, row, line)
    image.quantize(128, Image.Quantize.MAXCOVERAGE).save(sys.argv[1],
                                                        optimize=True)


main()
