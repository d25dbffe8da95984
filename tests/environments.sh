#!/usr/bin/env bash
# Wakebox on other computers: simulates their differences in a copy of this checkout, whose path has all kinds of
# characters. `./wakebox test --all` runs it; the modules and .wakebox/venv exist by then.
#   tests/environments.sh [CASE ...]     all cases, or those
# It ends with 1 when a case has failed, and reports which cases could not be simulated here and why.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
api=${WAKEBOX_API_PORT:-3790}
aws=${WAKEBOX_AWS_PORT:-4590}
unset WAKEBOX_API_PORT WAKEBOX_AWS_PORT
work=$(mktemp -d "${TMPDIR:-/tmp}/wakebox-environments.XXXXXX")
# shellcheck disable=SC2016 # the path has a dollar sign
checkout="$work/"'a "b" it'"'"'s 100% año $HOME # & ; `x` [*] \\ 本/wakebox'
elsewhere="$work/else where"
failed=()

finish() {
    (cd "$checkout" && ./wakebox down) >/dev/null 2>&1 || true
    umount "$checkout/.wakebox/run" 2>/dev/null || true
    umount "$checkout/.wakebox" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# ---------------------------------------------------------------- tools

problem() {
    printf '    %s\n' "$@"
    return 1
}

# said COMMAND…: runs it, stores its output in $output and its exit code in $code.
said() {
    code=0
    "$@" >"$work/output" 2>&1 || code=$?
    output=$(cat "$work/output")
}

expect_code() {
    [ "$code" = "$1" ] || problem "exit code $code instead of $1:" "$output"
}

expect() {
    case $output in
        *"$1"*) ;;
        *) problem "does not say \"$1\" but:" "$output" ;;
    esac
}

# Checks that there is no stack trace of Java or Python, and one line of wakebox.
expect_sentence() {
    expect "$1"
    case $output in
        *Traceback* | *Exception* | *$'\tat '*) problem "shows a stack trace:" "$output" ;;
    esac
}

wakebox() {
    (cd "$checkout" && ./wakebox "$@")
}

up() {
    wakebox up --api-port "$api" --aws-port "$aws"
}

