"""Prints what CloudFormation would create of a template for each set of parameters, as AWS's own SAM transform makes it.

parts.py TEMPLATE, with {"name": {"parameter": "value"}} at standard input.
"""

import json
import sys

from ministack.services.cloudformation import engine


def kept(value, conditions):
    """The value as the conditions leave it; other functions stay as they are."""
    if isinstance(value, dict):
        if list(value) == ["Fn::If"]:
            condition, yes, no = value["Fn::If"]
            return kept(yes if conditions[condition] else no, conditions)
        members = {key: kept(member, conditions) for key, member in value.items()}
        return {key: member for key, member in members.items() if member != {"Ref": "AWS::NoValue"}}
    if isinstance(value, list):
        return [member for member in (kept(each, conditions) for each in value) if member != {"Ref": "AWS::NoValue"}]
    return value


def created(members, conditions):
    return {name: kept(member, conditions) for name, member in members.items()
            if conditions.get(member.get("Condition"), True)}


with open(sys.argv[1], encoding="utf-8") as file:
    template = engine._apply_transforms(json.load(file))
answer = {}
for name, values in json.load(sys.stdin).items():
    parameters = engine._resolve_parameters(template, [{"Key": key, "Value": value} for key, value in values.items()])
    conditions = engine._evaluate_conditions(template, parameters)
    try:
        engine._evaluate_rules(template, parameters, conditions)
        refusal = None
    except ValueError as refused:
        refusal = str(refused)
    answer[name] = {"refusal": refusal, "resources": created(template["Resources"], conditions),
                    "outputs": sorted(created(template["Outputs"], conditions))}
json.dump(answer, sys.stdout, default=str)
