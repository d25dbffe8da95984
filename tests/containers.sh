#!/usr/bin/env bash
# Real containers: our ports against LocalStack, and the functions under `sam local`, as on a laptop with Docker.
#   tests/containers.sh [CASE ...]     all cases (localstack invoke events api), or those
# Uses the Docker engine that answers. Without one, root on Debian gets Debian's (docker.io) below .wakebox/docker, with its
# own socket; it is not installed, and is stopped at the end. Images are built here, from packages and from files of the
# build: LocalStack from PyPI, and our JDK with AWS's runtime interface client where SAM's emulation expects them. A case
# that can't run is reported with the reason, and is no failure. `./wakebox test --all` runs this after tests/sam.sh.
# Prints PASS or FAIL for each case, and ends with 1 after a FAIL.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/wakebox-containers.XXXXXX")
# shellcheck source=tests/sam/tools.sh
. tests/sam/tools.sh

readonly engine=$PWD/.wakebox/docker
readonly lambda_image=wakebox/lambda-java25
readonly localstack_image=localstack/localstack:4.14.0
readonly api_port=3792 lambda_port=3793
machine=$(uname -m)
case $machine in aarch64 | arm64) architecture=arm64 ;; *) architecture=x86_64 ;; esac

finish() {
    local file
    for file in "$work"/*.pid; do
        [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
    [ ! -e "$work/started" ] || ./wakebox down >/dev/null 2>&1 || true
    if [ -e "$work/engine" ]; then
        # SAM's containers end with SAM; those of a killed SAM would keep the engine running.
        docker ps -q 2>/dev/null | xargs docker kill >/dev/null 2>&1 || true
        kill "$(cat "$engine/pid")" 2>/dev/null || true
        wait 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

cannot() {
    echo "containers not run here: $*"
    exit 0
}

# ---------------------------------------------------------------- engine and images

# The sources of the engine and the images, and the reasons why this computer may not be suitable.
packages_needed() {
    [ "$(uname -s)" = Linux ] || cannot "the images are made of Debian's packages, which needs Linux (this is $(uname -s))."
    [ "$(id -u)" = 0 ] || cannot "making images needs root. Run it as root, or in CI's container."
    command -v apt-get >/dev/null || cannot "the images are made of Debian's packages, and there is no apt-get."
    mkdir -p "$engine/packages"
    if [ ! -x "$engine/root/usr/sbin/debootstrap" ]; then
        if ! (cd "$engine/packages" && apt-get -qq download docker.io containerd runc tini debootstrap) >"$work/output" 2>&1; then
            cannot "Debian's packages cannot be had: $(grep -v '^W:' "$work/output" | head -n 1)"
        fi
        local package
        for package in "$engine"/packages/*.deb; do
            dpkg -x "$package" "$engine/root"
        done
    fi
    PATH=$PATH:$engine/root/usr/sbin:$engine/root/usr/bin
}

start_engine() {
    local tries=0
    if docker info >/dev/null 2>&1; then
        return
    fi
    export DOCKER_HOST=unix://$engine/socket
    dockerd --data-root "$engine/data" --exec-root "$work/exec" -p "$engine/pid" -H "$DOCKER_HOST" \
        --iptables=false --ip6tables=false --ip-masq=false --bip 172.31.77.1/24 >"$engine/log" 2>&1 &
    touch "$work/engine"
    until docker info >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 60 ] || cannot "Debian's Docker engine does not start: $(tail -n 1 "$engine/log")"
        sleep 0.5
    done
}

have_image() {
    docker image inspect "$1" >/dev/null 2>&1
}

# build_image TAG DIRECTORY. Debian's client has no BuildKit.
build_image() {
    DOCKER_BUILDKIT=0 docker build -q -t "$1" "$2" >"$work/build.log" 2>&1 \
        || problem "the image $1 cannot be made:" "$(tail -n 10 "$work/build.log")"
}

# Debian with Python 3.13, which LocalStack 4.14 needs, and socat.
base_image() {
    local mirror
    ! have_image wakebox/debian:trixie || return 0
    echo "Building the image wakebox/debian:trixie (once, about two minutes) …"
    # shellcheck disable=SC2016 # apt's variable
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
    DEBOOTSTRAP_DIR=$engine/root/usr/share/debootstrap debootstrap --variant=minbase \
        --include=ca-certificates,python3,python3-venv,procps,socat trixie "$work/rootfs" "$mirror" >"$work/output" 2>&1 \
        || cannot "Debian trixie cannot be had from $mirror: $(tail -n 1 "$work/output")"
    tar -C "$work/rootfs" -c . | docker import - wakebox/debian:trixie >/dev/null
    rm -rf "$work/rootfs"
}

# Our JDK where Lambda has its own.
jdk_image() {
    local context="$work/jdk"
    ! have_image wakebox/jdk:25 || return 0
    base_image
    mkdir -p "$context/jdk"
    tar -C "$JAVA_HOME" -c --exclude ./jmods --exclude ./lib/src.zip . | tar -C "$context/jdk" -x
    printf 'FROM wakebox/debian:trixie\nCOPY jdk /var/lang\n' >"$context/Dockerfile"
    build_image wakebox/jdk:25 "$context"
    rm -rf "$context"
}

localstack() {
    local context="$work/localstack"
    ! have_image $localstack_image || return 0
    jdk_image
    echo "Building the image $localstack_image (once, about two minutes) …"
    mkdir -p "$context"
    "$sam_python" -I -m uv pip install --quiet --target "$context/site" --python-version 3.13 \
        --python-platform "$machine-manylinux_2_28" --no-deps --require-hashes -r tests/sam/localstack-requirements.txt
    localstack_java "$context/lib"
    cat >"$context/docker-entrypoint.sh" <<'TEXT'
#!/bin/bash
export PYTHONPATH=/opt/code/localstack/site
exec python3 -m localstack.runtime.main
TEXT
    chmod 755 "$context/docker-entrypoint.sh"
    cat >"$context/Dockerfile" <<'TEXT'
FROM wakebox/jdk:25
COPY site /opt/code/localstack/site
COPY lib /usr/lib/localstack
COPY docker-entrypoint.sh /usr/local/bin/
ENV GATEWAY_LISTEN=0.0.0.0:4566 SKIP_SSL_CERT_DOWNLOAD=1 DISABLE_EVENTS=1
ENTRYPOINT ["docker-entrypoint.sh"]
TEXT
    build_image $localstack_image "$context"
    rm -rf "$context"
    # Testcontainers checks files on the engine's host with it.
    have_image alpine:3.17 || docker tag wakebox/debian:trixie alpine:3.17
}

# Java programs of LocalStack's own image, in the place where LocalStack expects them: JSONata and DynamoDB, from Maven Central.
# LocalStack starts DynamoDB with an agent, which allows more indexes than we need; here an empty one replaces it. DynamoDB's native
# library is on Maven Central for x86_64 alone.
localstack_java() {
    local libraries="$1" all="$work/libraries" dynamodb="$1/dynamodb-local/2"
    said ./mvnw --batch-mode --quiet -f tests/sam/localstack.xml dependency:copy-dependencies "-DoutputDirectory=$all"
    expect_code 0
    mkdir -p "$libraries/java" "$libraries/jsonata/0.9.7"
    ln -s /var/lang "$libraries/java/21"
    cp "$all"/jsonata-*.jar "$all"/jackson-core-*.jar "$all"/jackson-annotations-*.jar "$all"/jackson-databind-*.jar \
        "$libraries/jsonata/0.9.7"
    [ "$architecture" = x86_64 ] || return 0
    mkdir -p "$dynamodb" "$work/agent"
    {
        echo "Main-Class: com.amazonaws.services.dynamodbv2.local.main.ServerRunner"
        echo "Class-Path: ."
        (cd "$all" && printf '  DynamoDBLocal_lib/%s\n' *.jar)
    } >"$work/agent/DynamoDBLocal.mf"
    echo "class Agent { public static void premain(String options) {} }" >"$work/agent/Agent.java"
    echo "Premain-Class: Agent" >"$work/agent/Agent.mf"
    "$JAVA_HOME/bin/javac" -d "$work/agent" "$work/agent/Agent.java"
    "$JAVA_HOME/bin/jar" --create --file "$dynamodb/ddb-local-loader-0.1.jar" --manifest "$work/agent/Agent.mf" \
        -C "$work/agent" Agent.class
    "$JAVA_HOME/bin/jar" --create --file "$dynamodb/DynamoDBLocal.jar" --manifest "$work/agent/DynamoDBLocal.mf"
    mv "$all" "$dynamodb/DynamoDBLocal_lib"
}

# The files of a function, in the places where SAM's emulation expects them. The AWS endpoint of the application listens on
# 127.0.0.1 only and answers no other host, so it is forwarded into the container under that address.
lambda() {
    local port=${AWS_ENDPOINT_URL##*:} gateway context=$work/lambda
    jdk_image
    gateway=$(docker network inspect bridge -f '{{(index .IPAM.Config 0).Gateway}}')
    mkdir -p "$context/lib"
    cp local/target/lib/aws-lambda-java-*.jar "$context/lib"
    cat >"$context/bootstrap" <<'TEXT'
#!/bin/sh
socat "TCP-LISTEN:$RELAY_PORT,bind=127.0.0.1,fork,reuseaddr" "TCP:$RELAY_TO:$RELAY_PORT" &
exec /var/lang/bin/java -Xmx$((AWS_LAMBDA_FUNCTION_MEMORY_SIZE * 85 / 100))m -XX:+UseSerialGC \
    -cp "/var/runtime/lib/*:/var/task:/var/task/lib/*" \
    com.amazonaws.services.lambda.runtime.api.client.AWSLambda "$_HANDLER"
TEXT
    chmod 755 "$context/bootstrap"
    cat >"$context/Dockerfile" <<TEXT
FROM wakebox/jdk:25
COPY lib /var/runtime/lib
COPY bootstrap /var/runtime/bootstrap
WORKDIR /var/task
ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime PATH=/var/lang/bin:/usr/local/bin:/usr/bin:/bin LANG=en_US.UTF-8
ENV AWS_ENDPOINT_URL=$AWS_ENDPOINT_URL RELAY_TO=$gateway RELAY_PORT=$port
TEXT
    build_image $lambda_image "$context"
    relay "$gateway" "$port"
}

# From the containers' gateway to the application.
relay() {
    [ ! -e "$work/relay.pid" ] || return 0
    .wakebox/venv/bin/python -I - "$1" "$2" <<'PY' &
import asyncio
import sys

host, port = sys.argv[1], int(sys.argv[2])


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def connected(reader, writer):
    there, back = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(copy(reader, back), copy(there, writer))


async def main():
    async with await asyncio.start_server(connected, host, port) as server:
        await server.serve_forever()


asyncio.run(main())
PY
    echo $! >"$work/relay.pid"
}

# The environment that the application has deployed, for SAM's --env-vars.
environment() {
    .wakebox/venv/bin/python -I - >"$work/env.json" <<'PY'
import json
import os
import re

import boto3

functions = boto3.client("lambda", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
deployed = {each["FunctionName"]: each for page in functions.get_paginator("list_functions").paginate()
            for each in page["Functions"]}
template = open(".aws-sam/build/template.yaml").read()
environment = {}
for logical, name in re.findall(r"\n  (\w+):\n    Type: AWS::Serverless::Function\n(?:.*\n)*?      FunctionName:\n?.*\$\{AWS::StackName\}-([\w-]+)", template):
    function = deployed.get("wakebox-" + name)
    if function:
        environment[logical] = function.get("Environment", {}).get("Variables", {})
print(json.dumps(environment))
PY
}

# In a subshell, so that the process id of a server in the background is that of SAM.
sam_local() {
    exec "$sam_python" -I -m samcli local "$@" --env-vars "$work/env.json" --invoke-image $lambda_image --skip-pull-image \
        --parameter-overrides "Architecture=$architecture TrainingInstanceId=i-0123456789abcdef0 RequireAuth=true \
            AllowedOrigins=https://page.example.org,https://other.example.org"
}

in_subshell() {
    ("$@")
}

need_lambda() {
    need_build
    need_application
    environment
    lambda
}

# ---------------------------------------------------------------- cases

case_localstack() {
    local service
    localstack
    said env TESTCONTAINERS_RYUK_DISABLED=true ./mvnw --batch-mode --no-transfer-progress -Djacoco.skip -pl tests/acceptance -am \
        -Dtest=LocalStackTest* -Dsurefire.failIfNoSpecifiedTests=false test
    printf '%s\n' "$output" >"$work/localstack.log"
    expect_code 0
    expect "LocalStackTest"
    case $output in
        *"LocalStackTest is skipped"*) problem "the tests have not found the engine:" "$(tail -n 20 "$work/localstack.log")" ;;
    esac
    grep -a 'Tests run:' "$work/localstack.log" | tail -n 1 | sed 's/^\[[A-Z]*\]/   /'
    for service in dynamodb-local jsonata; do
        docker run --rm --entrypoint ls $localstack_image /usr/lib/localstack/$service >/dev/null 2>&1 \
            || echo "containers not run here: $service in LocalStack, because its image on this computer lacks it."
    done
}

# README's way to run one function.
case_invoke() {
    need_lambda
    said in_subshell sam_local invoke StatusFunction -e events/status-get.json
    expect_code 0
    expect '"statusCode": 200'
    expect sleeping
}

# Every function with each of its events in events/: it starts and answers as in the application. Functions without an
# event get {}, which they refuse with a message.
case_events() {
    local function event
    need_lambda
    sam_local start-lambda --port $lambda_port --warm-containers LAZY >"$work/start-lambda.log" 2>&1 &
    echo $! >"$work/start-lambda.pid"
    await_port $lambda_port start-lambda
    echo '{}' >"$work/empty.json"
    events_of_functions >"$work/events"
    while read -r function event; do
        invoked "$function" "$event"
        # A busy computer may not start an environment within the function's timeout; it is started before the next event.
        ! grep -q "Task timed out" "$work/answer.json" || invoked "$function" "$event"
        sound "$work/answer.json" || problem "$function with $event: $(head -c 500 "$work/answer.json")" \
            "$(tail -n 5 "$work/start-lambda.log")"
    done <"$work/events"
    end "$work/start-lambda.pid"
    echo "    $(wc -l <"$work/events") events answered"
}

invoked() {
    said aws lambda invoke --endpoint-url "http://127.0.0.1:$lambda_port" --cli-read-timeout 120 --function-name "$1" \
        --payload "fileb://$2" "$work/answer.json"
    expect_code 0
}

# Whether a function was found and answered: no class or library is missing, and there is no internal error.
sound() {
    .wakebox/venv/bin/python -I - "$1" 2>/dev/null <<'PY'
import json
import sys

answer = json.load(open(sys.argv[1]))
broken = ("NoClassDefFound", "ClassNotFound", "UnsatisfiedLink", "NoSuchMethod", "ExceptionInInitializer", "Runtime.",
          "Sandbox.", "OutOfMemory")
if isinstance(answer, dict):
    kind = str(answer.get("errorType", ""))
    if any(word in kind for word in broken) or answer.get("statusCode") == 500:
        sys.exit(1)
PY
}

# FUNCTION FILE lines: the name of an event begins with its module. Documents of executions are for the state machine, and
# not for a function.
events_of_functions() {
    local file name module function
    for file in events/*.json; do
        name=${file#events/}
        case $name in
            ec2-run-*) continue ;;
            datasets-*) module=train ;;
            *)
                module=${name%.json}
                while [ -n "$module" ] && [ ! -d "functions/$module" ]; do
                    case $module in *-*) module=${module%-*} ;; *) module= ;; esac
                done
                ;;
        esac
        [ -n "$module" ] || problem "$file belongs to no function"
        function=$(function_of "$module")
        echo "$function $file"
        touch "$work/with-event.$function"
    done
    for function in $(functions); do
        [ -e "$work/with-event.$function" ] || echo "$function $work/empty.json"
    done
}

# The logical id of a module's function.
function_of() {
    local function
    for function in $(functions); do
        [ "$(printf '%s' "${function%Function}" | sed -E 's/([a-z0-9])([A-Z])/\1-\2/g' | tr '[:upper:]' '[:lower:]')" != "$1" ] \
            || echo "$function"
    done
}

# The API with its authorizers. Routes that need IAM are refused, because SAM verifies no signature. A browser's preflight
# request has no token, and is answered before any authorizer.
case_api() {
    local token
    need_lambda
    token=$(sed -n 's/.*"token" *: *"\([^"]*\)".*/\1/p' .wakebox/run/ready.json)
    sam_local start-api --port $api_port --warm-containers LAZY >"$work/start-api.log" 2>&1 &
    echo $! >"$work/start-api.pid"
    await_port $api_port start-api
    answers 401 "There is no Authorization header." GET /classifier/ping
    answers 401 "signed" GET /classifier/ping -H "Authorization: Bearer not.a.token"
    answers 200 "" GET /classifier/ping -H "Authorization: Bearer $token"
    answers 401 "" GET /status
    answers 200 sleeping GET /status -H "Authorization: Bearer $token"
    answers 403 "" GET /status -H "Authorization: Bearer not.a.token"
    for path in /start /stop; do
        answers 403 "needs IAM" POST "$path"
        answers 403 "needs IAM" POST "$path" -H "Authorization: Bearer $token"
    done
    for path in /status /train /classifier/ping; do
        preflight "$path" https://other.example.org
        expect "access-control-allow-origin: https://other.example.org"
        expect "access-control-allow-methods: delete,get,options,post"
        expect "access-control-allow-headers: content-type,authorization"
        expect "access-control-max-age: 600"
        preflight "$path" https://stranger.example.org
        case $output in *access-control-*) problem "a stranger's page may call $path:" "$output" ;; esac
    done
    answers 404 "" POST /stop/x
    answers 403 "" GET /nothing
    end "$work/start-api.pid"
}