# ordinary COMMAND…: runs it as a user other than root, who owns the checkout.
ordinary() {
    (cd "$checkout" && setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$work/home" LC_ALL=C "$@")
}

becomes_ordinary() {
    [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && setpriv --reuid 65534 --clear-groups true 2>/dev/null
}

application() {
    head -n 1 "$checkout/.wakebox/pid" 2>/dev/null || true
}

expect_nothing_left() {
    local tries=0
    while curl -fso /dev/null "http://127.0.0.1:$api/status" || curl -so /dev/null "http://127.0.0.1:$aws/"; do
        tries=$((tries + 1))
        [ $tries -lt 20 ] || problem "something still listens on port $api or $aws"
        sleep 0.5
    done
}

# Waits until a file has a line.
await_line() {
    local tries=0
    until grep -q "$2" "$1" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || problem "waited for \"$2\" in $1" || return 1
        sleep 0.1
    done
}

cannot() {
    echo "$1: $2" >>"$work/not-played"
}

# ---------------------------------------------------------------- cases

# Any path and locale, and the user's settings for other programs; called through symbolic links from another directory.
case_settings() {
    ln -sf "$checkout/wakebox" "$elsewhere/absolute"
    ln -sf absolute "$elsewhere/linked"
    local nobody=http://127.0.0.1:9
    (
        cd "$elsewhere"
        export HTTP_PROXY=$nobody http_proxy=$nobody HTTPS_PROXY=$nobody https_proxy=$nobody ALL_PROXY=$nobody \
            all_proxy=$nobody LC_ALL=POSIX CDPATH=/ PYTHONHOME=/nonexistent PYTHONPATH=/nonexistent \
            JAVA_HOME=/nonexistent JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:5999 \
            AWS_PROFILE=nosuch AWS_USE_FIPS_ENDPOINT=true AWS_MAX_ATTEMPTS=abc AWS_RETRY_MODE=odd \
            AWS_ENDPOINT_URL=$nobody AWS_CONFIG_FILE=/nonexistent
        ./linked up --api-port "$api" --aws-port "$aws" && ./linked run copy.json --watch
    ) >"$work/output" 2>&1 || problem "$(cat "$work/output")"
    output=$(cat "$work/output")
    expect SUCCEEDED
    # Vite can't build below such a path.
    expect "The console's page is not built"
}

# A running application stays until the new one can start.
case_taken_port() {
    up >/dev/null 2>&1
    local before
    before=$(application)
    python3 - >"$work/port" <<'PY' &
import socket, sys, time
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen()
print(taken.getsockname()[1], flush=True)
time.sleep(120)
PY
    local listener=$!
    await_line "$work/port" '[0-9]'
    said wakebox up --api-port "$(cat "$work/port")" --aws-port "$aws"
    kill $listener
    expect_code 2
    expect_sentence "is taken by another program"
    [ "$before" = "$(application)" ] || problem "the running application was stopped"
    kill -0 "$before" || problem "the running application has ended"
    wakebox down >/dev/null 2>&1
}

# A lock, a damaged pid file, and another program with the number in it.
case_one_owner() {
    wakebox down >/dev/null 2>&1
    local first second
    (up >"$work/first" 2>&1) &
    first=$!
    (up >"$work/second" 2>&1) &
    second=$!
    wait $first || problem "the first of two at the same moment:" "$(cat "$work/first")"
    wait $second || problem "the second of two at the same moment:" "$(cat "$work/second")"
    echo garbage >"$checkout/.wakebox/pid"
    said wakebox down
    expect "Stopped."
    expect_nothing_left
    echo $$ >"$checkout/.wakebox/pid"
    said wakebox down
    expect "Nothing runs."
}

# The processes of a group that have not ended.
group_of() {
    ps -eo pgid=,stat=,args= | awk -v group="$1" '$1 == group && $2 !~ /^Z/'
}

# interrupts TEXT COMMAND…: presses Ctrl-C as soon as the command has printed TEXT.
interrupts() {
    local text=$1 starter tries=0
    shift
    set -m
    # Background processes of a script may ignore Ctrl-C, and their children inherit that.
    (cd "$checkout" && exec python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
os.execvp(sys.argv[1], sys.argv[1:])' "$@") >"$work/output" 2>&1 &
    starter=$!
    set +m
    await_line "$work/output" "$text"
    sleep 1
    kill -INT -- "-$starter"
    code=0
    wait $starter || code=$?
    output=$(cat "$work/output")
    expect_code 130
    expect_sentence "interrupted while"
    expect_sentence "the same command continues from here"
    while [ -n "$(group_of $starter)" ]; do
        tries=$((tries + 1))
        [ $tries -lt 20 ] || problem "something of it goes on after Ctrl-C:" "$(group_of $starter)"
        sleep 0.5
    done
}

# Ctrl-C in each part of the start, down while it starts, and the application killed.
case_interrupted() {
    local starter
    mv "$checkout/.wakebox/venv" "$work/venv"
    interrupts "Setting up the AWS emulator" ./wakebox up --api-port "$api" --aws-port "$aws"
    [ ! -e "$checkout/.wakebox/venv" ] || problem "half a virtual environment counts as a whole one"
    mv "$work/venv" "$checkout/.wakebox/venv"

    touch -r "$checkout/pom.xml" "$work/time"
    touch "$checkout/pom.xml"
    interrupts "^Building" ./wakebox up --api-port "$api" --aws-port "$aws"
    touch -r "$work/time" "$checkout/pom.xml"

    interrupts "emulator of AWS runs" ./wakebox up --api-port "$api" --aws-port "$aws"
    expect_nothing_left

    (up >"$work/output" 2>&1) &
    starter=$!
    await_line "$work/output" "emulator of AWS runs"
    wakebox down >/dev/null 2>&1
    code=0
    wait $starter || code=$?
    output=$(cat "$work/output")
    expect_code 2
    expect_sentence "was stopped while it started"
    expect_nothing_left

    up >/dev/null 2>&1
    kill -9 "$(application)"
    expect_nothing_left
    said wakebox status
    expect_code 2
    expect_sentence "start it with ./wakebox up"
    said wakebox down
    expect "Nothing runs."
}

# An incomplete virtual environment and an incomplete build are created again.
case_damaged() {
    ln -sf /nonexistent/python "$checkout/.wakebox/venv/bin/python3"
    local jar
    jar=$(find "$checkout/local/target/lib" -name 'jetty-server-*.jar')
    : >"$jar"
    rm -rf "$checkout/functions/status/target/lib"
    said up
    expect_code 0
    expect "Setting up the AWS emulator"
    expect "building again"
    expect "modules built"
    wakebox down >/dev/null 2>&1
}

# Maven builds and tests there.
case_module_test() {
    said wakebox test -pl shared/status -am -Dtest='*Status*' -Dsurefire.failIfNoSpecifiedTests=false
    expect_code 0
}

case_full_disk() {
    if ! mount -t tmpfs -o size=24m tmpfs "$checkout/.wakebox" 2>/dev/null; then
        cannot full_disk "mounting a small disk needs root"
        return 0
    fi
    said up
    expect_code 2
    expect_sentence "the AWS emulator needs about"
    expect_sentence "MB are free"
    umount "$checkout/.wakebox"
    # The set-up is complete, but the disk has no room for the application.
    mv "$checkout/.wakebox" "$work/setup"
    mkdir "$checkout/.wakebox"
    mount -t tmpfs -o size=24m tmpfs "$checkout/.wakebox"
    ln -s "$work/setup/venv" "$checkout/.wakebox/venv"
    cp -p "$work/setup/built" "$checkout/.wakebox/"
    said up
    umount "$checkout/.wakebox"
    rmdir "$checkout/.wakebox"
    mv "$work/setup" "$checkout/.wakebox"
    expect_code 2
    expect_sentence "the application needs about"
    expect_sentence "MB are free"
}

# The disk fills while the application runs: the user who watches a run gets a message, and can continue.
case_disk_fills() {
    local watcher
    mkdir -p "$checkout/.wakebox/run"
    if ! mount -t tmpfs -o size=96m tmpfs "$checkout/.wakebox/run" 2>/dev/null; then
        cannot disk_fills "mounting a small disk needs root"
        return 0
    fi
    up >/dev/null 2>&1
    dd if=/dev/zero of="$checkout/.wakebox/run/filler" bs=4096 >/dev/null 2>&1 || true
    said wakebox status
    expect_sentence "is full"
    wakebox run "$elsewhere/copy.json" --watch >"$work/watched" 2>&1 &
    watcher=$!
    await_line "$work/watched" "is full"
    rm "$checkout/.wakebox/run/filler"
    wait $watcher || true
    output=$(cat "$work/watched")
    case $output in *SUCCEEDED* | *FAILED*) ;; *) problem "the run has no end:" "$output" ;; esac
    said wakebox run "$elsewhere/copy.json" --watch
    expect_code 0
    expect SUCCEEDED
    wakebox down >/dev/null 2>&1
    umount "$checkout/.wakebox/run"
}

# An ordinary user with a strict umask, in a locale without UTF-8: everything works, and a message names ports that only root may use.
case_ordinary_user() {
    if ! becomes_ordinary; then
        cannot ordinary_user "becoming an ordinary user needs root and setpriv"
        return 0
    fi
    mkdir -p "$work/home"
    chmod 755 "$elsewhere"
    chown -R 65534:65534 "$checkout" "$work/home"
    said ordinary bash -c "umask 077; ./wakebox up --api-port $api --aws-port $aws && ./wakebox run '$elsewhere/copy.json' --watch"
    expect_code 0
    expect SUCCEEDED
    # shellcheck disable=SC2012 # the name is known
    case $(ls -l "$checkout/.wakebox/run/ready.json") in -rw-------*) ;; *) problem "others may read ready.json" ;; esac
    said ordinary ./wakebox up --api-port 81 --aws-port "$aws"
    expect_code 2
    expect_sentence "may not listen on port 81"
    said ordinary ./wakebox status
    expect_code 0
    said ordinary ./wakebox down
    expect "Stopped."
    expect_nothing_left
    chown -R "$(id -u):$(id -g)" "$checkout"
}

