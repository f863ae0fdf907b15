"""omsctl as a process: on a pseudo-terminal, in a pipe, and at Ctrl-C."""

import os
import pty
import signal
import socket
import subprocess
import unittest

_OMSCTL = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                       "omsctl/omsctl")
_LIMIT = 30  # seconds


class Interrupted(unittest.TestCase):

    def test_ends_at_once_and_says_so(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            port = silent.getsockname()[1]
            omsctl = subprocess.Popen(
                [_OMSCTL, "--server", f"127.0.0.1:{port}", "connections",
                 "list"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
            peer, _ = silent.accept()  # it is in the middle of its call
            omsctl.send_signal(signal.SIGINT)
            _, error = omsctl.communicate(timeout=_LIMIT)
            peer.close()
        self.assertEqual(128 + signal.SIGINT, omsctl.returncode)
        self.assertEqual(b"\nomsctl: interrupted\n", error)


class Terminal(unittest.TestCase):

    def test_people_are_asked_there(self):
        controller, terminal = pty.openpty()
        omsctl = subprocess.Popen(
            [_OMSCTL, "connections", "delete", "acme"], stdin=terminal,
            stdout=terminal, stderr=terminal, close_fds=True)
        os.close(terminal)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(controller, 1024)
        self.assertIn(b"This removes everything stored of acme", said)
        os.write(controller, b"n\n")
        self.assertEqual(1, omsctl.wait(timeout=_LIMIT))
        os.close(controller)

    def test_nobody_is_asked_in_a_pipe(self):
        omsctl = subprocess.run(
            [_OMSCTL, "connections", "delete", "acme"], check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=_LIMIT)
        self.assertEqual(2, omsctl.returncode)
        self.assertIn(b"say --yes", omsctl.stderr)


class Unreachable(unittest.TestCase):

    def test_is_said_without_trying_again(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # bound, and not listening
            port = closed.getsockname()[1]
            omsctl = subprocess.run(
                [_OMSCTL, "--server", f"127.0.0.1:{port}", "connections",
                 "list"], check=False, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, timeout=_LIMIT)
        self.assertEqual(1, omsctl.returncode)
        self.assertIn(f"nothing listens at 127.0.0.1:{port}", omsctl.stderr)
        self.assertEqual(3, len(omsctl.stderr.splitlines()))


if __name__ == "__main__":
    unittest.main()
