# shellcheck shell=bash
# Code shared by tests/sam.sh and tests/containers.sh: SAM in its own virtual environment, and cases that pass or fail.
# The scripts first set $work, their own directory.

: "${work:?}"
readonly sam_venv=$PWD/.wakebox/sam
readonly sam_python=$sam_venv/bin/python
export SAM_CLI_TELEMETRY=0
JAVA_HOME=$(bin/find-jdk)
export JAVA_HOME

# Removes the user's AWS account: these scripts call only the local application.
for name in ${!AWS_@} ${!SAM_CLI_CONTAINER@}; do
    unset "$name"
done
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH

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
    [ "$code" = "$1" ] || problem "exit code $code instead of $1:" "$(printf '%s\n' "$output" | tail -n 30)"
}

expect() {
    case $output in
        *"$1"*) ;;
        *) problem "does not say \"$1\" but:" "$(printf '%s\n' "$output" | tail -n 30)" ;;
    esac
}

sam() {
    "$sam_python" -I -m samcli "$@"
}

aws() {
    .wakebox/venv/bin/python -I -m awscli "$@"
}

# Installs SAM unless the installed packages match requirements.txt.
set_up_sam() {
    local version
    version=$(sed -n 's/^aws-sam-cli==\([^ ]*\).*/\1/p' tests/sam/requirements.txt)
    [ "$(sam --version 2>/dev/null)" != "SAM CLI, version $version" ] || return 0
    echo "Setting up aws-sam-cli $version (once, about a minute) …"
    rm -rf "$sam_venv"
    .wakebox/venv/bin/python -m venv "$sam_venv"
    "$sam_python" -I -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/sam/requirements.txt \
        >"$work/output" 2>&1 || problem "aws-sam-cli $version cannot be had from PyPI: $(tail -n 1 "$work/output")"
}

# The functions of the built template.
functions() {
    sed -n '/^Resources:/,$p' .aws-sam/build/template.yaml \
        | awk '/^  [A-Za-z0-9]+:$/ { name = $1 } $0 == "    Type: AWS::Serverless::Function" { sub(":", "", name); print name }'
}

# property FUNCTION NAME: a plain property of a function.
property() {
    sed -n "/^  $1:\$/,/^  [A-Za-z0-9]*:\$/s/^      $2: //p" .aws-sam/build/template.yaml
}

# Builds once for all cases.
need_build() {
    [ ! -e "$work/built" ] || return 0
    said sam build
    expect_code 0
    expect "Build Succeeded"
    touch "$work/built"
}

# The endpoint of the running application, or of one that is started for these cases.
need_application() {
    if ! ./wakebox status >/dev/null 2>&1; then
        said ./wakebox up --api-port "${WAKEBOX_API_PORT:-3791}" --aws-port "${WAKEBOX_AWS_PORT:-4591}"
        expect_code 0
        touch "$work/started"
    fi
    AWS_ENDPOINT_URL=$(sed -n 's/.*"aws" *: *"\([^"]*\)".*/\1/p' .wakebox/run/ready.json)
    export AWS_ENDPOINT_URL
}

# run_cases WHAT NAME…
run_cases() {
    local what=$1 name failed='' code
    shift
    for name in "$@"; do
        # In its own process, so that the first failed check ends the case.
        set +e
        (
            set -e
            "case_$name"
        )
        code=$?
        set -e
        if [ $code = 0 ]; then
            echo "PASS $what: $name"
        else
            echo "FAIL $what: $name"
            failed=yes
        fi
    done
    [ -z "$failed" ]
}