# For every wrong argument of a command: one sentence that says what to do.
case_commands() {
    local command
    up >/dev/null 2>&1
    echo '{"commands": [' >"$elsewhere/half.json"
    echo '[1]' >"$elsewhere/list.json"
    : >"$elsewhere/empty.json"
    python3 -c 'print("{\"commands\": [\"" + 5000000 * "x" + "\"]}")' >"$elsewhere/long.json"
    python3 -c 'print("{\"a\": \"" + 7000000 * "x" + "\"}")' >"$elsewhere/longer.json"
    for command in up down status demo invoke mail run runs show logs events cancel rerun cost doctor validate dry-run ssh train upload ask train-mentor dlq token completion test fmt template reload javadoc sbom bench; do
        said wakebox $command --help
        expect_code 0
        expect_sentence "./wakebox $command"
        case $command in
            test | fmt | bench) continue ;;
        esac
        refused "" $command --nosuch
        refused "" $command one two three
    done
    refused "unknown command: staus" staus
    refused "reload FUNCTION" reload
    refused "no function \"nosuch\"" reload nosuch
    refused "there is no module \"no/such\"" fmt no/such
    refused "no function \"nosuch\"" test nosuch
    refused "no test class \"Nosuch\"" test status Nosuch
    refused "usage: ./wakebox bench" bench nosuch
    refused "Missing required parameter: 'FILE'" run
    refused "there is no file" run nosuch.json
    mkdir -p "$elsewhere/no documents"
    refused "has no .json file" run "$elsewhere/no documents"
    refused "half.json" run "$elsewhere/half.json"
    refused "list.json" run "$elsewhere/list.json"
    refused "empty.json" run "$elsewhere/empty.json"
    refused "a document has at most 1048576 bytes" run "$elsewhere/long.json"
    refused "Missing required option: '--event=FILE'" invoke StatusFunction
    refused "required parameter for option '--event'" invoke StatusFunction -e
    refused "there is no file" invoke StatusFunction -e nosuch.json
    refused "is a directory" invoke StatusFunction -e /tmp
    refused "half.json" invoke StatusFunction -e "$elsewhere/half.json"
    refused "takes at most 6291456" invoke StatusFunction -e "$elsewhere/longer.json"
    refused "no function \"../status\"" invoke ../status -e events/status-get.json
    refused "There is no run \"nosuch\"" cancel nosuch
    refused "There is no run" cancel arn:aws:states:us-east-1:000000000000:execution:nosuch:nosuch
    refused "Missing required parameter: 'NAME'" cancel
    refused "it must be a port number" up --api-port
    refused "it must be a port number" up --api-port eighty
    refused "must be two ports" up --api-port 08080 --aws-port 8080
    echo '{"Records": 7}' >"$elsewhere/failing.json"
    said wakebox invoke EmailFunction -e "$elsewhere/failing.json"
    expect_code 1
    expect '"errorType"'
    case $output in *"Proxy target"*) problem "shows the emulator's wrapper:" "$output" ;; esac
    for command in status runs mail help; do
        code=0
        (wakebox $command >/dev/full) 2>"$work/output" || code=$?
        output=$(cat "$work/output")
        [ $code != 0 ] || problem "$command succeeds although nothing of it could be written"
    done
    wakebox down >/dev/null 2>&1
    refused "start it with ./wakebox up" status
    refused "start it with ./wakebox up" runs
    refused "start it with ./wakebox up" run "$elsewhere/copy.json"
    refused "start it with ./wakebox up" invoke StatusFunction -e events/status-get.json
}

