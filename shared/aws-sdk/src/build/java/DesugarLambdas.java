import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.classfile.ClassFile.ACC_SUPER;
import static java.lang.classfile.ClassFile.ACC_SYNTHETIC;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DirectMethodHandleDesc.Kind;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Replaces the lambda expressions and method references of a class by classes.
 *
 * <p>The JVM makes a hidden class for each lambda expression when it is first evaluated, which takes it about five times as
 * long as to load a class. Here all lambda expressions of a class that have the same type and capture values of the same
 * types share one class, whose instances have a number for a {@code switch}. So an SDK's model class, which has two
 * method references for each of its fields, gets two classes.
 *
 * <p>Serializable lambda expressions and those with several interfaces ({@code altMetafactory}) are left as they are.
 */
final class DesugarLambdas {
    private static final ClassDesc METAFACTORY = ClassDesc.of("java.lang.invoke.LambdaMetafactory");
    private static final String FACTORY = "of";
    private static final String NUMBER = "number";
    /** A new constant pool has no entries of what was removed. */
    private static final ClassFile FILES = ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                    ClassHierarchyResolver.ofResourceParsing(ClassLoader.getSystemClassLoader())
                            .orElse(ClassHierarchyResolver.defaultResolver())
                            .cached()),
            ClassFile.ConstantPoolSharingOption.NEW_POOL);

    private static final Map<ClassDesc, ClassDesc> BOXES = Map.of(
            ConstantDescs.CD_boolean,
            ConstantDescs.CD_Boolean,
            ConstantDescs.CD_byte,
            ConstantDescs.CD_Byte,
            ConstantDescs.CD_char,
            ConstantDescs.CD_Character,
            ConstantDescs.CD_short,
            ConstantDescs.CD_Short,
            CD_int,
            ConstantDescs.CD_Integer,
            ConstantDescs.CD_long,
            ConstantDescs.CD_Long,
            ConstantDescs.CD_float,
            ConstantDescs.CD_Float,
            ConstantDescs.CD_double,
            ConstantDescs.CD_Double);
    private static final ClassDesc CD_NUMBER = ClassDesc.of("java.lang.Number");
    private static final Set<ClassDesc> NO_NUMBERS = Set.of(ConstantDescs.CD_boolean, ConstantDescs.CD_char);
    private static final Map<ClassDesc, ClassDesc> PRIMITIVES =
            BOXES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    /** The interface, its method, and the types of the captured values of lambda expressions that share a class. */
    private record Shape(ClassDesc type, String method, MethodTypeDesc descriptor, List<ClassDesc> captured) {}

    /** The method that a lambda expression calls, and the types of its arguments and result before erasure. */
    private record Body(DirectMethodHandleDesc target, MethodTypeDesc descriptor) {}

    private record Method(String name, String descriptor) {
        private static Method of(MethodModel method) {
            return new Method(
                    method.methodName().stringValue(), method.methodType().stringValue());
        }
    }

    private final ClassModel host;
    private final ClassDesc name;
    private final boolean isInterface;
    private final Set<Method> privateMethods;
    /** Private static methods that the classes call, which are no members of the nest. */
    private final Set<Method> opened = new HashSet<>();
    /** Names of static methods that call others which the classes may not call. */
    private final Map<DirectMethodHandleDesc, String> accessors = new LinkedHashMap<>();

    private final Map<Shape, List<Body>> shapes = new LinkedHashMap<>();

    private DesugarLambdas(byte[] bytes) {
        host = FILES.parse(bytes);
        name = host.thisClass().asSymbol();
        isInterface = host.flags().has(AccessFlag.INTERFACE);
        privateMethods = host.methods().stream()
                .filter(method -> method.flags().has(AccessFlag.PRIVATE))
                .map(Method::of)
                .collect(Collectors.toSet());
        for (MethodModel method : host.methods()) {
            method.code().stream()
                    .flatMap(code -> code.elementStream())
                    .filter(element -> element instanceof InvokeDynamicInstruction call && isLambda(call))
                    .forEach(call -> add((InvokeDynamicInstruction) call));
        }
    }

    /**
     * The class without lambda expressions, and the classes that take their place, by internal names. The classes that it
     * refers to have to be on the class path.
     */
    static SortedMap<String, byte[]> apply(byte[] bytes) {
        return new DesugarLambdas(bytes).classes(bytes);
    }

    private SortedMap<String, byte[]> classes(byte[] bytes) {
        var classes = new TreeMap<String, byte[]>();
        String internalName = host.thisClass().asInternalName();
        classes.put(internalName, shapes.isEmpty() ? bytes : hostWithoutLambdas());
        shapes.forEach((shape, bodies) ->
                classes.put(internalName + "$" + nestedName(shape), lambda(type(shape), shape, bodies)));
        return classes;
    }

    private byte[] hostWithoutLambdas() {
        ClassTransform replaced = ClassTransform.transformingMethodBodies((code, element) -> {
            if (element instanceof InvokeDynamicInstruction call && isLambda(call)) {
                replace(code, call);
            } else {
                code.with(element);
            }
        });
        return FILES.transformClass(
                host, replaced.andThen(this::open).andThen(ClassTransform.endHandler(this::addAccessors)));
    }

    private ClassDesc type(Shape shape) {
        return name.nested(nestedName(shape));
    }

    private String nestedName(Shape shape) {
        return "Lambda" + List.copyOf(shapes.keySet()).indexOf(shape);
    }

    private static boolean isLambda(InvokeDynamicInstruction call) {
        return call.bootstrapMethod().owner().equals(METAFACTORY)
                && call.bootstrapMethod().methodName().equals("metafactory");
    }

    private void add(InvokeDynamicInstruction call) {
        List<Body> bodies = shapes.computeIfAbsent(shape(call), fresh -> new ArrayList<>());
        if (!bodies.contains(body(call))) {
            bodies.add(body(call));
        }
    }

    /** The captured values are on the stack already. */
    private void replace(CodeBuilder code, InvokeDynamicInstruction call) {
        MethodTypeDesc captures = call.typeSymbol();
        code.loadConstant(shapes.get(shape(call)).indexOf(body(call)))
                .invokestatic(
                        type(shape(call)), FACTORY, captures.insertParameterTypes(captures.parameterCount(), CD_int));
    }

    private static Shape shape(InvokeDynamicInstruction call) {
        MethodTypeDesc captures = call.typeSymbol();
        return new Shape(
                captures.returnType(),
                call.name().stringValue(),
                (MethodTypeDesc) call.bootstrapArgs().get(0),
                captures.parameterList());
    }

    private Body body(InvokeDynamicInstruction call) {
        List<ConstantDesc> arguments = call.bootstrapArgs();
        return new Body(accessible((DirectMethodHandleDesc) arguments.get(1)), (MethodTypeDesc) arguments.get(2));
    }

    private DirectMethodHandleDesc accessible(DirectMethodHandleDesc target) {
        boolean isOwn = target.owner().equals(name);
        var method = new Method(target.methodName(), target.lookupDescriptor());
        if (isOwn ? !privateMethods.contains(method) : !isNestmate(target.owner())) {
            return target;
        }
        if (isOwn && (target.kind() == Kind.STATIC || target.kind() == Kind.INTERFACE_STATIC)) {
            opened.add(method);
            return target;
        }
        // an instance method that isn't private any more could be overridden
        String accessor = accessors.computeIfAbsent(target, fresh -> "lambda$access$" + accessors.size());
        return MethodHandleDesc.ofMethod(
                isInterface ? Kind.INTERFACE_STATIC : Kind.STATIC, name, accessor, target.invocationType());
    }

    /** Whether the host may call private methods of a class. The classes of Java 8 have no nest. */
    private boolean isNestmate(ClassDesc other) {
        return host.majorVersion() >= ClassFile.JAVA_11_VERSION
                && outermost(other).equals(outermost(name));
    }

    private static String outermost(ClassDesc type) {
        return type.descriptorString().replaceFirst("[$;].*", "");
    }

    private void open(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method && opened.contains(Method.of(method))) {
            int access = method.flags().flagsMask() & ~ACC_PRIVATE | (isInterface ? ACC_PUBLIC : 0);
            builder.transformMethod(method, (changed, part) -> {
                if (part instanceof AccessFlags) {
                    changed.withFlags(access);
                } else {
                    changed.with(part);
                }
            });
        } else {
            builder.with(element);
        }
    }

    private void addAccessors(ClassBuilder builder) {
        int access = ACC_STATIC | ACC_SYNTHETIC | (isInterface ? ACC_PUBLIC : 0);
        accessors.forEach((target, accessor) -> {
            MethodTypeDesc type = target.invocationType();
            builder.withMethodBody(accessor, type, access, code -> {
                prepare(code, target);
                loadParameters(code, type);
                invoke(code, target);
                code.return_(TypeKind.from(type.returnType()));
            });
        });
    }

    private byte[] lambda(ClassDesc type, Shape shape, List<Body> bodies) {
        List<ClassDesc> captured = shape.captured();
        MethodTypeDesc constructor = MethodTypeDesc.of(CD_void, captured).insertParameterTypes(captured.size(), CD_int);
        return FILES.build(type, builder -> {
            builder.withVersion(host.majorVersion(), host.minorVersion())
                    .withFlags(ACC_FINAL | ACC_SUPER | ACC_SYNTHETIC)
                    .withInterfaceSymbols(shape.type())
                    .withField(NUMBER, CD_int, ACC_PRIVATE | ACC_FINAL);
            for (int i = 0; i < captured.size(); i++) {
                builder.withField(capture(i), captured.get(i), ACC_PRIVATE | ACC_FINAL);
            }
            builder.withMethodBody(INIT_NAME, constructor, ACC_PRIVATE, code -> {
                code.aload(0).invokespecial(ConstantDescs.CD_Object, INIT_NAME, ConstantDescs.MTD_void);
                for (int i = 0; i < captured.size(); i++) {
                    code.aload(0)
                            .loadLocal(TypeKind.from(captured.get(i)), code.parameterSlot(i))
                            .putfield(type, capture(i), captured.get(i));
                }
                code.aload(0)
                        .iload(code.parameterSlot(captured.size()))
                        .putfield(type, NUMBER, CD_int)
                        .return_();
            });
            MethodTypeDesc factory = constructor.changeReturnType(shape.type());
            builder.withMethodBody(FACTORY, factory, ACC_STATIC, code -> {
                code.new_(type).dup();
                loadParameters(code, factory);
                code.invokespecial(type, INIT_NAME, constructor).areturn();
            });
            builder.withMethodBody(
                    shape.method(), shape.descriptor(), ACC_PUBLIC, code -> callBodies(code, type, shape, bodies));
        });
    }

    private static String capture(int index) {
        return "captured" + index;
    }

    private static void loadParameters(CodeBuilder code, MethodTypeDesc type) {
        for (int i = 0, slot = 0; i < type.parameterCount(); i++) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            code.loadLocal(kind, slot);
            slot += kind.slotSize();
        }
    }

    private void callBodies(CodeBuilder code, ClassDesc type, Shape shape, List<Body> bodies) {
        List<Label> labels = bodies.stream().map(body -> code.newLabel()).toList();
        List<SwitchCase> cases = IntStream.range(1, bodies.size())
                .mapToObj(i -> SwitchCase.of(i, labels.get(i)))
                .toList();
        if (!cases.isEmpty()) {
            code.aload(0).getfield(type, NUMBER, CD_int).tableswitch(labels.getFirst(), cases);
        }
        for (int i = 0; i < bodies.size(); i++) {
            code.labelBinding(labels.get(i));
            callBody(code, type, shape, bodies.get(i));
        }
    }

    /** LambdaMetafactory's Javadoc has the rules by which arguments and results are adapted. */
    private static void callBody(CodeBuilder code, ClassDesc type, Shape shape, Body body) {
        DirectMethodHandleDesc target = body.target();
        MethodTypeDesc called = target.invocationType();
        prepare(code, target);
        List<ClassDesc> captured = shape.captured();
        for (int i = 0; i < captured.size(); i++) {
            code.aload(0).getfield(type, capture(i), captured.get(i));
            adapt(code, captured.get(i), called.parameterType(i));
        }
        for (int i = 0; i < shape.descriptor().parameterCount(); i++) {
            ClassDesc given = shape.descriptor().parameterType(i);
            ClassDesc real = body.descriptor().parameterType(i);
            code.loadLocal(TypeKind.from(given), code.parameterSlot(i));
            adapt(code, given, real);
            adapt(code, real, called.parameterType(captured.size() + i));
        }
        invoke(code, target);
        ClassDesc result = shape.descriptor().returnType();
        if (result.equals(CD_void)) {
            switch (TypeKind.from(called.returnType()).slotSize()) {
                case 1 -> code.pop();
                case 2 -> code.pop2();
                default -> {}
            }
        } else {
            adapt(code, called.returnType(), body.descriptor().returnType());
            adapt(code, body.descriptor().returnType(), result);
        }
        code.return_(TypeKind.from(result));
    }

    private static void prepare(CodeBuilder code, DirectMethodHandleDesc target) {
        if (target.kind() == Kind.CONSTRUCTOR) {
            code.new_(target.owner()).dup();
        }
    }

    private static void invoke(CodeBuilder code, DirectMethodHandleDesc target) {
        MethodTypeDesc descriptor = MethodTypeDesc.ofDescriptor(target.lookupDescriptor());
        ClassDesc owner = target.owner();
        String method = target.methodName();
        switch (target.kind()) {
            case STATIC -> code.invokestatic(owner, method, descriptor);
            case INTERFACE_STATIC -> code.invokestatic(owner, method, descriptor, true);
            case VIRTUAL -> code.invokevirtual(owner, method, descriptor);
            case INTERFACE_VIRTUAL -> code.invokeinterface(owner, method, descriptor);
            case SPECIAL, CONSTRUCTOR -> code.invokespecial(owner, method, descriptor);
            case INTERFACE_SPECIAL -> code.invokespecial(owner, method, descriptor, true);
            default -> throw new IllegalArgumentException("A lambda expression calls no field: " + target);
        }
    }

    private static void adapt(CodeBuilder code, ClassDesc from, ClassDesc to) {
        if (from.equals(to)) {
            return;
        }
        if (from.isPrimitive() && to.isPrimitive()) {
            code.conversion(TypeKind.from(from), TypeKind.from(to));
        } else if (from.isPrimitive()) {
            ClassDesc box = BOXES.get(from);
            code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, from));
        } else if (to.isPrimitive()) {
            ClassDesc primitive = PRIMITIVES.getOrDefault(from, to);
            boolean isAnyNumber = primitive.equals(to) && !from.equals(BOXES.get(to)) && !NO_NUMBERS.contains(to);
            ClassDesc box = isAnyNumber ? CD_NUMBER : BOXES.get(primitive);
            adapt(code, from, box);
            code.invokevirtual(box, primitive.displayName() + "Value", MethodTypeDesc.of(primitive));
            adapt(code, primitive, to);
        } else if (!to.equals(ConstantDescs.CD_Object)) {
            code.checkcast(to);
        }
    }
}
