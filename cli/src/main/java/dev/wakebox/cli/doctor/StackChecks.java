package dev.wakebox.cli.doctor;

import java.util.Optional;

/** Checks the state in which CloudFormation has left a stack. */
final class StackChecks {
    private StackChecks() {}

    /** Whether a stack of this status has, or had, its resources. */
    static boolean deployed(String status) {
        return !status.startsWith("ROLLBACK_")
                && !status.startsWith("CREATE_FAILED")
                && !status.startsWith("REVIEW_")
                && !status.startsWith("DELETE_");
    }

    /** The finding for a stack; a stack that does not exist has no status. */
    static Finding of(String stack, Optional<String> status) {
        String check = "Stack " + stack;
        if (status.isEmpty() || status.get().startsWith("REVIEW_")) {
            return Finding.ok(check, "not deployed yet");
        }
        String is = status.get();
        if (is.equals("UPDATE_ROLLBACK_FAILED")) {
            return Finding.problem(
                    check,
                    is + ": CloudFormation could not go back to the earlier version.",
                    "aws cloudformation continue-update-rollback --stack-name " + stack);
        }
        if (is.endsWith("_IN_PROGRESS")) {
            return Finding.warning(check, is + ": it is being changed.", "Wait, and repeat the command.");
        }
        return deployed(is)
                ? Finding.ok(check, is)
                : Finding.problem(
                        check,
                        is + ": its first deployment failed, and it can't be deployed again.",
                        "See aws cloudformation describe-stack-events --stack-name " + stack
                                + " for the cause; then aws cloudformation delete-stack --stack-name " + stack
                                + ", and deploy again.");
    }
}