# refused TEXT ARGUMENTS…: wakebox ends with an error, in one sentence with that text.
refused() {
    local text=$1
    shift
    said wakebox "$@"
    [ "$code" = 1 ] || [ "$code" = 2 ] || problem "./wakebox $*: exit code $code:" "$output"
    expect_sentence "$text"
    expect_sentence "wakebox: "
    [ "${#output}" -lt 1000 ] || problem "./wakebox $*: more than a sentence:" "$output"
}

# Unusable paths are refused before anything starts.
case_impossible_path() {
    local directory="$work/a:b"
    mkdir -p "$directory/bin"
    cp "$root/wakebox" "$directory/"
    cp "$root/bin/find-jdk" "$directory/bin/"
    said "$directory/wakebox" up
    expect_code 2
    expect_sentence "has a \":\""
}

# Tools that this computer does not have.
case_missing_tools() {
    local tools="$work/tools" tool
    mkdir -p "$tools"
    for tool in bash sh env dirname basename readlink cat sed grep awk tr cksum uname locale id df mkdir rm ls find head tail wc sort cmp touch ps sleep; do
        ln -sf "$(command -v $tool)" "$tools/$tool"
    done
    said env PATH="$tools" "$checkout/wakebox" up
    expect_code 2
    expect_sentence "needs Python 3.10 or newer"
    printf '#!/bin/sh\nexit 1\n' >"$tools/python3"
    chmod 755 "$tools/python3"
    said env PATH="$tools" "$checkout/wakebox" up
    expect_code 2
    expect_sentence "needs Python 3.10 or newer"
    printf '#!/bin/sh\necho SunOS\n' >"$work/uname"
    chmod 755 "$work/uname"
    rm "$tools/uname"
    mv "$work/uname" "$tools/uname"
    said env PATH="$tools" "$checkout/wakebox" up
    expect_code 2
    expect_sentence "needs Linux or macOS"
}

