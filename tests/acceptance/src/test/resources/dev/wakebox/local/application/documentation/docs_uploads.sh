TABLE=$(aws cloudformation describe-stack-resource --stack-name wakebox --logical-resource-id JobsTable \
    --query StackResourceDetail.PhysicalResourceId --output text)
