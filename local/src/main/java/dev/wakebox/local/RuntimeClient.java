package dev.wakebox.local;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * The official runtime interface client, as Lambda itself puts it before a function's own classes.
 *
 * <p>Left alone, every process unpacks its native library to the same file under {@code /tmp} when it starts, and two
 * that start at once break each other; here it is unpacked once.
 */
final class RuntimeClient {
    static final String MAIN_CLASS = AWSLambda.class.getName();

    private static final String NATIVE_LIBRARY =
            "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

    private final Path library;

    /** @param directory where the native library is put */
    RuntimeClient(Path directory) {
        String name = nativeLibrary();
        library = directory.resolve("runtime-interface-client").resolve(name);
        try (var packed = AWSLambda.class.getResourceAsStream("/jni/" + name)) {
            if (packed == null) {
                throw new LocalException("The Java runtime interface client has no native library for this system ("
                        + System.getProperty("os.name") + ", " + System.getProperty("os.arch")
                        + "); it runs on Linux on x86_64 and aarch64.");
            }
            Files.createDirectories(library.getParent());
            Files.copy(packed, library, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> options() {
        return List.of("-D" + NATIVE_LIBRARY + "=" + library);
    }

    String classPath() {
        return Stream.of(
                        AWSLambda.class, RequestStreamHandler.class, PojoSerializer.class, SdkInternalThreadLocal.class)
                .map(RuntimeClient::jar)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String jar(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String nativeLibrary() {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        boolean musl =
                Files.exists(Path.of("/lib/ld-musl-x86_64.so.1")) || Files.exists(Path.of("/lib/ld-musl-aarch64.so.1"));
        String system = System.getProperty("os.name").equals("Linux") ? musl ? "linux_musl" : "linux" : "none";
        return "libaws-lambda-jni." + system + "-" + architecture + ".so";
    }
}
