"""Two machines on this one: network namespaces with names and addresses of their own."""

import os
import shutil
import subprocess
from contextlib import contextmanager, suppress

DEVICE = "emo0"  # the network device of each machine, by the same name
# takes the place of ssh: the name of a machine, and a line for its shell
SHELL = """\
#!/bin/sh
machine=$1
shift
exec ip netns exec "{prefix}$machine" unshare --uts sh -c "hostname {prefix}$machine && $*"
"""


class NotPermitted(Exception):
    """This machine permits no network namespaces."""


@contextmanager
def two_machines(folder):
    """Give the addresses of two machines, and a command that is used like ssh.

    Raises:
        NotPermitted: If there can be none here.
    """
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "unshare"))):
        raise NotPermitted("network namespaces need root, ip and unshare")
    prefix = f"emo{os.getpid() % 10_000}-"
    addresses = ("10.213.77.1", "10.213.77.2")
    try:
        _connect(prefix, addresses)
        shell = folder / "shell"
        shell.write_text(SHELL.format(prefix=prefix))
        shell.chmod(0o755)
        call(str(shell), addresses[0], f"ip addr show {DEVICE} up")
        yield addresses, str(shell)
    except subprocess.CalledProcessError as error:
        raise NotPermitted(error.stderr) from error
    finally:
        for address in addresses:
            with suppress(subprocess.CalledProcessError):
                call("ip", "netns", "delete", f"{prefix}{address}")


def _connect(prefix, addresses):
    names = [f"{prefix}{address}" for address in addresses]
    for name in names:
        call("ip", "netns", "add", name)
    ends = [["netns", name, "name", DEVICE] for name in names]
    call("ip", "link", "add", *ends[0][2:], *ends[0][:2], "type", "veth", "peer", *ends[1][2:],
         *ends[1][:2])  # fmt: skip
    for name, address in zip(names, addresses, strict=True):
        call("ip", "-n", name, "addr", "add", f"{address}/24", "dev", DEVICE)
        for device in ("lo", DEVICE):
            call("ip", "-n", name, "link", "set", device, "up")


def call(*command):
    subprocess.run(command, check=True, capture_output=True, text=True)
