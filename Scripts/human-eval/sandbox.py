"""Runs a program with limits, and says whether it ran to its end.

Reads {"program", "token", "folder", "seconds", "bytes"} as JSON from standard input, and writes the token to
descriptor 3 if the program raised nothing. The program may use the processor, the memory and the folder up to the
limits. It has no network and no other processes, and can write only to the folder. That contains generated code that
goes wrong. It is no protection against code that was written to break out.
"""

import ctypes
import json
import os
import platform
import resource
import struct
import sys

# Numbers of system calls: network, other processes, signals to them, and ways around these rules.
DENIED = {
    "x86_64": [41, 57, 58, 59, 62, 101, 165, 200, 234, 272, 308, 310, 311, 321, 322, 424, 425],
    "aarch64": [198, 221, 129, 117, 40, 130, 131, 97, 268, 270, 271, 280, 281, 424, 425],
}
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
CLONE_THREAD = 0x10000
EPERM, ENOSYS = 1, 38
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
LANDLOCK = {"create": 444, "add": 445, "restrict": 446}
# WRITE_FILE, and removing, creating, renaming and truncating; read access stays.
WRITING = 0b111_1111_1111_0010 & ~0b1100
WRITE_FILE = 2

libc = ctypes.CDLL(None, use_errno=True)


def fail(what):
    sys.exit(f"sandbox: {what}: {os.strerror(ctypes.get_errno())}")


def limit(seconds, byte_count):
    def both(kind, value):
        resource.setrlimit(kind, (value, value))

    both(resource.RLIMIT_CPU, int(seconds) + 1)
    both(resource.RLIMIT_AS, byte_count)
    both(resource.RLIMIT_FSIZE, 16 << 20)
    both(resource.RLIMIT_NOFILE, 64)
    both(resource.RLIMIT_CORE, 0)


def forbid_writing_outside(folder):
    """Landlock: files can be written only in the folder, and to /dev/null."""
    version = libc.syscall(LANDLOCK["create"], None, 0, 1)
    if version < 1:
        fail("expected a kernel with Landlock")
    rights = WRITING if version >= 3 else WRITING & ~(1 << 14)  # TRUNCATE is of version 3
    rights = rights if version >= 2 else rights & ~(1 << 13)  # REFER is of version 2
    rules = libc.syscall(LANDLOCK["create"], ctypes.create_string_buffer(struct.pack("<Q", rights), 8), 8, 0)
    if rules < 0:
        fail("Landlock")
    for path, allowed in ((folder, rights), ("/dev/null", WRITE_FILE)):
        descriptor = os.open(path, os.O_PATH)
        beneath = ctypes.create_string_buffer(struct.pack("<Qi", allowed, descriptor), 12)
        if libc.syscall(LANDLOCK["add"], rules, 1, beneath, 0) != 0:
            fail("Landlock")
        os.close(descriptor)
    if libc.syscall(LANDLOCK["restrict"], rules, 0) != 0:
        fail("Landlock")
    os.close(rules)


def forbid_calls(machine):
    """Seccomp: the denied calls fail, and clone makes only threads."""
    load, equal, at_least, bits, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill = 0x7FFF0000, 0x80000000

    def error(number):
        return 0x00050000 | number

    code = [(load, 0, 0, 4), (equal, 1, 0, AUDIT[machine]), (give, 0, 0, kill), (load, 0, 0, 0)]
    code += [(at_least, 0, 1, 0x40000000), (give, 0, 0, error(EPERM))]  # the x32 ABI's other numbers
    code += [(equal, 0, 1, CLONE3), (give, 0, 0, error(ENOSYS))]  # the C library then uses clone
    for number in DENIED[machine]:
        code += [(equal, 0, 1, number), (give, 0, 0, error(EPERM))]
    code += [(equal, 0, 3, CLONE[machine]), (load, 0, 0, 16), (bits, 1, 0, CLONE_THREAD), (give, 0, 0, error(EPERM))]
    code += [(give, 0, 0, allow)]
    filters = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in code))
    program = struct.pack("@HxxxxxxQ", len(code), ctypes.addressof(filters))
    if libc.prctl(PR_SET_SECCOMP, 2, ctypes.create_string_buffer(program, len(program)), 0, 0) != 0:
        fail("seccomp")


def main():
    task = json.load(sys.stdin)
    machine = platform.machine()
    if machine not in DENIED:
        sys.exit(f"sandbox: expected x86_64 or aarch64, found {machine}")
    os.chdir(task["folder"])
    program = compile(task["program"], "program.py", "exec", dont_inherit=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        fail("expected Linux")
    forbid_writing_outside(task["folder"])
    forbid_calls(machine)
    limit(task["seconds"], task["bytes"])
    exec(program, {"__name__": "__main__"})
    os.write(3, task["token"].encode())


if __name__ == "__main__":
    main()
