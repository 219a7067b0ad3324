#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
#
# example.sh NAME: print a file that the manual has as an example, as a reader
# sees it.
sed -n '/^\.\\" example: '"$1"'$/,/^\.Ed$/p' man/*.[15] |
    sed -e '/^\./d' -e 's/\\(aq/'\''/g' -e 's/\\-/-/g' -e 's/\\&//g' \
        -e 's/\\e/\\/g'
