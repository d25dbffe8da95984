API=http://127.0.0.1:3000 OLD_BUCKET=v51-outputs BUCKET=wakebox-data-000000000000-us-east-1
curl -X PUT "$(jq -r .platform .wakebox/run/ready.json)/stand-in/jobs/my-job?bytes=1000"
aws s3 mb s3://$OLD_BUCKET
printf '%s' 'Resources: {ApiToken: {Type: "AWS::SecretsManager::Secret", Properties: {Name: egress-token, SecretString: "{}"}}}' >egress.yaml
aws cloudformation create-stack --stack-name egress --template-body file://egress.yaml
aws cloudformation wait stack-create-complete --stack-name egress
