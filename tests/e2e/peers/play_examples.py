# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The sockchat authors

"""play_examples.py SOCKCHAT PAGE SECTION|all [write]: run what a page shows.

Each section (##) is played in a folder of its own. A block ```LANGUAGE NAME
is a file. In a block ```console, what stands behind "$ " is run, and the other
lines have to come. A last command with " &" is another terminal: it runs until
the section ends, and the next command waits until its port is open. Ports
99NN become free ones. Of what comes, messages have to be the page's, in their
order; notices have to be there, and others may come. With "write" the page
gets what came."""

import difflib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

DEADLINE = 60
PORT = re.compile(r"\b99\d\d\b")
MESSAGE = re.compile(r"(?: *\d+ )?[<>‖] ")
# What depends on the machine, or on who was faster.
NOISE = re.compile(r"\[::1?\]|you are in a container|^\[\d+\]|^Terminated|"
                   r"\* (accepted: )?(the (peer|target|client) is \S+ \(pid|"
                   r"resolving|connecting to)|finished sending")
OWNER = r"is \S+ \(pid \d+, user \S+\)"
OWNERS = ((re.compile(f"; (?:the \\w+|it) {OWNER}\\. Our end"), "; our end"),
          (re.compile(f"; (the \\w+|it) {OWNER}"), ""))
VARIES = ((re.compile(r"pid \d+, user \S+"), "pid N, user U"),
          (re.compile(r"(:|port )\d{5}\b"), r"\1NNNNN"),
          (re.compile(r"\b\d+(\.\d+)? (ms|s|µs|us)\b"), "T"),
          (re.compile(r"\.chat:\d+:"), ".chat:N:"))
DOCKER = """#!/bin/sh
# docker exec app COMMAND...: in the network that stands for the container
shift 2
exec nsenter -t {container} -n env container=docker "$@"
"""


class Block:
    def __init__(self, first, info):
        self.first, self.language, self.name = first, info[0], info[1:]
        self.lines = []

    def commands(self):
        """(command, the lines that have to come) of a console block"""
        steps, end = [], None
        for line in self.lines:
            if end is not None:
                steps[-1][0] += "\n" + line
                if end == line or end == "" and not line.endswith("\\"):
                    end = None
            elif line.startswith("$ "):
                steps.append([line[2:], []])
                here = re.search(r"<<'?(\w+)'?", line)
                end = here[1] if here else "" if line[-1] == "\\" else None
            else:
                steps[-1][1].append(line)
        return steps


def read_page(path):
    """The lines of the page, and for each section its title and blocks"""
    sections, block = [], None
    with open(path, encoding="utf-8") as page:
        lines = page.read().split("\n")
    for number, line in enumerate(lines):
        if block:
            if line == "```":
                block = None
            else:
                block.lines.append(line)
        elif line.startswith("```"):
            block = Block(number + 1, line[3:].split())
            sections[-1][1].append(block)
        elif line.startswith("## "):
            sections.append((line[3:], []))
    return lines, sections


def free_ports(texts):
    """A free port for each that the texts name"""
    ports = {}
    holders = []
    for name in sorted(set(PORT.findall("\n".join(texts)))):
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        ports[name] = str(holder.getsockname()[1])
        holders.append(holder)
    for holder in holders:
        holder.close()
    return ports


def plain(line):
    for expression, name in VARIES:
        line = expression.sub(name, line)
    return line.rstrip()


def difference(wanted, came):
    """What is wrong with what came, or nothing"""
    wanted = [plain(line) for line in wanted if line]
    came = [plain(line) for line in came if line]
    # What is sent and what comes may cross.
    messages = [sorted((line for line in lines if MESSAGE.match(line)),
                       key=lambda line: MESSAGE.match(line)[0])
                for lines in (wanted, came)]
    missing = [line for line in wanted if line not in came]
    if messages[0] == messages[1] and not missing:
        return ""
    return "\n".join(difflib.unified_diff(wanted, came, "page", "came",
                                          lineterm="", n=9))


