package dev.wakebox.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that name the stack of a command. */
final class TargetOptions {
    @Option(
            names = "--stack",
            paramLabel = "NAME",
            description =
                    "The deployed stack. Default: WAKEBOX_STACK, then stack in .wakebox.toml, then the local application.")
    @Nullable
    String stack;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "The stack's region. Default: that of .wakebox.toml or of the AWS profile.")
    @Nullable
    String region;

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            description = "The AWS profile with the credentials. Default: that of .wakebox.toml, then AWS's own.")
    @Nullable
    String profile;

    @Option(
            names = "--endpoint-url",
            paramLabel = "URL",
            converter = Endpoint.class,
            description = "An endpoint that answers instead of AWS, as for the aws command.")
    @Nullable
    URI endpoint;

    /** A URL of HTTP. */
    static final class Endpoint implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            try {
                var url = new URI(text);
                if (url.getHost() != null && String.valueOf(url.getScheme()).matches("https?")) {
                    return url;
                }
            } catch (URISyntaxException e) {
                // The message is the same.
            }
            throw new TypeConversionException("needs a URL such as http://127.0.0.1:4566, not '" + text + "'");
        }
    }

    /** Takes a stack and a region where the user names none. */
    void defaults(Optional<String> otherStack, Optional<String> otherRegion) {
        stack = stack == null ? otherStack.orElse(null) : stack;
        region = region == null ? otherRegion.orElse(null) : region;
    }
}
