"""Runs one command in its own session and waits until all of its processes have ended.

    supervise.py STDOUT-FILE STDERR-FILE COMMAND…

Reads from stdin:  `stop SECONDS`: SIGTERM now, SIGKILL after that time. End of file (our parent is gone): SIGKILL now.
                   `end SECONDS`: the same for the process group of the command alone, as Systems Manager's agent ends a command.
Writes to stdout:  `pid N`, `exit CODE` when the command has ended, `shutdown`, `reboot` or `later` (a shutdown)
                   when it asks for that (SIGUSR1, SIGUSR2, SIGALRM), `ended` when its process group has ended after `end`,
                   and `gone` at the end.

On Linux this process adopts every descendant that lost its parent, so a daemon can't hide by leaving the session.
"""

import ctypes
import os
import select
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def say(text):
    try:
        os.write(1, (text + "\n").encode())
    except OSError:
        pass  # the reader has gone; end of file on stdin follows


def children():
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def start(stdout, stderr, command):
    """Returns when the command has been executed, so that its session exists."""
    ready, started = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, signal.SIG_DFL)
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(stdout, append, 0o600), 1)
        os.dup2(os.open(stderr, append, 0o600), 2)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, ("%s: %s\n" % (command[0], error.strerror)).encode())
            os._exit(127)
    os.close(started)
    os.read(ready, 1)
    os.close(ready)
    return pid


def send(group, number, others=True):
    """Signals the command's process group and the groups of its processes that have left it."""
    for target in [-group] + (children() if others else []):
        try:
            os.kill(target, number)
        except (ProcessLookupError, PermissionError):
            pass


def group_lives(group):
    try:
        os.killpg(group, 0)
        return True
    except ProcessLookupError:
        return False
    except PermissionError:
        return True


def main():
    os.setsid()
    os.environ["WAKEBOX_SUPERVISOR"] = str(os.getpid())
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGUSR1, lambda *_: say("shutdown"))
    signal.signal(signal.SIGUSR2, lambda *_: say("reboot"))
    signal.signal(signal.SIGALRM, lambda *_: say("later"))
    wake, wakeup = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)

    command = start(sys.argv[1], sys.argv[2], sys.argv[3:])
    say("pid %d" % command)
    inputs = [0, wake]
    kill_at = None
    end_at = None
    while True:
        alone = False
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                alone = True
                break
            if pid == 0:
                break
            if pid == command:
                code = os.waitstatus_to_exitcode(status)
                say("exit %d" % (code if code >= 0 else 128 - code))
        if alone and not group_lives(command):
            say("gone")
            return
        now = time.monotonic()
        if end_at is not None and not group_lives(command):
            say("ended")
            end_at = None
        if end_at is not None and now >= end_at:
            send(command, signal.SIGKILL, others=False)
        if kill_at is not None and now >= kill_at:
            send(command, signal.SIGKILL)
            pause = 0.05
        elif kill_at is not None:
            pause = kill_at - now
        else:
            pause = 1 if alone else None
        if end_at is not None:
            pause = 0.05
        readable = select.select(inputs, [], [], pause)[0]
        if wake in readable:
            os.read(wake, 4096)
        if 0 in readable:
            orders = os.read(0, 4096)
            if not orders:
                inputs.remove(0)
                kill_at = 0
            for order in orders.decode().splitlines():
                name, seconds = order.split()
                if name == "end":
                    end_at = time.monotonic() + float(seconds)
                else:
                    kill_at = time.monotonic() + float(seconds)
                send(command, signal.SIGTERM, others=name != "end")
                send(command, signal.SIGCONT, others=name != "end")


main()
