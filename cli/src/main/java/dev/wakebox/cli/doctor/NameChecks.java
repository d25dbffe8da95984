package dev.wakebox.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Checks the name of the stack, and the buckets of which it becomes a part. */
final class NameChecks {
    /** The longest ends of names of functions, with and without the question classifier. */
    static final String LONGEST_FUNCTION = "-classifier-training-data";

    static final String LONGEST_FUNCTION_OF_RUNS = "-ec2-starter-from-ami";
    private static final int MOST_OF_FUNCTION = 64;
    private static final int MOST_OF_BUCKET = 63;
    private static final int FORBIDDEN = 403;

    private NameChecks() {}

    /**
     * The findings for a stack.
     *
     * @param deployed whether the stack exists, so that its buckets are there
     */
    static List<Finding> of(AwsAccount aws, StackParameters parameters, String stack, boolean deployed) {
        var findings = new ArrayList<Finding>();
        findings.add(name(aws, parameters, stack));
        for (String bucket : buckets(aws, parameters, stack)) {
            findings.addAll(aws.ask("Bucket " + bucket, "s3:ListBucket", () -> List.of(bucket(aws, bucket, deployed))));
        }
        for (String bucket : parameters.list("OutputBuckets")) {
            if (!bucket.contains("*") && !bucket.contains("?")) {
                findings.addAll(aws.ask("Bucket " + bucket, "s3:ListBucket", () -> List.of(outputBucket(aws, bucket))));
            }
        }
        return findings;
    }

    private static Finding name(AwsAccount aws, StackParameters parameters, String stack) {
        boolean classifier = parameters.isTrue("Classifier");
        int bucketEnd = buckets(aws, parameters, "").stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        int functionEnd = (classifier ? LONGEST_FUNCTION : LONGEST_FUNCTION_OF_RUNS).length();
        int most = Math.min(MOST_OF_BUCKET - bucketEnd, MOST_OF_FUNCTION - functionEnd);
        String check = "Stack name";
        if (stack.length() > most) {
            return Finding.problem(
                    check,
                    "\"" + stack + "\" has " + stack.length()
                            + " characters; with the account and the region it becomes part of a bucket's name.",
                    "Give a name of at most " + most + " characters.");
        }
        return stack.matches("[a-z][a-z0-9-]*")
                ? Finding.ok(check, "\"" + stack + "\" has " + stack.length() + " of at most " + most + " characters")
                : Finding.problem(
                        check,
                        "\"" + stack
                                + "\" becomes part of a bucket's name, which has lower-case letters, digits and - only.",
                        "Give a name of lower-case letters, digits and -, which begins with a letter.");
    }

    private static List<String> buckets(AwsAccount aws, StackParameters parameters, String stack) {
        String end = "-" + aws.accountId() + "-" + aws.region().id();
        var buckets = new ArrayList<String>();
        boolean data = parameters.isTrue("Runs")
                || parameters.has("TrainingInstanceId")
                || parameters.has("ProcessingInstanceId")
                || parameters.has("PlatformTokenArn")
                || (parameters.isTrue("Classifier") && !parameters.has("GraphqlEndpoint"));
        if (data) {
            buckets.add(stack + "-data" + end);
        }
        if (parameters.isTrue("Classifier")) {
            buckets.add(stack + "-models" + end);
        }
        return buckets;
    }

    private static Finding bucket(AwsAccount aws, String bucket, boolean deployed) {
        String check = "Bucket " + bucket;
        try {
            aws.s3().headBucket(request -> request.bucket(bucket));
            return deployed
                    ? Finding.ok(check, "it is there, in this account")
                    : Finding.problem(
                            check,
                            "It exists in this account, perhaps from an earlier stack, and the deployment makes it.",
                            "Give the stack another name, or empty and delete the bucket: aws s3 rb s3://" + bucket);
        } catch (NoSuchBucketException e) {
            return deployed
                    ? Finding.problem(
                            check,
                            "It does not exist, although the stack has it.",
                            "Was it deleted? Make it again with aws s3 mb s3://" + bucket + ", and deploy again.")
                    : Finding.ok(check, "the name is free");
        } catch (S3Exception e) {
            if (e.statusCode() == FORBIDDEN) {
                return Finding.warning(
                        check,
                        "S3 refuses to tell: it belongs to another account, or the caller lacks s3:ListBucket.",
                        "Allow s3:ListBucket on it; if that is allowed, give the stack another name.");
            }
            throw e;
        }
    }

    private static Finding outputBucket(AwsAccount aws, String bucket) {
        String check = "Bucket " + bucket;
        try {
            String region =
                    aws.s3().headBucket(request -> request.bucket(bucket)).bucketRegion();
            return region == null || region.equals(aws.region().id())
                    ? Finding.ok(check, "it is there")
                    : Finding.problem(
                            check,
                            "It is in " + region + ", and the stack in " + aws.region() + ".",
                            "Name a bucket of the stack's region in OutputBuckets.");
        } catch (NoSuchBucketException e) {
            return Finding.problem(
                    check, "There is no such bucket.", "Make it, or correct the parameter OutputBuckets.");
        }
    }
}
