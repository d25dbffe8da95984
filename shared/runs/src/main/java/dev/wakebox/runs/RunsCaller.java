package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.Sha256;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The caller of a request and what it may do. Users have a JWT and see their own runs, operators see all runs.
 *
 * <p>The names of a user's runs begin with a hash of the user, so that a list of names alone shows whose runs they are. Clients
 * can't choose that part.
 *
 * @param owner of the runs that the caller starts; empty for a caller with AWS credentials
 * @param prefix the beginning of the names of these runs; empty for a caller with AWS credentials
 */
public record RunsCaller(Optional<String> owner, String prefix, Set<String> roles) {
    /** The message for a request without a token. */
    public static final String NO_TOKEN = "There is no Authorization header; it must be \"Bearer\" and a token.";

    private static final String READER = "runs-reader";
    private static final String WRITER = "runs-writer";
    private static final String OPERATOR = "runs-operator";
    private static final Set<String> READERS = Set.of(READER, WRITER, OPERATOR);
    private static final int PREFIX_BYTES = 8;

    public RunsCaller {
        requireNonNull(owner, "owner is null");
        requireNonNull(prefix, "prefix is null");
        roles = Set.copyOf(roles);
    }

    /**
     * The caller of a request whose signature or token API Gateway has checked.
     *
     * @param iam whether the route is for AWS credentials
     * @throws WakeboxException {@code UNAUTHORIZED} with the authorizer's reason when the token is not valid, {@code
     *     FORBIDDEN} without a signature
     */
    public static RunsCaller of(HttpRequest request, boolean iam) {
        if (iam) {
            request.requireSigner();
            return new RunsCaller(Optional.empty(), "", Set.of(OPERATOR));
        }
        if (request.header("authorization") == null) {
            throw new WakeboxException(ErrorCode.UNAUTHORIZED, NO_TOKEN);
        }
        String id = request.authorizer().getOrDefault("id", "");
        if (id.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.UNAUTHORIZED,
                    request.authorizer().getOrDefault("refused", "The request did not pass the authorizer."));
        }
        return new RunsCaller(
                Optional.of(id),
                "u" + Sha256.hex(id, PREFIX_BYTES) + "-",
                Set.copyOf(List.of(request.authorizer().getOrDefault("role", "").split(",", -1))));
    }

    /** Whether the caller sees the runs of everybody. */
    public boolean operator() {
        return roles.contains(OPERATOR);
    }

    /** Whether the caller sees the run with this name. The runs of others are answered as runs that don't exist. */
    public boolean sees(String name) {
        return operator() || name.startsWith(prefix);
    }

    /** Whether the caller sees any runs. */
    public boolean mayRead() {
        return roles.stream().anyMatch(READERS::contains);
    }

    /** @throws WakeboxException {@code FORBIDDEN} */
    public void requireOperator() {
        require(Set.of(OPERATOR));
    }

    /** @throws WakeboxException {@code FORBIDDEN} */
    public void requireMayRead() {
        require(READERS);
    }

    /** @throws WakeboxException {@code FORBIDDEN} */
    public void requireMayWrite() {
        require(Set.of(WRITER, OPERATOR));
    }

    private void require(Set<String> sufficient) {
        if (roles.stream().noneMatch(sufficient::contains)) {
            throw new WakeboxException(
                    ErrorCode.FORBIDDEN,
                    "The token's role must be one of "
                            + sufficient.stream().sorted().toList() + " for this request, is " + roles + ".");
        }
    }
}