# A user who does not own .wakebox, as after `sudo ./wakebox up`.
case_not_ours() {
    if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
        cannot not_ours "becoming an ordinary user needs root and setpriv"
        return 0
    fi
    said setpriv --reuid 65534 --regid 65534 --clear-groups "$checkout/wakebox" up
    expect_code 2
    expect_sentence "belongs to another user"
}

# A Mac, as far as it can be simulated: its bash, tools that accept no option after an operand, no setpriv,
# and functions without the interface client's native library.
case_mac() {
    local tools="$work/mac" jdk="$work/mac-jdk" home tool
    home=$(bin/find-jdk)
    mkdir -p "$tools" "$jdk/bin"
    for tool in bash sh env dirname basename readlink cat sed grep awk tr cksum locale id df mkdir rm ls find head tail wc sort \
        cmp touch ps sleep seq nohup mv cp ln chmod date mktemp python3 curl perl uniq cut tee xargs kill true false hostname; do
        [ -z "$(command -v $tool)" ] || ln -sf "$(type -P $tool)" "$tools/$tool"
    done
    printf '#!/bin/sh\necho Darwin\n' >"$tools/uname"
    cp "$home/release" "$jdk/"
    ln -sf "$home/bin/javac" "$jdk/bin/javac"
    printf '#!/bin/sh\nexec "%s" -Dwakebox.runtime-client.pure-java=true "$@"\n' "$home/bin/java" >"$jdk/bin/java"
    chmod 755 "$tools/uname" "$jdk/bin/java"
    # shellcheck disable=SC2329 # said calls it
    mac() {
        (cd "$checkout" && env -i PATH="$tools" HOME="$HOME" JAVA_HOME="$jdk" POSIXLY_CORRECT=1 LANG=en_US.UTF-8 bash -O compat32 ./wakebox "$@")
    }
    said mac up --api-port "$api" --aws-port "$aws"
    expect_code 0
    [ -e "$checkout/.wakebox/run/runtime-interface-client/com" ] || problem "the functions have the native library"
    said mac run "$elsewhere/copy.json" --watch
    expect_code 0
    expect SUCCEEDED
    said mac demo --api-port "$api" --aws-port "$aws"
    expect_code 0
    said mac logs status
    expect_code 0
    said mac down
    expect "Stopped."
    expect_nothing_left
    if [ "$(bash -c 'echo "${BASH_VERSINFO[0]}"')" -gt 3 ]; then
        cannot mac "bash 3.2 and macOS's own tools are not installed; they were asked of bash $BASH_VERSION (compat32) and of GNU's under POSIXLY_CORRECT"
    fi
}

