#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""git_server.py FOLDER: serves the repositories of FOLDER with git daemon on a free port of
loopback, which it prints. FOLDER/limit, if there is one, says what befalls each connection: "cut
N" closes it after N bytes of answer, "reset N" resets it, "stall N" says nothing more, and opens
the FIFO FOLDER/stalled when it has come to that."""
import os
import socket
import struct
import subprocess
import sys
import threading

folder = sys.argv[1]


def read_limit():
    try:
        with open(os.path.join(folder, "limit"), encoding="ascii") as text:
            manner, count = text.read().split()
            return manner, int(count)
    except FileNotFoundError:
        return None, 1 << 62


def forward(connection, daemon):
    """What the client says, to the daemon."""
    try:
        while data := connection.recv(65536):
            daemon.stdin.write(data)
        daemon.stdin.close()
    except (OSError, ValueError):  # it has ended, or was
        pass


def serve(connection):
    manner, left = read_limit()
    with subprocess.Popen(["git", "daemon", "--inetd", "--export-all", "--base-path=" + folder],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as daemon:
        thread = threading.Thread(target=forward, args=(connection, daemon))
        thread.start()
        try:
            while left > 0 and (data := daemon.stdout.read(min(left, 65536))):
                connection.sendall(data)
                left -= len(data)
            if left == 0 and manner == "stall":
                with open(os.path.join(folder, "stalled"), "w", encoding="ascii"):
                    pass
                thread.join()
            if left == 0 and manner == "reset":
                # As long as somebody reads it, it is not closed.
                connection.shutdown(socket.SHUT_RD)
                thread.join()
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack("ii", 1, 0))
            else:
                connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()
        daemon.kill()


with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
