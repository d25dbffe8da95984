import java.io.IOException;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/**
 * Copies one client of the AWS SDK with only the operations listed in a file, and the classes that those need.
 *
 * <p>Methods are removed from the client's interface, its implementations and the interface of its asynchronous sibling,
 * which nothing can create any more. Every class that the rest refers to, in code or in a signature, is copied, without
 * its lambda expressions (see {@link DesugarLambdas}). An operation that a kept class calls itself has to be in the list.
 *
 * <p>{@code java -classpath <the SDK> ShrinkSdk.java <client> <list of operations> <output directory>}, the client as in
 * {@code software/amazon/awssdk/services/ec2/Ec2Client}. A line of the list with a slash is a class of the service that
 * is kept, with its dependencies, although the client does not refer to it.
 */
final class ShrinkSdk {
    private static final String NOTICE = "META-INF/NOTICE.txt";
    /** The method of a lambda has the name of the method that contains the lambda. */
    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(\\w+)\\$\\d+");

    private final JarFile sdk;
    private final String client;
    private final String service;
    private final Set<String> operations;
    private final Set<String> classes;
    private final Pattern className;
    private final Set<String> removed;
    /** The endpoints' code has a branch for each operation, which only a call of that operation takes. */
    private final Set<String> unusedRequests;

    private ShrinkSdk(JarFile sdk, String client, Set<String> listed) throws IOException {
        this.sdk = sdk;
        this.client = client;
        int name = client.lastIndexOf('/') + 1;
        service = client.substring(0, name);
        classes = listed.stream()
                .filter(line -> line.contains("/"))
                .map(service::concat)
                .collect(Collectors.toSet());
        operations = listed.stream().filter(line -> !line.contains("/")).collect(Collectors.toSet());
        className = Pattern.compile(service + "[\\w/$]+");
        // The result types of operations, paginators and waiters; other methods of the client don't return them.
        var operationResult = Pattern.compile("L" + service + "(model|paginators|waiters)/.*");
        removed = ClassFile.of().parse(SdkFiles.read(sdk, sdk.getEntry(client + ".class"))).methods().stream()
                .filter(method -> operationResult
                        .matcher(method.methodTypeSymbol().returnType().descriptorString())
                        .matches())
                .map(method -> method.methodName().stringValue())
                .collect(Collectors.toCollection(TreeSet::new));
        var unknown = new TreeSet<>(operations);
        unknown.removeAll(removed);
        removed.removeAll(operations);
        unusedRequests = removed.stream()
                .map(operation -> service + "model/" + operation.substring(0, 1).toUpperCase(Locale.ROOT)
                        + operation.substring(1) + "Request")
                .collect(Collectors.toSet());
        classes.stream().filter(type -> sdk.getEntry(type + ".class") == null).forEach(unknown::add);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(client.substring(name) + " has no operation or class "
                    + String.join(", ", unknown) + "; correct operations.txt.");
        }
    }

    public static void main(String[] arguments) throws IOException {
        Set<String> listed = SdkFiles.listed(Path.of(arguments[1]));
        String client = arguments[0];
        var location =
                URI.create(ClassLoader.getSystemResource(client + ".class").toString());
        try (JarFile sdk = ((JarURLConnection) location.toURL().openConnection()).getJarFile()) {
            var files = new TreeMap<String, byte[]>();
            new ShrinkSdk(sdk, client, listed).files().forEach((name, bytes) -> {
                if (name.endsWith(".class")) {
                    DesugarLambdas.apply(bytes).forEach((type, changed) -> files.put(type + ".class", changed));
                } else {
                    files.put(name, bytes);
                }
            });
            SdkFiles.synchronize(Path.of(arguments[2]), files);
        }
    }

    private SortedMap<String, byte[]> files() throws IOException {
        var files = new TreeMap<String, byte[]>();
        var open = new ArrayDeque<>(classes);
        open.add(client);
        while (!open.isEmpty()) {
            String name = open.remove();
            ZipEntry entry = sdk.getEntry(name + ".class");
            if (entry != null && !files.containsKey(entry.getName())) {
                byte[] bytes = name.endsWith("Client") ? prune(SdkFiles.read(sdk, entry)) : SdkFiles.read(sdk, entry);
                files.put(entry.getName(), bytes);
                checkCalls(name, bytes);
                Set<String> needed = classesIn(bytes);
                if (name.startsWith(service + "endpoints/internal/")) {
                    needed.removeAll(unusedRequests);
                }
                open.addAll(needed);
            }
        }
        for (JarEntry entry : (Iterable<JarEntry>) sdk.stream()::iterator) {
            String name = entry.getName();
            if (!entry.isDirectory() && !name.endsWith(".class") && !name.equals(JarFile.MANIFEST_NAME)) {
                files.put(name, SdkFiles.read(sdk, entry));
            }
        }
        String notice = new String(files.get(NOTICE), StandardCharsets.UTF_8) + changes();
        files.put(NOTICE, notice.getBytes(StandardCharsets.UTF_8));
        return files;
    }

    private String changes() {
        return """

                This is a modified copy of a module of the AWS SDK for Java: operations were removed from
                the clients of %s,
                the classes that nothing refers to any more were left out, and classes take the place of
                lambda expressions.
                """.formatted(service);
    }

    /** The class without the unlisted operations, and without their entries in the constant pool. */
    private byte[] prune(byte[] original) {
        var classFile = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL);
        ClassModel model = classFile.parse(original);
        Set<String> referred = classesIn(classFile.transformClass(model, (builder, element) -> {
            if (isKept(element, model) && !(element instanceof InnerClassesAttribute)) {
                builder.with(element);
            }
        }));
        return classFile.transformClass(model, (builder, element) -> {
            if (element instanceof InnerClassesAttribute nested) {
                builder.with(InnerClassesAttribute.of(nested.classes().stream()
                        .filter(info -> referred.contains(info.innerClass().asInternalName()))
                        .toList()));
            } else if (isKept(element, model)) {
                builder.with(element);
            }
        });
    }

    /** Some kept classes call the client by themselves; what they call has to be there. */
    private void checkCalls(String name, byte[] bytes) {
        for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
            if (entry instanceof MemberRefEntry called
                    && called.owner().asInternalName().matches(service + "\\w+Client")
                    && removed.contains(called.name().stringValue())) {
                throw new IllegalArgumentException(
                        name + " calls " + called.name().stringValue() + "; add it to operations.txt.");
            }
        }
    }

    private boolean isKept(ClassElement element, ClassModel type) {
        if (element instanceof MethodModel method) {
            String name = method.methodName().stringValue();
            Matcher lambda = LAMBDA.matcher(name);
            String operation = (lambda.matches() ? lambda.group(1) : name).replaceFirst("AsBytes$", "");
            return type.thisClass().asInternalName().endsWith("AsyncClient")
                    ? operations.contains(operation)
                    : !removed.contains(operation);
        }
        return true;
    }

    /** The classes of the service that a class refers to: in code, descriptors and generic signatures. */
    private Set<String> classesIn(byte[] bytes) {
        var names = new TreeSet<String>();
        for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
            if (entry instanceof Utf8Entry text) {
                className
                        .matcher(text.stringValue())
                        .results()
                        .map(MatchResult::group)
                        .forEach(names::add);
            }
        }
        return names;
    }
}
