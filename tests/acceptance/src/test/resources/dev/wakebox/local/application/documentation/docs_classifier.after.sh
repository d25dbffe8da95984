curl -X PUT "${GRAPHQL%/graphql}/stand-in/fault?times=0"
curl -X PUT "${GRAPHQL%/graphql}/stand-in/required-header"
