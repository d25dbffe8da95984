package dev.wakebox.cli;

import dev.wakebox.local.computer.Jwt;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.WakeboxException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.ssm.SsmClient;

@Command(
        name = "token",
        description = {
            "Makes a token for the HTTP API, signed with the stack's secret, and prints it.",
            "It needs ssm:GetParameter on JwtSecretParameter, which lets its holder make tokens for anyone."
        })
final class TokenCommand extends StackCommand {
    private static final Duration LONGEST = Duration.ofDays(7);

    @Option(
            names = "--id",
            paramLabel = "ID",
            defaultValue = "wakebox-cli",
            description = "The claim id: 5 to 60 characters. Default: ${DEFAULT-VALUE}.")
    String id = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "USER",
            description =
                    "The claim role, such as CONTENT_MANAGER, who may train every mentor. Default: ${DEFAULT-VALUE}.")
    String role = "";

    @Option(
            names = "--mentor",
            paramLabel = "ID",
            description = "A mentor for whom the token's owner may act. May be repeated.")
    List<String> mentors = List.of();

    @Option(
            names = "--valid",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "How long it is valid, such as 30m or 8h; at most 7d. Default: ${DEFAULT-VALUE}.")
    String valid = "";

    private Duration validity = Duration.ZERO;

    TokenCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() {
        validity = Durations.age(valid)
                .filter(each -> each.isPositive() && each.compareTo(LONGEST) <= 0)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "--valid needs a time such as 30m or 8h, of at most 7d, not \"" + valid + "\"."));
        if (id.length() < 5 || id.length() > 60) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "--id needs 5 to 60 characters, not \"" + id + "\".");
        }
    }

    /** What {@code --json} prints. */
    @SnakeCase
    private record Token(String token, Instant expiresAt) {}

    @Override
    int run(Target stack) {
        Instant expires = context.clock().instant().plus(validity);
        JsonObject claims = JsonObject.of("id", id)
                .with("role", role)
                .with("mentorIds", mentors)
                .with("exp", expires.getEpochSecond());
        String token = Jwt.signed(claims, secret(stack));
        if (asJson) {
            print(new Token(token, expires));
        } else {
            out().println(token);
        }
        return SUCCEEDED;
    }

    private static String secret(Target stack) {
        try (SsmClient ssm = stack.ssm()) {
            String name = stack.output("JwtSecretParameter", "API that takes tokens");
            return ssm.getParameter(request -> request.name(name).withDecryption(true))
                    .parameter()
                    .value();
        }
    }
}
