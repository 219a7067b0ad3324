/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations as real programs have them, and which frame shows each; NULL:
 * nothing may be guessed. */

#ifndef TESTS_FRAME_GUESS_SAMPLES_H
#define TESTS_FRAME_GUESS_SAMPLES_H

#include <stddef.h>

#define CAME(text) text, sizeof(text) - 1, "", 0
#define BOTH(came, sent) came, sizeof(came) - 1, sent, sizeof(sent) - 1

static const struct guess_sample {
	const char *what, *spec;
	const char *in;
	size_t in_len;
	const char *out;
	size_t out_len;
} guess_samples[] = {
	/* Lengths */
	{ "struct.pack('>I') before texts", "u32",
	  CAME("\0\0\0\5hello\0\0\0\6world!\0\0\0\3abc") },
	{ "struct.pack('<I') before texts", "u32,le",
	  CAME("\5\0\0\0hello\6\0\0\0world!\3\0\0\0abc") },
	{ "the same message again and again", "u32",
	  CAME("\0\0\0\4ping\0\0\0\4ping\0\0\0\4ping") },
	{ "JSON of a Unity client behind its length", "u32,le",
	  CAME("\x1e\0\0\0{\"type\":\"join\",\"name\":\"Alice\"}"
	       "\x1d\0\0\0{\"type\":\"move\",\"x\":1,\"y\":-20}"
	       "\x1c\0\0\0{\"type\":\"chat\",\"msg\":\"hi\\n\"}"
	       "\x0f\0\0\0{\"type\":\"quit\"}") },
	{ "big endian lengths of two bytes", "u16",
	  CAME("\0\4ping\0\7status?\0\13bye, Alice!") },
	{ "little endian lengths of two bytes", "u16,le",
	  CAME("\4\0ping\7\0status?\13\0bye, Alice!") },
	{ "lengths of eight bytes", "u64",
	  CAME("\0\0\0\0\0\0\0\5hello\0\0\0\0\0\0\0\6world!"
	       "\0\0\0\0\0\0\0\3abc") },
	{ "lengths that count themselves", "u32,add=-4",
	  CAME("\0\0\0\x09hello\0\0\0\x0aworld!\0\0\0\7abc") },
	{ "BSON as MongoDB's messages", "u32,le,add=-4",
	  CAME(":\000\000\000\001\000\000\000\000\000\000\000\324\007\000\000"
	       "\000\000\000\000admin.$cmd\000\000"
	       "\000\000\000\377\377\377\377\023\000\000\000\020isMa"
	       "ster\000\001\000\000\000\000"
	       "(\000\000\000\002\000\000\000\000\000\000\000\335\007\000\000"
	       "\000\000\000\000\000\023\000\000\000\001ping\000\000"
	       "\000\000\000\000\000\360\077\000"
	       "5\000\000\000\003\000\000\000\000\000\000\000\335\007\000\000"
	       "\000\000\000\000\000 \000\000\000\002hello\000"
	       "\005\000\000\000quit\000\002$db\000\002\000"
	       "\000\000x\000\000"
	       "$\000\000\000\004\000\000\000\000\000\000\000\335\007\000\000"
	       "\000\000\000\000\000\017\000\000\000\020last\000\001"
	       "\000\000\000\000") },
	{ "a type of one byte before the length", "u16,at=1",
	  CAME("\1\0\5hello\2\0\6world!\1\0\3abc\7\0\4quit") },
	{ "asked and answered in frames", "u32",
	  BOTH("\0\0\0\4pong\0\0\0\6values",
	       "\0\0\0\4ping\0\0\0\12get values") },
	{ "asked in lines, and answered in frames", "u32",
	  BOTH("\0\0\0\4pong\0\0\0\6values\0\0\0\7goodbye",
	       "ping\nget values\nquit\n") },
	{ "an unpacked struct behind its length", "u16",
	  CAME("\0\x0b\x01\x00\x00\x00\x07\x43\x1c\x80\x00\xff\x10"
	       "\0\x08\x02\x99\x00\x00\x00\x08\x41\x20"
	       "\0\x11\x01\x00\x00\x00\x09\x43\x1d\x00\x00\xff\x10\x7f\x45"
	       "\x00\x11\x12\xa9"
	       "\0\x06\x04\xd0\x33\x00\x00\x0b"
	       "\0\x0c\x01\x00\x00\x00\x0c\x43\x1c\x80\x00\xff\x10\x77") },
	{ "short strings of .NET's BinaryWriter", "u8",
	  CAME("\5Hello\6world!\15How are you?!\3Bye") },
	{ "JSON behind lengths that are letters, too", "u8",
	  CAME(" {\"type\":\"join\",\"name\":\"Alice B\"}"
	       "+{\"type\":\"chat\",\"name\":\"Bob\",\"text\":\"hello\"}"
	       "%{\"type\":\"chat\",\"text\":\"how are you?\"}") },
	{ "longer strings of .NET's BinaryWriter", "varint",
	  CAME("\5Hello\x88\1"
	       "0123456789 0123456789 0123456789 0123456789 0123456789 0123 "
	       "0123456789 0123456789 0123456789 0123456789 0123456789 "
	       "0123456789 0123456789\4Bye!") },
	{ "OpenFlow and its like: the length of all behind a type",
	  "u16,at=2,add=-4",
	  CAME("\4\0\0\x10\0\0\0\1\0\1\0\x08\0\0\0\x10"
	       "\4\2\0\x0c\0\0\0\2hi!!\4\3\0\x0a\0\0\0\2ab"
	       "\4\5\0\x08\0\0\0\3\4\6\0\x20\0\0\0\3\0\0\xaa\xbb\xcc\xdd"
	       "\xee\xff\0\0\1\0\xfe\0\0\0\0\0\0\x4f\0\0\0\0") },
	{ "Docker's streams of a container", "u32,at=4",
	  CAME("\1\0\0\0\0\0\0\6hello\n\2\0\0\0\0\0\0\x10warning: no disk"
	       "\1\0\0\0\0\0\0\4bye\n\1\0\0\0\0\0\0\5again") },
	/* Texts around messages */
	{ "texts that end in NUL", "nul", CAME("<a/>\0<b x='1'/>\0<bye/>\0") },
	{ "STX and ETX of a pair of scales", "between:\\x02,\\x03",
	  CAME("\2+001.250kg\3\2+001.251kg\3\2+001.250kg\3") },
	{ "STX and ETX with a checksum behind", "between:\\x02,\\x03",
	  CAME("\2R01=17\3\x5a\2R02=18\3\x47\2R03=1\3\x09") },
	{ "HL7 in MLLP", "between:\\x0b,\\x1c\\r",
	  CAME("\x0bMSH|^~\\&|LAB|A\rPID|1\r\x1c\r"
	       "\x0bMSH|^~\\&|LAB|A\rPID|2\r\x1c\r") },
	{ "records that end in RS", "delim:\\x1e",
	  CAME("{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":6}\x1e"
	       "{\"type\":1,\"target\":\"Send\",\"arguments\":[]}\x1e") },
	{ "SLIP", "slip",
	  CAME("\xc0\x45\x00\x00\x1d\xdb\xdc\x01\xc0\xc0\x45\x00\x11\xdb\xdd"
	       "\xc0\xc0\x45\xff\x07\xc0") },
	/* Text that has frames of its own */
	{ "netstrings", "netstring", CAME("5:hello,6:world!,3:abc,") },
	{ "four digits before each message", "dec:4",
	  CAME("0005hello0012hello world!0003abc0007goodbye") },
	{ "a language server", "headers",
	  BOTH("Content-Length: 38\r\n\r\n"
	       "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}",
	       "Content-Length: 40\r\n\r\n"
	       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"init\"}") },
	{ "JSON glued together", "json",
	  CAME("{\"a\":1}{\"a\":[1,{\"b\":\"}{\"}]}{\"c\":null}") },
	{ "answers of Redis", "resp",
	  BOTH("+OK\r\n$5\r\nhello\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n:3\r\n",
	       "SET a hello\r\nGET a\r\nKEYS *\r\nDBSIZE\r\n") },
	/* Protocols */
	{ "Modbus", "modbus",
	  BOTH("\0\1\0\0\0\7\1\3\4\0\x0a\0\x0b\0\2\0\0\0\5\1\3\2\0\x0a"
	       "\0\3\0\0\0\3\1\x83\2",
	       "\0\1\0\0\0\6\1\3\0\0\0\2\0\2\0\0\0\6\1\3\0\4\0\1"
	       "\0\3\0\0\0\6\1\3\xff\xff\0\1") },
	{ "Modbus, the requests alone", "modbus",
	  CAME("\0\1\0\0\0\6\1\3\0\0\0\2\0\2\0\0\0\6\1\3\0\4\0\1"
	       "\0\3\0\0\0\6\1\3\0\7\0\1") },
	{ "DNS", "dns",
	  BOTH("\0\x2d\x12\x34\x81\x80\0\1\0\1\0\0\0\0\7example\3org\0\0\1\0\1"
	       "\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4\x5d\xb8\xd8\x22"
	       "\0\x1d\x12\x35\x81\x83\0\1\0\0\0\0\0\0\7example\3net\0\0\1\0\1",
	       "\0\x1d\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1"
	       "\0\x1d\x12\x35\1\0\0\1\0\0\0\0\0\0\7example\3net\0\0\1\0\1") },
	{ "MQTT that an accepted client goes on with", "mqtt",
	  CAME("\x82\x0c\0\1\0\7a/b/c/d\0\x30\x0d\0\7a/b/c/dhi!!"
	       "\x30\x12\0\7a/b/c/d21.5 deg\n\x32\x0e\0\7a/b/c/d\0\2bye"
	       "\xc0\0\xe0\0") },
	/* Lines, and other text */
	{ "lines of SMTP", NULL,
	  CAME("220 mail.example.org ESMTP Postfix\r\n250-mail\r\n"
	       "250-PIPELINING\r\n250-SIZE 10240000\r\n250 HELP\r\n") },
	{ "lines of POP3", NULL,
	  BOTH("+OK ready\r\n+OK\r\n+OK 2 320\r\n",
	       "USER a\r\nPASS b\r\nSTAT\r\n") },
	{ "lines of IMAP with a literal", NULL,
	  CAME("* OK IMAP4rev1\r\n* 2 EXISTS\r\n* 1 FETCH (BODY[] {12}\r\n"
	       "Subject: x\r\n)\r\na OK done\r\n") },
	{ "HTTP with a text", NULL,
	  CAME("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"
	       "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nworld\n") },
	{ "JSON in lines", NULL,
	  CAME("{\"a\":1}\n{\"a\":[1,{\"b\":\"}{\"}]}\n{\"c\":null}\n") },
	{ "JSON over several lines", NULL,
	  CAME("{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n{\n  \"c\": 3\n}\n") },
	{ "comma separated values", NULL,
	  CAME("id,name,size\n1,Alice,10\n2,Bob,20\n3,Carol,30\n") },
	{ "a log with colours", NULL,
	  CAME("\033[32m10:00:00\033[0m INFO started\n"
	       "\033[31m10:00:01\033[0m ERROR no disk\a\n"
	       "\033[32m10:00:02\033[0m INFO ended\n") },
	{ "base64", NULL,
	  CAME("SGVsbG8sIHdvcmxkISBUaGlzIGlzIGEgdGVzdCBvZiBiYXNlNjQgdGhhdCBp"
	       "cyBsb25n\nZXIgdGhhbiBvbmUgbGluZSBhbmQgZ29lcyBvbi4=\n") },
	{ "numbers in one row", NULL,
	  CAME("000100020003000400050006000700080009001000110012") },
	{ "numbers with blanks", NULL, CAME("1.5 2.25 3.125 10 20 30 40 5 ") },
	{ "a hex dump without an end", NULL,
	  CAME("0000 16 03 01 02 00 01 00 01 fc 03 03 00 04 61 62 63") },
	{ "IRC with bold and colours", NULL,
	  CAME(":a!b@c PRIVMSG #x :\2bold\2 and \00304red\3\r\n"
	       ":a!b@c PRIVMSG #x :\1ACTION waves\1\r\n"
	       ":a!b@c PRIVMSG #x :\37line\37 \26reverse\26\r\n") },
	{ "FIX", NULL,
	  CAME("8=FIX.4.4\0019=49\00135=A\00149=ME\00156=YOU\00134=1\001"
	       "98=0\001108=30\00110=093\0018=FIX.4.4\0019=35\00135=0\001"
	       "49=ME\00156=YOU\00134=2\00110=201\001") },
	{ "Telnet", NULL,
	  CAME("\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27\xff\xfb\x03"
	       "\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x05" "Debian\r\nlogin: ") },
	{ "a progress in one line of a terminal", NULL,
	  CAME("\r 10%\r 20%\r 30%\r 40%\r100%\n") },
	{ "UTF-16, little endian", NULL,
	  CAME("h\0e\0l\0l\0o\0 \0w\0o\0r\0l\0d\0\n\0b\0y\0e\0\n\0") },
	{ "UTF-16, big endian", NULL,
	  CAME("\0h\0e\0l\0l\0o\0 \0w\0o\0r\0l\0d\0\n\0b\0y\0e\0\n") },
	{ "EUC-KR", NULL,
	  CAME("\xc0\xcc\xb8\xa7\xc0\xba?\n\xc0\xcc\xb0\xcd\xc0\xcc\xb4\xd9\n"
	       "\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4\n") },
	{ "a text that begins with a byte like a length", NULL,
	  CAME("\5Hello world, this is one text after a single byte.\n"
	       "And one more line of it, and no more lengths.\n") },
	/* Binary data without frames that we know */
	{ "TLS 1.3, as recorded from the middle", NULL,
	  CAME("\x17\3\3\0\x15\x8a\x91\xb3\x07\xfd\x1e\x5b\xc9\x77\x02\xd4"
	       "\xaf\x33\x98\x6c\x10\xbe\x45\xe2\x7f\xd9\x17\3\3\0\x13\x0e"
	       "\x44\x8b\xd2\x61\x9f\x3c\xa7\xe0\x55\x18\xca\x90\x2b\x7e\xf3"
	       "\x64\xdd\x0b\x17\3\3\0\x12\x9e\x21\x5f\xb8\x43\xec\x70\x0d"
	       "\x96\xda\x38\xc1\x67\xf5\x82\x1b\xae\x59") },
	{ "RFB, a screen", NULL,
	  CAME("RFB 003.008\n\1\1\0\0\0\0\4\0\3\0\x20\x18\0\1\0\xff\0\xff\0"
	       "\xff\x10\x08\0\0\0\0\0\0\0\x07" "example") },
	{ "X11's answer", NULL,
	  CAME("\1\0\x0b\0\0\0\x6d\1\x98\xd0\xb8\0\0\0\0\2\xff\xff\x1f\0\0\1"
	       "\0\0\x14\0\xff\xff\1\7\0\0\x20\x20\x08\xff\0\0\0\0"
	       "The X.Org Foundation\1\1\x20\0\0\0\0\0\4\x08\x20\0\0\0\0\0") },
	{ "a PNG", NULL,
	  CAME("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f"
	       "\x15\xc4\x89\0\0\0\rIDATx\x9c\x63\xf8\xcf\xc0\xf0\x1f\0\5\0"
	       "\1\xff\x89\x99\x3d\x1d\0\0\0\0IEND\xae\x42\x60\x82") },
	{ "a JPEG's beginning", NULL,
	  CAME("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43"
	       "\0\x08\6\6\7\6\5\x08\7\7\7\x09\x09\x08\n\x0c\x14\r\x0c\x0b"
	       "\x0b\x0c\x19\x12\x13\x0f\x14\x1d\x1a\x1f\x1e\x1d\x1a\x1c"
	       "\x1c\x20\x24\x2e\x27\x20\x22\x2c\x23\x1c\x1c\x28\x37\x29") },
	{ "memcached's binary protocol", NULL,
	  CAME("\x80\0\0\5\0\0\0\0\0\0\0\5\0\0\0\1\0\0\0\0\0\0\0\0Hello"
	       "\x80\0\0\5\0\0\0\0\0\0\0\5\0\0\0\2\0\0\0\0\0\0\0\0World"
	       "\x80\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0") },
	{ "a fixed struct with a name that is padded", NULL,
	  CAME("\1\0\0\0Alice\0\0\0\0\0\0\0\2\0\0\0Bob\0\0\0\0\0\0\0\0\0"
	       "\3\0\0\0Carol\0\0\0\0\0\0\0\4\0\0\0Dave\0\0\0\0\0\0\0\0") },
	{ "a buffer that is filled up with NULs", NULL,
	  CAME("hello\0\0\0\0\0\0\0\0\0\0\0world\0\0\0\0\0\0\0\0\0\0\0"
	       "bye\0\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ "one message alone", NULL, CAME("\0\0\0\5hello") },
	{ "zeros", NULL,
	  CAME("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
};

#define GUESS_SAMPLES (sizeof(guess_samples) / sizeof(guess_samples[0]))

#endif