# answers CODE TEXT METHOD PATH [curl options…]
answers() {
    local expected=$1 text=$2 method=$3 path=$4
    shift 4
    code=$(curl -sS --max-time 120 -o "$work/body" -w '%{http_code}' -X "$method" "$@" "http://127.0.0.1:$api_port$path")
    output=$(cat "$work/body")
    [ "$code" = "$expected" ] || problem "$method $path $*: $code instead of $expected: $output" "$(tail -n 5 "$work/start-api.log")"
    [ -z "$text" ] || expect "$text"
}

# preflight PATH ORIGIN: the headers of the answer, in lower case
preflight() {
    answers 200 "" OPTIONS "$1" -D "$work/headers" -H "Origin: $2" -H "Access-Control-Request-Method: POST"
    output=$(tr -d '\r' <"$work/headers" | tr '[:upper:]' '[:lower:]')
}

await_port() {
    local tries=0
    until curl -so /dev/null "http://127.0.0.1:$1/"; do
        tries=$((tries + 1))
        [ $tries -lt 120 ] || problem "sam local $2 does not listen:" "$(tail -n 20 "$work/$2.log")"
        sleep 0.5
    done
}

end() {
    kill "$(cat "$1")" 2>/dev/null || true
    wait "$(cat "$1")" 2>/dev/null || true
    rm -f "$1"
}

# ---------------------------------------------------------------- all of it

packages_needed
start_engine
set_up_sam
[ $# -gt 0 ] || set -- localstack invoke events api
run_cases containers "$@"
