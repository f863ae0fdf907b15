"""Tests of install_packages.sh on a machine made of stand-ins."""

import os
import subprocess
import tempfile
import unittest

_HERE = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])


class InstallPackages(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = folder.name
        os.mkdir(os.path.join(self.path, "tools"))
        os.mkdir(os.path.join(self.path, "bin"))
        self.script = self.write(
            "tools/install_packages.sh",
            self.read(os.path.join(_HERE, "tools/install_packages.sh")))
        for tool in ("bash", "sed", "grep", "dirname", "cat", "env"):
            os.symlink(f"/bin/{tool}", os.path.join(self.path, "bin", tool))
        self.command("apt-get", 'echo "apt-get $*"')
        self.machine(user=0)

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)
        return path

    def command(self, name, body):
        self.write("bin/" + name, f"#!/bin/bash\n{body}\n")

    def machine(self, user, installed=(), removed=()):
        lines = [f"{name} installed" for name in installed]
        lines += [f"{name} config-files" for name in removed]
        self.command("dpkg-query",
                     "cat <<'END'\n" + "\n".join(lines) + "\nEND")
        self.command("id", f"echo {user}")

    def run_script(self, packages):
        self.write("tools/packages.txt", packages)
        result = subprocess.run(
            [self.script], env={"PATH": os.path.join(self.path, "bin")},
            check=False, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        return result.returncode, result.stdout.splitlines()

    def test_says_nothing_where_nothing_is_missing(self):
        self.machine(user=0, installed=["libgrpc++-dev", "git"])
        self.assertEqual((0, []),
                         self.run_script("# all\nlibgrpc++-dev\n\ngit # why\n"))

    def test_installs_just_what_is_missing(self):
        self.machine(user=0, installed=["git"], removed=["g++"])
        status, lines = self.run_script("git\ng++\ngit-lfs\n")
        self.assertEqual(0, status)
        self.assertEqual("installing 2 Debian packages: g++ git-lfs", lines[0])
        self.assertEqual("apt-get update", lines[1])
        self.assertTrue(lines[2].endswith(" g++ git-lfs"))

    def test_a_command_will_do_for_its_package(self):
        self.machine(user=0)
        self.command("npm", "")
        self.assertEqual((0, []), self.run_script("npm npm\n"))

    def test_asks_sudo_where_the_user_is_not_root(self):
        self.machine(user=1000)
        self.command("sudo", 'echo "as root: $*"')
        status, lines = self.run_script("git\n")
        self.assertEqual(0, status)
        self.assertEqual("as root: apt-get update", lines[1])

    def test_tells_what_to_install_where_it_may_not(self):
        self.machine(user=1000)
        status, lines = self.run_script("git\ng++\n")
        self.assertEqual(1, status)
        self.assertEqual("apt-get install git g++", lines[-1])

    def test_stops_where_installing_fails(self):
        self.command("apt-get", "exit 100")
        self.assertEqual(100, self.run_script("git\n")[0])


if __name__ == "__main__":
    unittest.main()
