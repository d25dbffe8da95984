package dev.wakebox.cli;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** What the file {@code .wakebox.toml} of the current directory says about the stack of commands. */
record TargetFile(
        @Nullable String stack,
        @Nullable String region,
        @Nullable String profile) {
    static final String NAME = ".wakebox.toml";

    /**
     * Reads the file; without one, nothing is said.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with the place of the mistake
     */
    static TargetFile of(Context context) throws IOException {
        Path file = context.directory().resolve(NAME);
        TomlParseResult toml = Files.exists(file) ? Toml.parse(file) : Toml.parse("");
        if (toml.hasErrors()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, file + ": " + toml.errors().getFirst());
        }
        for (String key : toml.keySet()) {
            if (!key.matches("stack|region|profile") || !toml.isString(key)) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        file + ": \"" + key + "\" is none of stack, region and profile, or is no text.");
            }
        }
        return new TargetFile(toml.getString("stack"), toml.getString("region"), toml.getString("profile"));
    }
}
