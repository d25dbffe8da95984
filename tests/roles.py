"""Lists the statements and actions of the template's roles that no test needs.

usage: roles.py DIR…   with the decisions that the tests' applications recorded (wakebox.permissions)

For every role, every statement and every action is removed once, and the requests of the tests are
evaluated again by MiniStack's own evaluator. A refused request shows that it is needed, and by which test.
Everything else must be in tests/roles-exceptions.txt, with a reason; otherwise the exit code is 1.
"""

import bisect
import glob
import json
import os
import re
import sys
from collections import defaultdict
from fnmatch import fnmatchcase

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

ROLE = re.compile(r"^wakebox-(\w+)-[0-9A-F]{8,}$")
EXCEPTIONS = os.path.join(os.path.dirname(__file__), "roles-exceptions.txt")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def read(directories):
    """The roles' policies, and the allowed requests, each with the test that ran at that time."""
    for path in sorted(path for directory in directories for path in glob.glob(directory + "/decisions-*.jsonl")):
        process = os.path.basename(path).split("-")[1]
        names = os.path.join(os.path.dirname(path), "tests-%s.jsonl" % process)
        tests = lines(names) if os.path.exists(names) else []
        starts = [each["at"] for each in tests]
        policies, requests = {}, defaultdict(list)
        for line in lines(path):
            if "policies" in line:
                policies[line["role"]] = line["policies"]
            elif line["decision"] == "Allow":
                index = bisect.bisect(starts, line["at"]) - 1
                test = tests[index]["test"] if index >= 0 else os.path.basename(os.path.dirname(path)) + " (no name)"
                requests[line["role"]].append((line, test))
        for role, documents in policies.items():
            known = ROLE.match(role)
            if known:
                yield known.group(1), documents, requests[role]


def allows(statement, request):
    context = EvalContext(
        principal_arn="arn:aws:sts::000000000000:assumed-role/%s/test" % request["role"], principal_type="AssumedRole",
        principal_account="000000000000", action=request["action"], resource_arn=request["resource"],
        region="us-east-1", secure_transport=request["secure"], service_context=request["context"])
    return evaluate(context, [[statement]]).decision == "Allow"


def of_any_deployment(resource):
    # First, because an id may begin with twelve digits.
    resource = re.sub(r"i-[0-9a-f]{17}", "<instance>", resource)
    return re.sub(r"-[0-9A-F]{12,}|-[A-Za-z0-9]{6}(?=$|-\?{6}$)|(?<=[a-z])-\d{12}(?=-)", "", resource)


def name(statement, action):
    resources = sorted(of_any_deployment(each.split(":", 5)[-1]) for each in statement.resources)
    return "%s on %s" % (action, statement.sid or " ".join(resources))


def main():
    needs = defaultdict(dict)  # role -> statement's action -> the tests that need it
    for role, documents, requests in read(sys.argv[1:]):
        statements = [each for document in documents.values() for each in parse_policy_document(document)]
        for statement in statements:
            for action in statement.actions:
                needs[role].setdefault(name(statement, action), set())
        decided = {}
        for request, test in requests:
            key = json.dumps([request["action"], request["resource"], request["context"]], sort_keys=True)
            if key not in decided:
                allowing = [each for each in statements if each.effect == "Allow" and allows(each, request)]
                decided[key] = name(allowing[0], pattern(allowing[0], request)) if len(allowing) == 1 else None
            if decided[key]:
                needs[role][decided[key]].add(test)
    if not needs:
        sys.exit("roles.py: %s has no record; run the tests first." % " and ".join(sys.argv[1:]))
    with open(EXCEPTIONS, encoding="utf-8") as file:
        excepted = [line.split(" | ")[:2] for line in file.read().splitlines() if not line.startswith("#")]
    unneeded = []
    for role, entries in sorted(needs.items()):
        for entry, tests in sorted(entries.items()):
            known = any(fnmatchcase(role, each) and entry.startswith(what) for each, what in excepted)
            verdict = "%d tests, %s" % (len(tests), min(tests)) if tests else "excepted" if known else "NOTHING"
            print("%s | %s | %s" % (role, entry, verdict))
            if not tests and not known:
                unneeded.append("%s | %s" % (role, entry))
    if unneeded:
        sys.exit("roles.py: no test needs these; test them, remove them, or give a reason in %s:\n  %s"
                 % (EXCEPTIONS, "\n  ".join(unneeded)))


def pattern(statement, request):
    """The action as written in the statement."""
    return next(each for each in statement.actions
                if re.fullmatch(re.escape(each).replace(r"\*", ".*"), request["action"], re.IGNORECASE))


if __name__ == "__main__":
    main()
