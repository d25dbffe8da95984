package dev.wakebox.compute.execution;

import java.util.Optional;
import java.util.regex.Pattern;

/** Texts that are keys or passwords by their form, such as {@code AKIA…}. Others can't be told from ordinary texts. */
enum PlainTextKey {
    AWS_ACCESS_KEY("an access key of AWS", "\\b(AKIA|ASIA)[A-Z2-7]{16}\\b"),
    PRIVATE_KEY(
            "a private key",
            "-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY( BLOCK)?-----|PuTTY-User-Key-File-|\\bAGE-SECRET-KEY-1[A-Z0-9]{50}"),
    PASSWORD_IN_A_URL(
            "a URL with a password",
            "\\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\\s/?#:@]{0,200}:[^\\s/?#@$<{][^\\s/?#@]{0,500}@"),
    JSON_WEB_TOKEN("a JSON web token", "\\beyJ[A-Za-z0-9_-]{10,500}\\.eyJ[A-Za-z0-9_-]{10}"),
    GITHUB("a token of GitHub", "\\bgh[opsur]_[A-Za-z0-9]{36}|\\bgithub_pat_[A-Za-z0-9_]{22}"),
    GITLAB("a token of GitLab", "\\bgl(pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{20}"),
    SLACK("a token of Slack", "\\bx(ox[abeoprs]|app)-[A-Za-z0-9-]{10}|//hooks\\.slack\\.com/(services|workflows)/\\w"),
    STRIPE("a key of Stripe", "\\b[rs]k_(live|test)_[A-Za-z0-9]{16}"),
    GOOGLE("a key of Google", "\\bAIza[A-Za-z0-9_-]{35}|\\bya29\\.[A-Za-z0-9_-]{20}"),
    MODEL_API("a key of an API of models", "\\bsk-[A-Za-z0-9_-]{32}|\\bhf_[A-Za-z0-9]{30}"),
    PACKAGE_REGISTRY("a token of a package registry", "\\bnpm_[A-Za-z0-9]{36}|\\bpypi-[A-Za-z0-9_-]{50}"),
    SENDGRID("a key of SendGrid", "\\bSG\\.[A-Za-z0-9_-]{16,40}\\.[A-Za-z0-9_-]{32}"),
    AZURE_STORAGE("a key of Azure Storage", "\\bAccountKey=[A-Za-z0-9+/]{40}");

    // Every repetition has a limit, so that a long text is searched in linear time.

    /** The secret half of an access key has no mark: only with the name can it be told from a checksum. */
    private static final Pattern SECRET_HALF = Pattern.compile("[A-Za-z0-9/+]{40}");

    private static final Pattern NAME_OF_A_SECRET_HALF = Pattern.compile("(?i).*(SECRET|ACCESS_?KEY).*");

    private final String description;
    private final Pattern form;

    PlainTextKey(String description, String form) {
        this.description = description;
        this.form = Pattern.compile(form);
    }

    /** What the value of a variable looks like, such as {@code a private key}; empty for an ordinary text. */
    static Optional<String> in(String name, String value) {
        for (PlainTextKey kind : values()) {
            if (kind.form.matcher(value).find()) {
                return Optional.of(kind.description);
            }
        }
        return SECRET_HALF.matcher(value).matches()
                        && NAME_OF_A_SECRET_HALF.matcher(name).matches()
                ? Optional.of("the secret half of an access key of AWS")
                : Optional.empty();
    }
}
