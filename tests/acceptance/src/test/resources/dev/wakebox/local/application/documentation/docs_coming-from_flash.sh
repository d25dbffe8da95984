OLD=flash-models
aws s3 mb s3://$OLD
echo '{}' | aws s3 cp - s3://$OLD/cleanup.json
