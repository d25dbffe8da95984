import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
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
 * Copies the EC2 client of the AWS SDK with only the operations listed in a file, and the classes that those need.
 *
 * <p>Methods are removed from the client's interface and implementation alone. Every class that the rest refers to, in
 * code or in a signature, is copied byte for byte, so no class that is kept misses a part.
 *
 * <p>{@code java -classpath <the SDK> ShrinkEc2.java <list of operations> <output directory>}
 */
final class ShrinkEc2 {
    private static final String EC2 = "software/amazon/awssdk/services/ec2/";
    private static final String CLIENT = EC2 + "Ec2Client";
    private static final Set<String> PRUNED = Set.of(CLIENT, EC2 + "DefaultEc2Client");
    private static final String NOTICE = "META-INF/NOTICE.txt";
    private static final String CHANGES = """

            This is a modified copy of the module "ec2" of the AWS SDK for Java: operations were removed from Ec2Client
            and DefaultEc2Client, and the classes that nothing refers to any more were left out.
            """;

    /** What an operation, its paginator or a waiter returns; nothing else of the client does. */
    private static final Pattern OPERATION_RESULT = Pattern.compile("L" + EC2 + "(model|paginators|waiters)/.*");

    /** A lambda's method bears the name of the method that the lambda was written in. */
    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(\\w+)\\$\\d+");

    private static final Pattern CLASS_NAME = Pattern.compile(EC2 + "[\\w/$]+");

    private final JarFile sdk;
    private final Set<String> removed;

    private ShrinkEc2(JarFile sdk, Set<String> operations) throws IOException {
        this.sdk = sdk;
        removed = ClassFile.of().parse(read(sdk.getEntry(CLIENT + ".class"))).methods().stream()
                .filter(method -> OPERATION_RESULT
                        .matcher(method.methodTypeSymbol().returnType().descriptorString())
                        .matches())
                .map(method -> method.methodName().stringValue())
                .collect(Collectors.toCollection(TreeSet::new));
        var unknown = new TreeSet<>(operations);
        unknown.removeAll(removed);
        removed.removeAll(operations);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("Ec2Client has no operation " + String.join(", ", unknown)
                    + "; correct shared/ec2-sdk/operations.txt.");
        }
    }

    public static void main(String[] arguments) throws IOException {
        Set<String> operations;
        try (var lines = Files.lines(Path.of(arguments[0]))) {
            operations = lines.map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .collect(Collectors.toSet());
        }
        var client = URI.create(ClassLoader.getSystemResource(CLIENT + ".class").toString());
        try (JarFile sdk = ((JarURLConnection) client.toURL().openConnection()).getJarFile()) {
            var files = new ShrinkEc2(sdk, operations).files();
            synchronize(Path.of(arguments[1]), files);
        }
    }

    private SortedMap<String, byte[]> files() throws IOException {
        var files = new TreeMap<String, byte[]>();
        var open = new ArrayDeque<>(List.of(CLIENT));
        while (!open.isEmpty()) {
            String name = open.remove();
            ZipEntry entry = sdk.getEntry(name + ".class");
            if (entry != null && !files.containsKey(entry.getName())) {
                byte[] bytes = PRUNED.contains(name) ? prune(read(entry)) : read(entry);
                files.put(entry.getName(), bytes);
                open.addAll(classesIn(bytes));
            }
        }
        for (JarEntry entry : (Iterable<JarEntry>) sdk.stream()::iterator) {
            String name = entry.getName();
            if (!entry.isDirectory() && !name.endsWith(".class") && !name.equals(JarFile.MANIFEST_NAME)) {
                files.put(name, read(entry));
            }
        }
        String notice = new String(files.get(NOTICE), StandardCharsets.UTF_8) + CHANGES;
        files.put(NOTICE, notice.getBytes(StandardCharsets.UTF_8));
        return files;
    }

    /** The class without the operations that are not listed, and without what the constant pool held for them. */
    private byte[] prune(byte[] original) {
        var classFile = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL);
        ClassModel model = classFile.parse(original);
        Set<String> referred = classesIn(classFile.transformClass(model, (builder, element) -> {
            if (isKept(element) && !(element instanceof InnerClassesAttribute)) {
                builder.with(element);
            }
        }));
        return classFile.transformClass(model, (builder, element) -> {
            if (element instanceof InnerClassesAttribute nested) {
                builder.with(InnerClassesAttribute.of(nested.classes().stream()
                        .filter(info -> referred.contains(info.innerClass().asInternalName()))
                        .toList()));
            } else if (isKept(element)) {
                builder.with(element);
            }
        });
    }

    private boolean isKept(ClassElement element) {
        if (element instanceof MethodModel method) {
            String name = method.methodName().stringValue();
            Matcher lambda = LAMBDA.matcher(name);
            return !removed.contains(lambda.matches() ? lambda.group(1) : name);
        }
        return true;
    }

    /** The classes of EC2 that a class names anywhere: in code, descriptors and generic signatures. */
    private static Set<String> classesIn(byte[] bytes) {
        var names = new TreeSet<String>();
        for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
            if (entry instanceof Utf8Entry text) {
                CLASS_NAME
                        .matcher(text.stringValue())
                        .results()
                        .map(MatchResult::group)
                        .forEach(names::add);
            }
        }
        return names;
    }

    private byte[] read(ZipEntry entry) throws IOException {
        try (InputStream in = sdk.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /** Makes a directory hold these files and no others. What is right already stays untouched, for builds that look at times. */
    private static void synchronize(Path directory, SortedMap<String, byte[]> files) throws IOException {
        Files.createDirectories(directory);
        try (var present = Files.walk(directory)) {
            for (Path file : present.filter(Files::isRegularFile).toList()) {
                if (!files.containsKey(directory.relativize(file).toString().replace('\\', '/'))) {
                    Files.delete(file);
                }
            }
        }
        for (var entry : files.entrySet()) {
            Path file = directory.resolve(entry.getKey());
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), entry.getValue())) {
                Files.createDirectories(file.getParent());
                Files.write(file, entry.getValue());
            }
        }
    }
}
