# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors
"""The fixed scripts that are played while calls fail; see harness.py."""

import os
import re
import select
import signal
import socket

UP = bytes((i * 7 + i // 251) % 256 for i in range(300_000))
DOWN = bytes((i * 11 + i // 241) % 256 for i in range(200_000))
LINES = 20


def talk(r, peer):
    """All of UP and DOWN at once, then both ends."""
    r.expect("peer", peer, UP)
    r.expect("standard output", r.stdout, DOWN)
    peer.send(DOWN)
    peer.end()
    yield lambda: peer.ended


def give_input(r, data=UP):
    r.stdin.send(data)
    r.stdin.end()


def pipe_connect(r):
    listener = r.listen()
    r.start("connect", "127.0.0.1", listener.port)
    give_input(r)
    peer = yield from r.accepted(listener)
    yield from talk(r, peer)


def pipe_fault(r):
    """All bytes pass delay lines."""
    listener = r.listen()
    r.start("connect", "--fault", "latency=20ms~20ms slice=64k,1ms",
            "127.0.0.1", listener.port)
    give_input(r)
    peer = yield from r.accepted(listener)
    yield from talk(r, peer)


def pipe_name(r):
    """Names are looked up by a thread."""
    listener = r.listen()
    r.start("connect", "-v", f"localhost:{listener.port}")
    give_input(r)
    peer = yield from r.accepted(listener)
    yield from talk(r, peer)


def pipe_listen(r):
    r.is_server = True
    r.start("listen", "127.0.0.1", "0")
    give_input(r)
    peer = r.connect((yield from r.port()))
    yield from talk(r, peer)


def pipe_unix(r):
    """A unix socket, whose stale file is replaced."""
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(r.home + "/s")
    stale.close()
    r.is_server = True
    r.start("listen", "unix:s")
    give_input(r)
    peer = yield from r.connect_unix()
    yield from talk(r, peer)
    r.checks.append(lambda: "the file is left"
                    if os.path.exists(r.home + "/s") else None)


def pipe_file(r):
    """Standard input is a file, standard output another one."""
    listener = r.listen()
    with open(r.home + "/in", "wb") as f:
        f.write(UP)
    r.start("connect", "127.0.0.1", listener.port, given=r.home + "/in",
            taken=r.home + "/out")
    peer = yield from r.accepted(listener)
    r.expect("peer", peer, UP)

    def check_out():
        with open(r.home + "/out", "rb") as f:
            n = len(f.read())
        if n != len(DOWN):
            return f"the file: {n} of {len(DOWN)} bytes"
    r.checks.append(check_out)
    peer.send(DOWN)
    peer.end()
    yield lambda: peer.ended


def pipe_keep(r):
    """One peer after another, and standard input for the first."""
    r.is_server = True
    r.start("listen", "-k", "127.0.0.1", "0")
    give_input(r)
    port = yield from r.port()
    peer = r.connect(port)
    r.expect("the first peer", peer, UP)
    peer.end()
    yield lambda: peer.ended
    other = r.connect(port)
    other.send(DOWN)
    other.end()
    yield lambda: other.ended
    r.expect("standard output", r.stdout, DOWN)
    yield lambda: len(r.stdout.got) == len(DOWN)
    yield from r.expect_no_leak()
    r.signal(signal.SIGTERM)


def pipe_zero(r):
    listener = r.listen()
    r.start("connect", "-z", "-v", "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    peer.send("220 hello\r\n")
    yield lambda: peer.ended
    peer.end()


def pipe_retry(r):
    """The server comes a little later."""
    listener = r.listen(is_open=False)
    r.start("connect", "--retry=5", "127.0.0.1", listener.port)
    give_input(r)
    yield from r.soft(lambda: r.stderr.has("trying again"))
    listener.sock.listen()
    peer = yield from r.accepted(listener)
    yield from talk(r, peer)


def pipe_proxy(r):
    """A proxy, with the peer's first bytes right behind its last answer."""
    listener = r.listen()
    os.environ["SOCKCHAT_PROXY_PASSWORD"] = "secret"
    r.start("connect", "--proxy", f"socks5://me@127.0.0.1:{listener.port}",
            "peer.test", "80")
    give_input(r)
    peer = yield from r.accepted(listener)
    asked = b""
    for more, answer in ((b"\5\2\0\2", b"\5\2"),
                         (b"\1\2me\6secret", b"\1\0"),
                         (b"\5\1\0\3\x09peer.test\0\x50",
                          b"\5\0\0\1\0\0\0\0\0\0")):
        asked += more
        yield lambda: len(peer.got) >= len(asked)
        peer.send(answer)
    r.expect("peer", peer, asked + UP)
    r.expect("standard output", r.stdout, DOWN)
    peer.send(DOWN)
    peer.end()
    yield lambda: peer.ended


def json_again(r):
    """The server ends the connection, and is there again.  When each connection
    fails, only --timeout ends it."""
    listener = r.listen()
    r.expect_json()
    r.start("connect", "--json", "--reconnect", "--retry=4", "--on-connect",
            "hello", "--timeout", "3", "127.0.0.1", listener.port)

    def heard(word):
        """Whoever connects is taken: a failure makes one more of them."""
        if select.select([listener.sock], [], [], 0)[0]:
            r.add_peer(listener.sock.accept()[0])
        return [p for p in r.peers if p.has(word)]

    for word in ("one", "two"):
        r.checks.append(lambda word=word: None if len(heard(word)) == 1 else
                        f"{word!r} has come {len(heard(word))} times")
        r.stdin.send(word + "\n")
        yield lambda: heard(word)
        if word == "one":
            heard(word)[0].end()
            yield lambda: r.peers[0].ended
    r.stdin.end()
    yield lambda: all(p.ended for p in r.peers)


def echo(r):
    """Two peers; then it is told to go."""
    r.is_server = True
    r.start("listen", "--echo", "127.0.0.1", "0")
    port = yield from r.port()
    peers = [r.connect(port), r.connect(port)]
    for peer, data in zip(peers, (UP, DOWN)):
        r.expect("the peer of an echo", peer, data)
        peer.send(data)
        peer.end()
    yield lambda: all(p.ended for p in peers)
    yield from r.expect_no_leak()
    r.signal(signal.SIGTERM)


def udp_pipe(r):
    """Each line is a datagram; the answer comes before the input ends."""
    peer = r.datagrams()
    r.start("connect", "--linger", ".1", "udp://127.0.0.1:" + peer.port)
    up, down = joined(lines_of("up")), joined(lines_of("down"))
    r.expect("peer", peer, up.encode())
    r.expect("standard output", r.stdout, down.encode())
    r.stdin.send(up)
    yield lambda: peer.has("up-019\n")
    peer.send(down)
    yield lambda: r.stdout.has("down-019\n")
    r.stdin.end()
    yield r.has_ended


def udp_echo(r):
    """Two peers of one socket."""
    r.is_server = True
    r.start("listen", "--echo", "udp://127.0.0.1:0")
    port = yield from r.port()
    peers = [r.datagrams(port), r.datagrams(port)]
    for peer, word in zip(peers, ("one", "two")):
        said = joined(lines_of(word))
        r.expect("the peer of an echo", peer, said.encode())
        peer.send(said)
    yield lambda: all(p.has("-019\n") for p in peers)
    r.signal(signal.SIGTERM)


def udp_forward(r):
    """Each client has a socket to the target."""
    r.is_server = True
    target = r.datagrams()
    r.start("listen", "--ui", "lines", "--forward",
            "udp://127.0.0.1:" + target.port, "udp://127.0.0.1:0")
    client = r.datagrams((yield from r.port()))
    up, down = joined(lines_of("up")), joined(lines_of("down"))
    r.expect("the target", target, up.encode())
    r.expect("the client", client, down.encode())
    client.send(up)
    yield lambda: target.has("up-019\n")
    target.send(down)
    yield lambda: client.has("down-019\n")
    r.stdin.send("/close 1\n")
    yield from r.expect_no_leak()
    r.stdin.send("/quit\n")


def udp_listen(r):
    """Two peers of one socket, spoken to in turn, and a third one refused."""
    r.is_server = True
    r.start("listen", "--ui", "lines", "-m", "2", "udp://127.0.0.1:0")
    port = yield from r.port()
    peers = [r.datagrams(port), r.datagrams(port)]
    for peer, word in zip(peers, ("one", "two")):
        said = say_from_peer(r, peer, word)
        yield lambda: r.shows(said[-1])
        r.expect("peer " + word, peer, f"for {word}\nfor both\n".encode())
    r.datagrams(port).send("refused\n")
    r.stdin.send("/to 1\nfor one\n/to 2\nfor two\n/to all\nfor both\n")
    yield lambda: all(p.has("for both\n") for p in peers)
    r.stdin.send("/peers\n/pause 2\n/close 1\n/quit\n")


def lines_of(word):
    return [f"{word}-{i:03}" for i in range(LINES)]


def joined(lines):
    return "".join(line + "\n" for line in lines)


def say_from_peer(r, peer, word):
    said = lines_of(word)
    r.expect_shown(said)
    peer.send(joined(said))
    return said


def connect_in(r, *words):
    """A conversation in lines or json, with commands among them."""
    listener = r.listen()
    r.start("connect", *words, "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    typed = lines_of("up")
    r.expect("peer", peer, (joined(typed) + "aAb\nXY\nlast").encode())
    r.expect_shown(typed)
    r.stdin.send("/unpack c *:rest\n" + joined(typed[:10]) + "/info\n" +
                 joined(typed[10:]) +
                 "/find re:no+t\n/filter text re:no+t\n/filter off\n"
                 "/send a\\x41b\\n\n/pack 3s XY\\n\n")
    say_from_peer(r, peer, "down")
    yield lambda: r.shows("down-019") and peer.got.count(b"\n") > 21
    r.stdin.send("/send last\n")
    r.stdin.end()
    yield lambda: peer.ended
    peer.end()


def listen_in(r, *words):
    """Two peers, spoken to in turn; one is closed, the other leaves."""
    r.is_server = True
    r.start("listen", "-k", *words, "127.0.0.1", "0")
    port = yield from r.port()
    peers, ends = [], ("one", "two")
    for word in ends:
        peer = r.connect(port)
        peers.append(peer)
        said = say_from_peer(r, peer, word)
        yield lambda: r.shows(said[-1])
    for peer, word in zip(peers, ends):
        r.expect("peer " + word, peer,
                 f"for {word}\nfor both\n".encode())
    r.stdin.send("/to 1\nfor one\n/to 2\nfor two\n/to all\nfor both\n")
    yield lambda: all(p.got.count(b"\n") == 2 or p.ended for p in peers)
    r.stdin.send("/peers\n/close 1\n")
    yield lambda: peers[0].ended
    peers[0].end()
    r.stdin.send("/shutdown 2\n")
    yield lambda: peers[1].ended
    peers[1].end()
    yield from r.expect_no_leak()
    r.stdin.send("/quit\n")


def tls_connect(r):
    listener = r.listen()
    r.start("connect", "--tls", "--tls-ca", r.use_tls(), "127.0.0.1",
            listener.port)
    give_input(r)
    peer = yield from r.accepted(listener)
    yield from talk(r, peer)


def tls_listen(r):
    """With a certificate that it makes for itself."""
    r.is_server = True
    r.use_tls()
    r.start("listen", "--tls", "127.0.0.1", "0")
    give_input(r)
    peer = r.connect((yield from r.port()))
    yield from talk(r, peer)


def tls_lines_connect(r):
    yield from connect_in(r, "--ui", "lines", "--tls", "--tls-ca", r.use_tls())


def tls_json_connect(r):
    r.expect_json()
    yield from connect_in(r, "--ui", "json", "--tls", "--tls-ca", r.use_tls())


def tls_lines_listen(r):
    pem = r.use_tls()
    yield from listen_in(r, "--ui", "lines", "--tls", "--tls-cert", pem,
                         "--tls-key", pem)


def tls_zero(r):
    """The doctor looks at a handshake."""
    listener = r.listen()
    r.start("connect", "-z", "-v", "--tls", "--tls-ca", r.use_tls(),
            "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    yield lambda: peer.ended
    peer.end()


def starttls(r):
    """TLS begins in the middle of a conversation."""
    listener = r.listen()
    r.start("connect", "--ui", "lines", "--tls-ca", r.certificate(),
            "127.0.0.1", listener.port)
    plain = yield from r.accepted(listener)
    r.stdin.send("hello\n")
    yield lambda: plain.has("hello\n")
    plain.send("begin\n")
    yield lambda: r.shows("begin")
    peer = r.secure(plain)
    r.expect("peer", peer, b"in secret\n")
    r.stdin.send("/starttls\nin secret\n")
    r.stdin.end()
    yield lambda: peer.ended
    peer.send("answer\n")
    peer.end()
    r.expect_shown(["in secret", "answer"])
    yield lambda: r.shows("answer")


def tls_proxy(r):
    """TLS through a proxy."""
    listener = r.listen()
    r.start("connect", "--proxy", "http://127.0.0.1:" + listener.port,
            "--tls", "--tls-ca", r.certificate(), "127.0.0.1", "7")
    give_input(r)
    proxy = yield from r.accepted(listener)
    yield lambda: proxy.has("\r\n\r\n")
    proxy.send("HTTP/1.1 200 OK\r\n\r\n")
    yield lambda: not proxy.todo
    yield from talk(r, r.secure(proxy))


def lines_connect(r):
    yield from connect_in(r, "--ui", "lines")


def lines_long(r):
    """So much that every queue grows, and what is kept with it."""
    listener = r.listen()
    r.start("connect", "--ui", "lines", "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    typed = [f"typed-{i:05}-" + "x" * (i % 300) for i in range(500)]
    said = [f"said-{i:05}-" + "y" * (i % 200) for i in range(500)]
    r.expect("peer", peer, joined(typed).encode())
    r.expect_shown([typed[0], typed[250], typed[-1], said[0], said[-1]])
    r.stdin.send(joined(typed))
    peer.send(joined(said))
    yield lambda: r.shows("said-00499", "typed-00499")
    r.stdin.end()
    yield lambda: peer.ended
    peer.end()


def lines_listen(r):
    yield from listen_in(r, "--ui", "lines")


def json_connect(r):
    r.expect_json()
    yield from connect_in(r, "--ui", "json")


def json_listen(r):
    r.expect_json()
    yield from listen_in(r, "--ui", "json")


def owner(r):
    """It looks whose the socket at the other end is."""
    r.sees_processes = True
    listener = r.listen()
    r.start("connect", "--ui", "lines", "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    r.expect("peer", peer, b"typed\n")
    r.expect_shown(["typed", "answer"])
    r.stdin.send("/info\ntyped\n")
    peer.send("answer\n")
    yield lambda: r.shows("answer", "typed")
    r.stdin.end()
    yield lambda: peer.ended
    peer.end()


def files(r):
    """What goes from a file and into one."""
    listener = r.listen()
    sent, saved = r.home + "/sent", r.home + "/saved"
    with open(sent, "wb") as f:
        f.write(UP)
    r.start("connect", "--ui", "lines", "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    r.expect("peer", peer, b"before\n" + UP + b"after\n")

    def check_saved():
        with open(saved, encoding="utf-8") as f:
            text = f.read()
        for word in ("before", "after", "answer"):
            if text.count(f" {word}") != 1:
                return f"{word!r} is not in what was saved"
    r.checks.append(check_saved)
    r.stdin.send(f"before\n/file {sent}\nafter\n")
    yield lambda: len(peer.got) >= len(UP) + 13
    peer.send("answer\n")
    yield lambda: r.shows("answer")
    r.stdin.send(f"/save {saved}\n")
    r.stdin.end()
    yield lambda: peer.ended
    peer.end()


def recording(r):
    """What is kept while it goes on, and in a file of its own."""
    listener = r.listen()
    places = [r.home + "/kept." + end for end in ("jsonl", "txt", "hex")]
    r.start("connect", "--ui", "lines", "--record", places[0], "-o", places[1],
            "-x", places[2], "--record", r.home + "/%n.raw", "--record",
            r.home + "/kept.pcapng", "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    r.expect("peer", peer, b"typed\nlater\n")

    def check_kept():
        texts = [open(place, encoding="utf-8").read() for place in places]
        texts[2] = "".join(re.findall(r"\|(.*)\|", texts[2]))
        for text in texts:
            for word in ("typed", "answer", "later"):
                if text.count(word) != 1:
                    return f"{word!r} is not in what was recorded"
        with open(r.home + "/1.raw", encoding="utf-8") as f:
            if f.read() != "answer\n":
                return "'answer' is not in the raw file"
    r.checks.append(check_kept)
    r.stdin.send("typed\n")
    yield lambda: peer.got.count(b"\n") == 1
    peer.send("answer\n")
    yield lambda: r.shows("answer")
    r.stdin.send(f"/record {r.home}/a.chat\n/record\nlater\n")
    yield lambda: peer.got.count(b"\n") == 2
    r.stdin.send("/record off\n")
    r.stdin.end()
    yield lambda: peer.ended
    peer.end()


def rules(r):
    """Two peers ask what a file of rules answers, read again between them."""
    r.is_server = True
    path = r.home + "/rules"
    with open(path, "w", encoding="utf-8") as f:
        f.write('on /^(?<who>\\w+)-(\\d+)/\n  > "${who} has ${2}"\n'
                '    hex "0a"\non /^wait/\n  wait 0.05\n  > "end\\n"\n'
                '  > fin\n')
    r.start("listen", "-k", "--ui", "lines", "--rules", path, "127.0.0.1",
            "0")
    port = yield from r.port()
    for word in ("one", "two"):
        peer = r.connect(port)
        said = lines_of(word)
        answers = [line.replace("-", " has ") for line in said] + ["end"]
        r.expect("peer " + word, peer, joined(answers).encode())
        peer.send(joined(said) + "wait\nnobody answers this\n")
        yield lambda p=peer: p.ended
        peer.end()
        r.stdin.send(f"/rules\n/rules {path}\n")
    yield from r.expect_no_leak()
    r.stdin.send("/rules off\n/quit\n")


TALK = """# sockchat conversation 1
connect h:1
> "one\\n"
< /un (?<name>.*)\\n/
> "two ${name}\\n"
< ...
< "bye\\n"
"""


SERVICE = """# sockchat conversation 1
connect h:1
> /(?<name>.*)\\n/
< "un ${name}\\n"
> "bye\\n"
"""


def write_chat(r, text):
    place = r.home + "/talk.chat"
    with open(place, "w", encoding="utf-8") as f:
        f.write(text)
    return place


def replay_connect(r):
    """One side of a file is played, and the other is checked."""
    listener = r.listen()
    r.start("connect", "--replay", write_chat(r, TALK), "127.0.0.1",
            listener.port)
    r.stdin.end()
    peer = yield from r.accepted(listener)
    r.expect("peer", peer, b"one\ntwo joe\n")
    yield lambda: peer.has("one")
    peer.send("un joe\n")
    yield lambda: peer.has("two")
    peer.send("whatever\nbye\n")
    yield lambda: peer.ended
    peer.end()


def replay_listen(r):
    """A server plays for two peers; then it is told to go."""
    r.is_server = True
    r.start("listen", "-k", "--replay", write_chat(r, SERVICE), "127.0.0.1",
            "0")
    port = yield from r.port()
    for name in ("joe", "jim"):
        peer = r.connect(port)
        r.expect(name, peer, f"un {name}\n".encode())
        peer.send(f"{name}\nbye\n")
        yield lambda: peer.ended
        peer.end()
    r.stdin.send("/quit\n")
    r.stdin.end()


def loading(r):
    """Old conversations in files, at the start and by a command."""
    listener = r.listen()
    start, later = r.home + "/start.jsonl", r.home + "/later.chat"
    message = ('{"seq":%d,"time":"2026-01-02T03:04:0%d.0Z","session":1,'
               '"kind":"message","dir":"in","peer":"h:1","frame":"auto",'
               '"text":"%s","complete":%s}\n')
    with open(start, "w", encoding="utf-8") as f:
        f.write(message % (1, 5, "old ", "false"))
        f.write(message % (2, 6, "between\\n", "true"))
        f.write(message % (1, 7, "one\\n", "true"))
    with open(later, "w", encoding="utf-8") as f:
        f.write("# sockchat conversation 1\n> \"old two\\n\"\n< /x/\n")
    r.start("connect", "--ui", "lines", "--load", start, "127.0.0.1",
            listener.port)
    peer = yield from r.accepted(listener)
    r.expect("peer", peer, b"typed\n")

    def check_shown():
        for word in (":< between", ":< one", "> old two", "* < /x/"):
            if word.encode() not in r.stdout.got:
                return f"{word!r} was not shown"
    r.checks.append(check_shown)
    r.stdin.send(f"/load {later}\ntyped\n")
    r.stdin.end()
    yield lambda: peer.ended
    peer.end()


def legacy(r):
    """Text that is not UTF-8, both ways."""
    listener = r.listen()
    r.start("connect", "--ui", "lines", "--encoding", "euc-kr", "127.0.0.1",
            listener.port)
    peer = yield from r.accepted(listener)
    r.expect("peer", peer, "안녕\n".encode("euc-kr"))
    if r.fault.call != "chance":  # an end between may cut a character in two
        r.expect_shown(["안녕", "대답"], "euc-kr")
    peer.send("대답\n".encode("euc-kr"))
    r.stdin.send("안녕\n")
    r.stdin.end()
    yield lambda: peer.ended
    peer.end()


def tui_connect(r):
    listener = r.listen()
    r.start_on_terminal("connect", "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    peer.send("hello from there\n안녕\xff\n".encode("latin-1", "replace") +
              "안녕🩷\n".encode())
    yield from r.soft(lambda: r.stdout.has("hello"))
    for keys, text in (
            ("typed here\r", "typed here"), ("/info\r", "info"),
            ("\x1bOQ", "00000000"), ("\x1bOQ\x1bOQ", "hello"),
            ("\x13hello", "hello"), ("\x13\x1b[A\r", ""), ("\x1bOP", "help"),
            ("q", ""), ("\x1b[15~", ""), ("\x1b[15~", ""),
            ("/se\t \x15", ""), ("\x12typ\r\r", ""), ("\x1b[5~\x1b[6~", ""),
            ("\x1b[200~two\nlines\x1b[201~", "two"), ("\x1b", ""),
            ("/find hello\r", ""), ("\x07\x13re:l+o", "find"),
            ("\x1b[A\x07", ""), ("/filter text re:l+o\r", "hidden"),
            ("/filter off\r", ""), ("/save saved\r", "saved")):
        r.stdin.send(keys)
        mark = len(r.stdout.got)
        yield from r.soft(lambda: len(r.stdout.got) > mark, .3)
    peer.send("last words\n")
    peer.end()
    yield from r.soft(lambda: r.stdout.has("last words"), .3)


def tui_listen(r):
    r.start_on_terminal("listen", "127.0.0.1", "0")
    yield from r.soft(lambda: r.stdout.has("listening on"), 3)
    said = re.search(rb"listening on 127\.0\.0\.1:(\d+)\D", r.stdout.got)
    if said:
        port = int(said[1])
        peers = [r.connect(port), r.connect(port)]
        for peer, word in zip(peers, ("one", "two")):
            peer.send(f"this is {word}\n")
            yield from r.soft(lambda: r.stdout.has(word))
        r.stdin.send("to all\r")
        yield from r.soft(lambda: all(p.got for p in peers))
        r.stdin.send("\x1b[17~to one\r/peers\r/close 1\r")
        yield from r.soft(lambda: any(p.ended for p in peers))
        for peer in peers:
            peer.end()


def prompt(r):
    """Lines on a terminal, above the line that is typed."""
    listener = r.listen()
    r.start_on_terminal("connect", "--ui", "lines", "127.0.0.1", listener.port)
    peer = yield from r.accepted(listener)
    r.stdin.send("half a ")
    peer.send("hello from there\nno end")
    yield from r.soft(lambda: r.stdout.has("hello"))
    for keys, text in (
            ("line\r", "half a line"), ("/se\t \x15", "/send"),
            ("\x1b[A\r", "half a line"), ("\x12hal\r", ""),
            ("long" * 50 + "\x01\x05\r", "long"), ("/info\r", "info"),
            ("\x1b[200~two\nlines\x1b[201~\r", "two"), ("x\x03", "")):
        r.stdin.send(keys)
        yield from r.soft(lambda: r.stdout.has(text), .3)
    peer.send("last words\n")
    peer.end()
    yield from r.soft(lambda: r.stdout.has("last words"), .3)


SCRIPTS = {f.__name__.replace("_", "-"): f for f in (
    pipe_connect, pipe_fault, pipe_listen, pipe_name, pipe_file, pipe_unix,
    pipe_keep,
    pipe_zero, pipe_retry, pipe_proxy, json_again,
    udp_pipe, udp_echo, udp_forward, udp_listen,
    tls_connect, tls_listen, tls_lines_connect, tls_json_connect,
    tls_lines_listen, tls_zero, starttls, tls_proxy,
    lines_connect, lines_long, lines_listen, json_connect, json_listen, echo,
    owner, files, recording, rules, replay_connect, replay_listen, loading,
    legacy, tui_connect, tui_listen, prompt)}
