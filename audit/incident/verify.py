#!/usr/bin/env python3
"""Checks that events.jsonl is part of the signed chain in chain.jsonl.

Usage: python3 verify.py [FOLDER] [--key FILE]

FOLDER is the unpacked bundle (default: this file's), FILE a copy of the public
key that you trust more than the bundle's chain.pub. Exit codes: 0 whole and
signed, 1 it is not, 2 whole but signatures could not be checked. Needs Python
3.8 and, for signatures, openssl 3. See chain.txt for what is checked and why.
"""
import argparse, base64, hashlib, json, os, re, subprocess, sys, tempfile

LINK = re.compile(rb'"chain":\{"seq":([1-9]\d{0,19}),"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}\}\}$')


def fail(text):
    print("FAULT:", text)
    sys.exit(1)


def rotated(x, n):
    return (x >> n | x << (32 - n)) & 0xFFFFFFFF


# The constants of SHA-256: the first 32 bits of the fractions of the cube roots of
# the first 64 primes (FIPS 180-4, 4.2.2), in integers, since floats are not exact enough.
PRIMES = [n for n in range(2, 312) if all(n % d for d in range(2, n))]
K = []
for prime in PRIMES:
    low, high = 0, prime << 32
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= prime << 96 else (low, middle)
    K.append(low & 0xFFFFFFFF)


def resumed_sha256(state, read, rest):
    """SHA-256 that goes on from a chaining value after read bytes (FIPS 180-4, 6.2.2)."""
    h = [int(state[i : i + 8], 16) for i in range(0, 64, 8)]
    length = read + len(rest)
    padded = rest + b"\x80" + b"\0" * ((55 - length) % 64) + (8 * length).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        w = [int.from_bytes(padded[at + i : at + i + 4], "big") for i in range(0, 64, 4)]
        for t in range(16, 64):
            s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3
            s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10
            w.append((w[t - 16] + s0 + w[t - 7] + s1) & 0xFFFFFFFF)
        a, b, c, d, e, f, g, i = h
        for t in range(64):
            t1 = i + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + (e & f ^ ~e & g) + K[t] + w[t]
            t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + (a & b ^ a & c ^ b & c)
            a, b, c, d, e, f, g, i = (t1 + t2) & 0xFFFFFFFF, a, b, c, (d + t1) & 0xFFFFFFFF, e, f, g
        h = [(x + y) & 0xFFFFFFFF for x, y in zip(h, (a, b, c, d, e, f, g, i))]
    return "".join("%08x" % x for x in h)


def check_sealed(row):
    """The content is hidden; that it is followed by this link is not."""
    link = b'"chain":{"seq":%d,"prev":"%s"' % (row["seq"], row["prev"].encode())
    read, rest = row["read"], row["rest"]
    if read % 64 or not 27 <= rest <= len(link) or not re.fullmatch("[0-9a-f]{64}", row["state"]):
        fail("line %d is sealed in an unknown way" % row["seq"])
    if resumed_sha256(row["state"], read, link[-rest:]) != row["hash"]:
        fail("line %d does not follow the line before it" % row["seq"])


def link_of(line):
    """Returns seq, prev and hash of a line after recomputing its hash."""
    m = LINK.search(line)
    if not m:
        fail("no place in the chain: %r" % line[:80])
    seq, prev, said = int(m[1]), m[2].decode(), m[3].decode()
    if hashlib.sha256(line[: line.rindex(b',"hash":"')]).hexdigest() != said:
        fail("line %d was altered" % seq)
    return seq, prev, said


def verify_signature(key, text, blob):
    """Ed25519 by openssl; None where there is no openssl that can."""
    spki = bytes.fromhex("302a300506032b6570032100") + key  # RFC 8410
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(spki) + b"\n-----END PUBLIC KEY-----\n"
    with tempfile.TemporaryDirectory() as d:
        paths = [os.path.join(d, n) for n in ("key", "text", "sig")]
        for path, content in zip(paths, (pem, text, blob)):
            with open(path, "wb") as f:
                f.write(content)
        try:
            run = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths[0], "-rawin",
                                  "-in", paths[1], "-sigfile", paths[2]], capture_output=True)
        except FileNotFoundError:
            return None
    return run.returncode == 0


def check_note(note, public, seq, prev):
    """A checkpoint is about the line before it; returns whether it is signed."""
    text, _, signatures = note.partition("\n\n")
    said = text.split("\n")
    if said[0] != "lachan-audit-chain/v1" or said[2:4] != ["seq %d" % (seq - 1), "hash " + prev]:
        fail("the checkpoint in line %d is not about the line before it" % seq)
    if not public:
        return None
    name, _, rest = public.partition("+")
    key = base64.b64decode(rest.partition("+")[2])
    wanted = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]  # key hash of a signed note
    for line in signatures.split("\n"):
        dash, _, rest = line.partition(" ")
        signer, _, blob = rest.partition(" ")
        if dash != "\u2014" or signer != name:
            continue
        blob = base64.b64decode(blob)
        if blob[:4] == wanted and key[0] == 1:
            good = verify_signature(key[1:], (text + "\n").encode(), blob[4:])
            if good is False:
                fail("the signature of the checkpoint in line %d is wrong" % seq)
            return good
    fail("the checkpoint in line %d is not signed with the key given" % seq)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    options.add_argument("--key")
    o = options.parse_args()
    with open(o.key or os.path.join(o.folder, "chain.pub"), encoding="utf-8") as f:
        public = f.read().strip()

    events = {}
    with open(os.path.join(o.folder, "events.jsonl"), "rb") as f:
        for line in f:
            seq, prev, said = link_of(line.rstrip(b"\n"))
            events[seq] = (prev, said)
    if not events:
        fail("events.jsonl is empty")

    last, before, checkpoints, covered, signed = None, None, 0, False, True
    left = dict(events)
    with open(os.path.join(o.folder, "chain.jsonl"), encoding="utf-8") as f:
        for row in map(json.loads, f):
            if "seq" not in row:
                fail("a line without a place in the chain after line %s" % last)
            seq, prev, said = row["seq"], row["prev"], row["hash"]
            if seq == 1 and prev != "0" * 64 or last is not None and (seq != last + 1 or prev != before):
                fail("line %d does not follow line %s" % (seq, last))
            if seq in left:
                if left.pop(seq) != (prev, said):
                    fail("event %d is not the one in the chain" % seq)
            elif "state" in row:
                check_sealed(row)
            elif "line" not in row:
                fail("line %d is neither here nor sealed" % seq)
            else:
                if link_of(row["line"].encode()) != (seq, prev, said):
                    fail("line %d is not what its hash says" % seq)
                note = json.loads(row["line"]).get("lachan", {}).get("checkpoint", {}).get("note")
                if note:
                    checkpoints += 1
                    good = check_note(note, public, seq, prev)
                    signed = signed and bool(good)
                    covered = seq > max(events)
            last, before = seq, said
    if left:
        fail("events that are not in the chain: %s" % sorted(left)[:10])
    print("%d events are part of an unbroken chain up to line %d; %d checkpoints" % (len(events), last, checkpoints))
    if not covered:
        fail("no checkpoint follows the last event")
    if not signed:
        print("signatures were NOT checked: no key, or no openssl 3")
        sys.exit(2)
    print("signed by", public.partition("+")[0])


main()
