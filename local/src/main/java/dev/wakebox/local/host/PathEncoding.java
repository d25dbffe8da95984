package dev.wakebox.local.host;

import java.io.File;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The encoding of file names on this computer, for the processes that are started here. */
public final class PathEncoding {
    /** Part of glibc since 2.35, and of Debian long before. */
    private static final String PORTABLE = "C.UTF-8";

    private PathEncoding() {}

    /**
     * An installed UTF-8 locale, for {@code LANG}. With a locale that is not installed, a JVM can't open a file whose
     * path has letters beyond ASCII.
     */
    public static String locale() {
        return isUtf8()
                ? Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                        .map(System::getenv)
                        .filter(Objects::nonNull)
                        .filter(value -> !value.isEmpty())
                        .findFirst()
                        .filter(value ->
                                value.toUpperCase(Locale.ROOT).replace("-", "").endsWith("UTF8"))
                        .orElse(PORTABLE)
                : PORTABLE;
    }

    /** Refuses a path that the started processes could not use. */
    public static void requireUsable(Path path) {
        String text = path.toString();
        if (text.contains(File.pathSeparator) || text.contains("\n")) {
            throw new LocalException(
                    LocalException.USAGE,
                    "The path \"" + text + "\" has a \"" + File.pathSeparator
                            + "\" or a line break, which no list of paths can hold. Move the directory.");
        }
        if (!isUtf8() && !text.chars().allMatch(letter -> letter < 128)) {
            throw new LocalException(
                    LocalException.USAGE,
                    "The path \"" + text + "\" has letters beyond ASCII, which Java can't use in this locale ("
                            + encoding() + "). Set LC_ALL=" + PORTABLE + ", or move the directory.");
        }
    }

    private static boolean isUtf8() {
        return encoding().equalsIgnoreCase("UTF-8");
    }

    private static String encoding() {
        return System.getProperty("sun.jnu.encoding", "");
    }
}