class Section:
    """One section, played in its folder"""

    def __init__(self, binary, title, blocks):
        self.title, self.blocks = title, blocks
        self.folder = tempfile.mkdtemp(prefix="sockchat-examples.")
        self.ports = free_ports([line for b in blocks for line in b.lines])
        self.staying, self.holders, self.enter = [], [], []
        self.open_ports = set()
        tools = os.path.join(self.folder, ".bin")
        os.mkdir(tools)
        os.symlink(os.path.abspath(binary), os.path.join(tools, "sockchat"))
        self.env = {**os.environ, "PATH": tools + ":" + os.environ["PATH"],
                    "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": self.folder,
                    "XDG_CONFIG_HOME": os.path.join(self.folder, ".config"),
                    "PYTHONUNBUFFERED": "1"}
        os.makedirs(os.path.join(self.folder, ".config", "sockchat"))
        with open(os.path.join(self.folder, ".config", "sockchat", "config"),
                  "w", encoding="ascii") as config:
            config.write("time off\n")
        if any(line.startswith("$ docker ") for b in blocks for line in b.lines):
            self.make_container(os.path.join(tools, "docker"))

    def make_container(self, docker):
        """A network that is our host, and one in it for the container"""
        def hold(*command):
            holder = subprocess.Popen([*command, "sh", "-c",
                                       "echo; exec sleep 600"],
                                      stdout=subprocess.PIPE)
            holder.stdout.readline()
            self.holders.append(holder)
            return str(holder.pid)

        host = hold("unshare", "--map-root-user", "--net")
        self.enter = ["nsenter", "-t", host, "-U", "-n",
                      "--preserve-credentials"]
        container = hold(*self.enter, "unshare", "--net")
        inside = ["nsenter", "-t", container, "-n"]
        for command in (
                "ip link add docker0 type veth peer name eth0 netns "
                + container,
                "ip address add 172.17.0.1/16 dev docker0",
                "ip link set lo up", "ip link set docker0 up",
                " ".join(inside) + " ip address add 172.17.0.2/16 dev eth0",
                " ".join(inside) + " ip link set lo up",
                " ".join(inside) + " ip link set eth0 up"):
            subprocess.run(self.enter + command.split(), check=True)
        with open(docker, "w", encoding="ascii") as script:
            script.write(DOCKER.format(container=container))
        os.chmod(docker, 0o755)

    def real(self, text):
        return PORT.sub(lambda m: self.ports.get(m[0], m[0]), text)

    def shown(self, output):
        for name, port in self.ports.items():
            output = re.sub(r"\b%s\b" % port, name, output)
        output = output.replace("\r\n", "\n")
        output = output.replace(self.folder + "/", "")
        for expression, instead in OWNERS:
            output = expression.sub(instead, output)
        lines = output.rstrip("\n").split("\n")
        return [line for line in lines if line and not NOISE.search(line)]

    def make_files(self):
        for block in self.blocks:
            if block.name:
                path = os.path.join(self.folder, block.name[0])
                with open(path, "w", encoding="utf-8") as file:
                    file.write(self.real("\n".join(block.lines)) + "\n")
                os.chmod(path, 0o755)

    def start(self, command):
        output = tempfile.TemporaryFile(dir=self.folder)
        process = subprocess.Popen(
            [*self.enter, "bash", "-c", self.real(command)], cwd=self.folder, env=self.env,
            stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True)
        return process, output

    def read(self, output):
        output.seek(0)
        return self.shown(output.read().decode("utf-8", "replace"))

    def await_port(self, process):
        """Until one more of our ports is open in the program's network"""
        until = time.monotonic() + DEADLINE
        before = self.open_ports
        while time.monotonic() < until and process.poll() is None:
            now = open_ports(process.pid) & {int(p) for p in
                                             self.ports.values()}
            if now - before:
                self.open_ports = before | now
                return
            time.sleep(.02)

    def kill(self, job):
        process = self.staying[job - 1][3]
        os.killpg(process.pid, 15)
        process.wait()
        return []

    def run(self, command):
        if command.startswith("kill %"):
            return self.kill(int(command[6:]))
        process, output = self.start(command)
        process.stdin.close()
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return self.read(output) + ["(it did not end)"]
        return self.read(output)

    def play(self):
        """Run all of it. Yields each step: block, command, wanted, came"""
        self.make_files()
        for block in self.blocks:
            if block.language != "console":
                continue
            for command, wanted in block.commands():
                first, *rest = command.split("\n")
                if first.endswith(" &"):
                    process, output = self.start(
                        "\n".join(["exec " + first[:-2], *rest]))
                    self.await_port(process)
                    self.staying.append((block, command, wanted, process,
                                         output))
                else:
                    yield block, command, wanted, self.run(command)
        for block, command, wanted, process, output in self.staying:
            yield block, command, wanted, self.settle(wanted, process, output)

    def settle(self, wanted, process, output):
        """What a program that stays has said, when it said all or rests"""
        until = time.monotonic() + (20 if wanted and not IS_WRITING
                                    else 2)
        came = self.read(output)
        while time.monotonic() < until and (not wanted or
                                            difference(wanted, came)):
            time.sleep(.05)
            came = self.read(output)
        return came

    def finish(self):
        for _, _, _, process, _ in self.staying:
            if process.poll() is None:
                os.killpg(process.pid, 15)
            process.wait()
        for holder in self.holders:
            holder.kill()
            holder.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def open_ports(pid):
    ports = set()
    for table in "tcp", "tcp6":
        with open(f"/proc/{pid}/net/{table}", encoding="ascii") as rows:
            for words in map(str.split, rows):
                if words[3] == "0A":
                    ports.add(int(words[1][-4:], 16))
    return ports


def play(binary, title, blocks, pages):
    """Returns whether all came as the page has it"""
    section = Section(binary, title, blocks)
    is_well = True
    try:
        for block, command, wanted, came in section.play():
            pages.setdefault(block, {})[command] = came
            wrong = difference(wanted, came)
            if wrong and not IS_WRITING:
                print(f"{title}: {command}\n{wrong}")
                is_well = False
    finally:
        section.finish()
    return is_well


def write(path, lines, pages):
    for block in sorted(pages, key=lambda b: -b.first):
        text = []
        for command, _ in block.commands():
            text += ("$ " + command).split("\n") + pages[block][command]
        lines[block.first:block.first + len(block.lines)] = text
    with open(path, "w", encoding="utf-8") as page:
        page.write("\n".join(lines))


IS_WRITING = sys.argv[4:] == ["write"]


def main():
    binary, path, wanted = sys.argv[1:4]
    lines, sections = read_page(path)
    pages, is_well, is_known = {}, True, False
    for title, blocks in sections:
        if wanted in ("all", title):
            is_known = True
            is_well = play(binary, title, blocks, pages) and is_well
    if IS_WRITING:
        write(path, lines, pages)
    sys.exit(0 if is_well and is_known else 1)


main()
