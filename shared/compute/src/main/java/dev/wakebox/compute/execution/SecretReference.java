package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the value of a variable is kept that only the instance reads. */
public sealed interface SecretReference {
    /** The ARN as the document gives it. */
    String given();

    /** The region of the ARN. */
    String region();

    /**
     * A secret in Secrets Manager, written as ECS does it: {@code arn:…:secret:NAME}, or
     * {@code arn:…:secret:NAME:KEY:STAGE:VERSION} with parts that may be empty.
     *
     * @param arn without those parts
     * @param key of the JSON object that the secret is; empty for the whole secret
     * @param stage the version's label
     * @param version the version's id
     */
    record ManagedSecret(
            String given,
            String region,
            String arn,
            Optional<String> key,
            Optional<String> stage,
            Optional<String> version)
            implements SecretReference {
        private static final Pattern FORM =
                Pattern.compile("(arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\\d{12}:secret:[A-Za-z0-9/_+=.@-]+)"
                        + "(?::([^:\\p{Cntrl}]*):([^:\\s\\p{Cntrl}]*):([A-Za-z0-9-]*))?");

        public ManagedSecret {
            requireNonNull(given, "given is null");
            requireNonNull(region, "region is null");
            requireNonNull(arn, "arn is null");
        }

        private static ManagedSecret of(Matcher form) {
            return new ManagedSecret(
                    form.group(), form.group(2), form.group(1), part(form, 3), part(form, 4), part(form, 5));
        }

        private static Optional<String> part(Matcher form, int group) {
            return Optional.ofNullable(form.group(group)).filter(part -> !part.isEmpty());
        }
    }

    /** A parameter of Systems Manager, of any type: {@code arn:…:parameter/NAME}. */
    record StoredParameter(String given, String region) implements SecretReference {
        private static final Pattern FORM =
                Pattern.compile("arn:aws[a-z-]*:ssm:([a-z0-9-]+):\\d{12}:parameter/[A-Za-z0-9_./-]+");

        public StoredParameter {
            requireNonNull(given, "given is null");
            requireNonNull(region, "region is null");
        }
    }

    /** The reference in this text; empty if it is none of the two. */
    static Optional<SecretReference> of(String text) {
        Matcher secret = ManagedSecret.FORM.matcher(text);
        if (secret.matches()) {
            return Optional.of(ManagedSecret.of(secret));
        }
        Matcher parameter = StoredParameter.FORM.matcher(text);
        return parameter.matches() ? Optional.of(new StoredParameter(text, parameter.group(1))) : Optional.empty();
    }
}
