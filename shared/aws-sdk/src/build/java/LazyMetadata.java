import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

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
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Lets the SDK load the metadata of the service and the region that it is asked for, instead of those of all.
 *
 * <p>Two generated classes have a map with an instance of one class for each service and each region: 370 classes, to learn
 * the region that a client signs for. Their method gets a comparison with each key in place of the map.
 */
final class LazyMetadata {
    private static final String PACKAGE = "software/amazon/awssdk/regions/";
    private static final Set<String> PROVIDERS =
            Set.of(PACKAGE + "GeneratedServiceMetadataProvider", PACKAGE + "GeneratedRegionMetadataProvider");

    private LazyMetadata() {}

    /** The class, changed if it is one of the two. */
    static byte[] apply(byte[] bytes) {
        ClassModel provider = ClassFile.of().parse(bytes);
        if (!PROVIDERS.contains(provider.thisClass().asInternalName())) {
            return bytes;
        }
        Map<Instruction, ClassDesc> entries = entries(provider);
        var files = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL);
        ClassTransform withoutMap = ClassTransform.dropping(element -> element instanceof FieldModel
                || element instanceof MethodModel method && method.methodName().equalsString(CLASS_INIT_NAME));
        return files.transformClass(provider, withoutMap.andThen((builder, element) -> {
            if (element instanceof MethodModel method && !method.methodName().equalsString(INIT_NAME)) {
                builder.withMethodBody(
                        method.methodName(),
                        method.methodType(),
                        method.flags().flagsMask(),
                        code -> find(code, entries));
            } else {
                builder.with(element);
            }
        }));
    }

    /** The classes by the instruction that loads the key: the initializer loads each key before it makes the instance. */
    private static Map<Instruction, ClassDesc> entries(ClassModel provider) {
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
            } else if (element instanceof NewObjectInstruction instance) {
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
        code.aconst_null().areturn();
    }
}
