aws iam remove-role-from-instance-profile --instance-profile-name wakebox-run --role-name wakebox-run
aws iam delete-instance-profile --instance-profile-name wakebox-run
