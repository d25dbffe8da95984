package dev.wakebox.local.lambda;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * Provides the official runtime interface client, which Lambda puts before a function's own classes.
 *
 * <p>By default, every process unpacks the client's native library to the same file under {@code /tmp} when it starts,
 * and two concurrent starts break each other. Here the library is unpacked once. It exists for Linux only; on other
 * systems a class in Java replaces it.
 */
public final class RuntimeClient {
    static final String MAIN_CLASS = AWSLambda.class.getName();

    private static final String NATIVE_LIBRARY =
            "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

    /** Set to use the class in Java although there is a native library, as in tests. */
    public static final String PURE_JAVA = "wakebox.runtime-client.pure-java";

    /** Replaces the client's class that calls the native library. */
    private static final String IN_JAVA =
            "com/amazonaws/services/lambda/runtime/api/client/runtimeapi/NativeClient.class";

    private final List<String> options;
    private final List<String> firstOnClassPath;

    /** @param directory for the native library, or for the class that replaces it */
    RuntimeClient(Path directory) {
        Path own = directory.resolve("runtime-interface-client");
        String library = "jni/" + nativeLibrary();
        boolean pureJava = Boolean.getBoolean(PURE_JAVA) || AWSLambda.class.getResource("/" + library) == null;
        if (pureJava) {
            unpack(IN_JAVA, RuntimeClient.class, own);
            options = List.of();
            firstOnClassPath = List.of(own.toString());
        } else {
            options = List.of("-D" + NATIVE_LIBRARY + "=" + unpack(library, AWSLambda.class, own));
            firstOnClassPath = List.of();
        }
    }

    /** @param neighbour a class in the same jar or directory */
    private static Path unpack(String name, Class<?> neighbour, Path directory) {
        Path file = directory.resolve(name);
        try (var packed = resource(name, neighbour).openStream()) {
            Files.createDirectories(file.getParent());
            Files.copy(packed, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The resource next to the given class, because two jars have a class of this name. */
    private static URL resource(String name, Class<?> neighbour) throws IOException {
        String home =
                neighbour.getProtectionDomain().getCodeSource().getLocation().toString();
        return Collections.list(neighbour.getClassLoader().getResources(name)).stream()
                .filter(url -> url.toString().contains(home))
                .findFirst()
                .orElseThrow(() -> new IOException("There is no " + name + " in " + home + "."));
    }

    List<String> options() {
        return options;
    }

    String classPath() {
        return Stream.concat(
                        firstOnClassPath.stream(),
                        Stream.of(
                                        AWSLambda.class,
                                        RequestStreamHandler.class,
                                        PojoSerializer.class,
                                        SdkInternalThreadLocal.class)
                                .map(RuntimeClient::jar))
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