# Features of bash 4 or of GNU's tools in the scripts that a Mac user runs.
case_portable() {
    local newer gnu script
    newer='^ *(declare|local|readonly) -[a-zA-Z]*[An] |\bmapfile\b|\breadarray\b|\bcoproc\b|\|&|&>>|;;&|;&|wait -n|\$\{[A-Za-z_]+(,|\^|@)|EPOCHSECONDS|BASHPID|exec \{|-v [a-zA-Z_]+ \]\]|printf .*%\(|\[-[0-9]\]\}'
    gnu='sed -i|sed -r|sed --|readlink -[a-z]*f|realpath|stat -c|date -d|date --|grep -[a-zA-Z]*P|xargs -[a-z]*[rd]|find .*-printf|head -n -|head -c -|tail --|sort -V|\bcp --|\bcp -[a-z]*[uT]|(^|[ (])timeout [0-9]|nproc|mktemp --|base64 -w|\bps [^|]*--|\bsetsid\b|\bln -[a-z]*[rT]|mkdir --|\bdf [^|]*--|\bdu -[a-z]*b|\bwc --|tac\b|md5sum|\bsha256sum [^|]*$'
    for script in wakebox bin/find-jdk bin/cli bin/pack-cli bin/publish bin/release cli/src/dist/wakebox tests/*.sh tests/sam/*.sh bench/*.sh .ci/run local/images/*/boot \
        local/ec2/src/main/resources/dev/wakebox/local/ec2/bin/*; do
        said grep -nE "$newer|$gnu" "$script"
        output=$(printf '%s\n' "$output" | grep -vE '^[0-9]+: *#|portable: ok|^[0-9]+:    (newer|gnu)=' || true)
        [ -z "$output" ] || problem "$script has what macOS does not know:" "$output"
    done
}

# ---------------------------------------------------------------- all of it

mkdir -p "$checkout" "$elsewhere"
touch "$work/not-played"
chmod 755 "$work"
for entry in .mvn api bin bench build .ci cli events functions local shared template tests workflows mvnw pom.xml template.yaml wakebox; do
    cp -pR "$root/$entry" "$checkout/"
done
mkdir "$checkout/.wakebox"
cp -pR "$root/.wakebox/venv" "$checkout/.wakebox/"
# As after a move: the Python that the programs of the virtual environment name is missing.
for program in "$checkout"/.wakebox/venv/bin/*; do
    if [ -f "$program" ] && [ ! -L "$program" ] && grep -qI "^#!.*$root" "$program"; then
        sed '1s|.*|#!/nonexistent/python|' "$program" >"$work/output"
        cat "$work/output" >"$program"
    fi
done
cat >"$elsewhere/copy.json" <<'JSON'
{"commands": ["echo hello > x.txt", "aws s3 cp x.txt s3://wakebox-data-000000000000-us-east-1/environments/x.txt",
  "curl -fsS -o /dev/null \"$AWS_ENDPOINT_URL/_ministack/health\""],
 "instance_parameters": {"ImageId": "ami-linux", "InstanceType": "t4g.small", "IamInstanceProfile": {"Name": "wakebox-run"}},
 "run_options": {"timeout_s": 120, "ii_terminate_instance": true,
  "ii_check_s3": {"bucket": "wakebox-data-000000000000-us-east-1", "prefix": "environments/x.txt"}}}
JSON
# Maven's build of the checkout is valid here; only the case `damaged` builds everything again.
if [ -d "$root/local/target/lib" ] && [ -d "$root/functions/status/target/lib" ]; then
    (
        cd "$checkout"
        eval "$(sed -n '/^built_files() {/,/^}/p' wakebox)"
        built_files >.wakebox/built
    )
fi

if [ $# -eq 0 ]; then
    set -- settings taken_port one_owner interrupted full_disk disk_fills not_ours ordinary_user commands impossible_path \
        missing_tools mac portable damaged module_test
fi
for name in "$@"; do
    echo "environment: $name …"
    began=$SECONDS
    # In its own process, so that the first failed check ends the case.
    set +e
    (
        set -e
        "case_$name"
    )
    code=$?
    set -e
    if [ $code = 0 ]; then
        echo "environment: $name holds ($((SECONDS - began)) s)"
    else
        echo "environment: $name FAILED ($((SECONDS - began)) s)"
        # The next case must not fail because of this one.
        if [ -d "$work/venv" ]; then
            rm -rf "$checkout/.wakebox/venv"
            mv "$work/venv" "$checkout/.wakebox/venv"
        fi
        (cd "$checkout" && ./wakebox down) >/dev/null 2>&1 || true
    fi
    [ $code = 0 ] || failed=(${failed[@]+"${failed[@]}"} "$name")
done
sed 's/^/environment not played here: /' "$work/not-played"
if [ ${#failed[@]} -gt 0 ]; then
    echo "environments failed: ${failed[*]}" >&2
    exit 1
fi
echo "All other environments hold."
