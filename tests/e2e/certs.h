/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Certificates for the tests of TLS, good and bad ones, which each test program
 * makes for itself in a folder of its own. */

#ifndef TEST_CERTS_H
#define TEST_CERTS_H

/* Make the folder with all certificates, and remove it.  For the setup and the
 * teardown of a group of tests. */
int certs_setup(void **state);
int certs_teardown(void **state);

/* The path of a file in that folder; good for eight calls.
 *
 * NAME.pem has a certificate and the intermediate one behind it, NAME.key its
 * key:
 *   root          trusted with --tls-ca; it has signed inter
 *   inter         has signed all that follow, if nothing else is said
 *   server        good for localhost, 127.0.0.1 and ::1
 *   other         good for other.example only
 *   expired       its time was over ten days ago
 *   future        its time begins in ten days
 *   purpose       for clients only, but with the names of a server
 *   lone          as server, but its file lacks inter
 *   self          signed by itself
 *   weak          an RSA key of 1024 bits
 *   rogue         another root, with the name of root
 *   user          a client
 *   stranger      a client that rogue has signed
 * locked.key is the key of server, encrypted with the passphrase "secret". */
const char *cert_path(const char *name);

#endif
