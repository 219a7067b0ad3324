# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

# Every line of standard input is an entry as sockchat-entries(5) promises it.
# With an argument, "in" or "out": the bytes of these messages on standard
# output.

import base64
import json
import re
import sys

ORDER = ['seq', 'time', 'session', 'old', 'kind', 'dir', 'peer', 'side',
         'transport', 'local',
         'client', 'proxy',
         'code', 'frame', 'prefix', 'len', 'text', 'base64', 'hex',
         'complete', 'cut', 'held', 'fate', 'hint', 'received', 'sent', 'state', 'ack_ms', 'wait_ms', 'timing',
         'line', 'at', 'from', 'awaited', 'came', 'ms',
         'tls', 'step', 'fault', 'verdict', 'status']
ALWAYS = {'seq': int, 'time': str, 'session': int, 'kind': str}
NEEDS = {'message': {'dir': str, 'peer': str, 'len': int, 'complete': bool},
         'state': {'state': str, 'text': str},
         'note': {'code': str, 'text': str},
         'error': {'code': str, 'text': str},
         'ack': {'dir': str, 'peer': str, 'state': str, 'ack_ms': float}}
NEEDS['data'] = NEEDS['message']
TICKS = {'queued', 'sent', 'acked'}
STATES = {'resolving', 'connecting', 'handshaking', 'listening', 'open',
          'half-closed', 'closed'}
TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z')
CODE = re.compile(r'[a-z]+[a-z0-9]*(-[a-z0-9]+)*')
UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]')


DECODERS = {'text': str.encode, 'hex': bytes.fromhex,
            'base64': lambda text: base64.b64decode(text, validate=True)}


def check(line):
    text = line.decode()
    assert text.endswith('\n') and not UNSAFE.search(text[:-1]), text
    pairs = json.loads(text, object_pairs_hook=list)
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names)
    order = [name for name in names if name != 'state']
    assert order == sorted(order, key=ORDER.index), names
    entry = dict(pairs)
    for name, kind in {**ALWAYS, **NEEDS[entry['kind']]}.items():
        assert type(entry[name]) is kind, (name, text)
    assert TIME.fullmatch(entry['time'])
    if entry['kind'] == 'note':
        assert CODE.fullmatch(entry['code']), text
    if entry['kind'] == 'state':
        assert entry['state'] in STATES
        assert (entry.get('side') in ('us', 'peer')) == (
            entry['state'] == 'half-closed'), text
        for name in ('received', 'sent'):
            assert (type(entry.get(name)) is int) == (
                entry['state'] == 'closed'), text
    elif 'verdict' in entry:
        assert entry['code'] == 'verdict' and CODE.fullmatch(entry['verdict'])
        assert type(entry['status']) is int
    elif 'state' in entry:
        assert entry['state'] in TICKS
        assert ('ack_ms' in entry) == (entry['state'] == 'acked')
    return entry


def content(entry):
    form, = (name for name in DECODERS if name in entry)
    data = DECODERS[form](entry[form])
    assert len(data) == entry['len']
    return data


finished = set()
last = 0
for line in sys.stdin.buffer:
    entry = check(line)
    if entry['kind'] == 'ack':
        assert entry['seq'] in finished
        continue
    if entry['kind'] not in ('message', 'data'):
        assert entry['seq'] > last
        last = entry['seq']
        continue
    assert entry['dir'] in ('in', 'out') and entry['seq'] not in finished
    if entry['complete']:
        finished.add(entry['seq'])
    data = content(entry)
    if entry['dir'] in sys.argv[1:]:
        sys.stdout.buffer.write(data)
