import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Lets the SDK load the metadata of the service and the region that it is asked for, instead of those of all, and leaves out
 * the metadata of services that nothing has a client for.
 *
 * <p>Two generated classes have a map with an instance of one class for each service and each region: 370 classes, to learn
 * the region that a client signs for. Their method gets a comparison with each key in place of the map.
 */
final class LazyMetadata {
    private static final String PACKAGE = "software/amazon/awssdk/regions/";
    private static final String SERVICES = PACKAGE + "GeneratedServiceMetadataProvider";
    private static final String REGIONS = PACKAGE + "GeneratedRegionMetadataProvider";
    private static final String METADATA_OF_SERVICES = PACKAGE + "servicemetadata/";

    private final JarFile module;
    private final Set<String> services;
    private final Set<String> kept = new HashSet<>();

    /**
     * @param module a module of the SDK, which may be another than that with the metadata
     * @param services whose metadata is kept, by the prefixes of their endpoints
     */
    LazyMetadata(JarFile module, Set<String> services) throws IOException {
        this.module = module;
        this.services = services;
        ZipEntry provider = module.getEntry(SERVICES + ".class");
        if (provider != null) {
            var entries = entries(ClassFile.of().parse(SdkFiles.read(module, provider)));
            if (entries.size() != services.size()) {
                throw new IllegalArgumentException("The SDK has no metadata of a service in services.txt: it knows "
                        + entries.keySet() + " of " + services + ".");
            }
            for (ClassDesc type : entries.values()) {
                keep(type.descriptorString()
                        .substring(1, type.descriptorString().length() - 1));
            }
        }
    }

    /** Keeps a class, and those of the package that it refers to: S3's metadata wrap others. */
    private void keep(String type) throws IOException {
        if (type.startsWith(METADATA_OF_SERVICES) && kept.add(type)) {
            for (PoolEntry entry : ClassFile.of()
                    .parse(SdkFiles.read(module, module.getEntry(type + ".class")))
                    .constantPool()) {
                if (entry instanceof ClassEntry referred) {
                    keep(referred.asInternalName());
                }
            }
        }
    }

    /** Whether a class is metadata of a service that nothing has a client for. */
    boolean leavesOut(String type) {
        return type.startsWith(METADATA_OF_SERVICES) && !kept.contains(type);
    }

    /** The class, changed if it is one of the two with a map. */
    byte[] apply(byte[] bytes) {
        ClassModel provider = ClassFile.of().parse(bytes);
        boolean ofServices = provider.thisClass().asInternalName().equals(SERVICES);
        if (!ofServices && !provider.thisClass().asInternalName().equals(REGIONS)) {
            return bytes;
        }
        Map<Instruction, ClassDesc> entries = entries(provider);
        var files = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL);
        ClassTransform withoutMap = ClassTransform.dropping(element -> element instanceof FieldModel
                || element instanceof MethodModel method && method.methodName().equalsString(CLASS_INIT_NAME));
        return files.transformClass(provider, withoutMap.andThen((builder, element) -> {
            if (element instanceof MethodModel method && !method.methodName().equalsString(INIT_NAME)) {
                builder.withMethodBody(
                        method.methodName(), method.methodType(), method.flags().flagsMask(), code -> {
                            find(code, entries);
                            if (ofServices) {
                                refuse(code);
                            } else {
                                code.aconst_null().areturn();
                            }
                        });
            } else {
                builder.with(element);
            }
        }));
    }

    /** The classes by the instruction that loads the key: the initializer loads each key before it makes the instance. */
    private Map<Instruction, ClassDesc> entries(ClassModel provider) {
        MethodModel initializer = provider.methods().stream()
                .filter(method -> method.methodName().equalsString(CLASS_INIT_NAME))
                .findFirst()
                .orElseThrow();
        var entries = new LinkedHashMap<Instruction, ClassDesc>();
        Instruction key = null;
        for (CodeElement element : initializer.code().orElseThrow()) {
            if (element instanceof ConstantInstruction.LoadConstantInstruction
                    || element instanceof FieldInstruction field && field.opcode() == Opcode.GETSTATIC) {
                key = (Instruction) element;
            } else if (element instanceof NewObjectInstruction instance
                    && !(key instanceof ConstantInstruction service && !services.contains(service.constantValue()))) {
                entries.put(key, instance.className().asSymbol());
            }
        }
        return entries;
    }

    private static void find(CodeBuilder code, Map<Instruction, ClassDesc> entries) {
        entries.forEach((key, type) -> {
            Label next = code.newLabel();
            code.with(key)
                    .aload(1)
                    .invokevirtual(CD_Object, "equals", MethodTypeDesc.of(CD_boolean, CD_Object))
                    .ifeq(next)
                    .new_(type)
                    .dup()
                    .invokespecial(type, INIT_NAME, MTD_void)
                    .areturn()
                    .labelBinding(next);
        });
    }

    /** Instead of a guess: without metadata, the SDK would sign for the client's region. */
    private static void refuse(CodeBuilder code) {
        var error = ClassDesc.of(IllegalArgumentException.class.getName());
        code.new_(error)
                .dup()
                .loadConstant("The metadata of this service was left out; add it to shared/aws-sdk/services.txt: ")
                .aload(1)
                .invokevirtual(CD_String, "concat", MethodTypeDesc.of(CD_String, CD_String))
                .invokespecial(error, INIT_NAME, MethodTypeDesc.of(CD_void, CD_String))
                .athrow();
    }
}
