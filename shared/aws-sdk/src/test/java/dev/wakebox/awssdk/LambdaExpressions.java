package dev.wakebox.awssdk;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** Lambda expressions and method references of all kinds; {@link MergeSdkTest} has the build replace them. */
@SuppressWarnings("UnnecessaryLambda")
public final class LambdaExpressions implements Supplier<List<String>> {
    private static final UnaryOperator<String> OF_INITIALIZER = text -> text + "!";

    private final String field;
    private final Supplier<String> ofConstructor;

    private interface Shout {
        String shout(String text);

        default Supplier<String> ofInterface(String text) {
            return () -> own(text) + common(text);
        }

        private String own(String text) {
            return shout(text);
        }

        private static String common(String text) {
            Function<String, String> twice = given -> given + given;
            return twice.apply(text);
        }

        default UnaryOperator<String> privateOfInterface() {
            return this::own;
        }
    }

    private interface SerializableFunction extends Function<String, String>, Serializable {}

    private record Pair(int left, long right) {
        private Pair(String text) {
            this(text.length(), 2L * text.length());
        }
    }

    public LambdaExpressions() {
        this("field");
    }

    private LambdaExpressions(String field) {
        this.field = field;
        ofConstructor = () -> this.field + field;
    }

    @Override
    public List<String> get() {
        var results = new ArrayList<String>();
        expressions(results);
        references(results);
        adapted(results);
        return results;
    }

    private void expressions(List<String> results) {
        int number = 7;
        long big = 1L << 40;
        double half = 0.5;
        int[] array = {3, 4};
        Supplier<String> capturing = () -> number + "," + big + "," + half + "," + array[1] + "," + field;
        Function<String, Function<String, Supplier<String>>> nested = a -> b -> () -> a + b + big;
        UnaryOperator<String> first = text -> text + "1";
        UnaryOperator<String> second = text -> text + "2";
        Consumer<String> consumer = text -> results.add(text + number);
        Supplier<Supplier<String>> local = () -> {
            final class Local {
                private final Supplier<String> ofLocal = () -> "local" + number;
            }
            return new Local().ofLocal;
        };
        results.add(OF_INITIALIZER.apply("initializer"));
        results.add(ofConstructor.get());
        results.add(capturing.get());
        results.add(nested.apply("a").apply("b").get());
        results.add(first.andThen(second).apply("0"));
        results.add(local.get().get());
        consumer.accept("consumed");
        Shout shout = text -> text.toUpperCase(java.util.Locale.ROOT);
        results.add(shout.ofInterface("interface").get());
        results.add(shout.privateOfInterface().apply("private"));
        SerializableFunction serializable = text -> text + "serializable";
        results.add(serializable.apply("is "));
    }

    private void references(List<String> results) {
        Function<String, String> bound = field::concat;
        BiFunction<String, String, String> unbound = String::concat;
        UnaryOperator<String> ofThis = this::privateInstance;
        Function<LambdaExpressions, String> ofAny = LambdaExpressions::privateWithoutArguments;
        UnaryOperator<String> ofClass = LambdaExpressions::privateStatic;
        Supplier<List<String>> constructor = ArrayList::new;
        Function<String, Pair> privateConstructor = Pair::new;
        Function<String, LambdaExpressions> ofOwnConstructor = LambdaExpressions::new;
        IntFunction<int[]> arrays = int[]::new;
        Supplier<String> ofSuper = super::toString;
        Function<CharSequence, Integer> ofInterface = CharSequence::length;
        UnaryOperator<int[]> copies = int[]::clone;
        results.add(bound.apply("+bound"));
        results.add(unbound.apply("un", "bound"));
        results.add(ofThis.apply("x") + ofAny.apply(this) + ofClass.apply("y"));
        results.add(constructor.get().toString());
        results.add(privateConstructor.apply("abc").toString());
        results.add(ofOwnConstructor.apply("other").field);
        results.add(String.valueOf(arrays.apply(5).length));
        results.add(String.valueOf(ofSuper.get().startsWith(getClass().getName())));
        results.add(ofInterface.apply("1234").toString());
        results.add(String.valueOf(copies.apply(new int[] {8})[0]));
    }

    private void adapted(List<String> results) {
        ToIntFunction<String> same = String::length;
        ToLongFunction<String> widened = String::length;
        ToDoubleFunction<Integer> unboxed = Integer::intValue;
        Function<String, Integer> boxed = String::length;
        Function<Integer, Long> both = LambdaExpressions::square;
        IntUnaryOperator ofInts = Math::abs;
        IntBinaryOperator sum = Integer::sum;
        DoubleUnaryOperator root = Math::sqrt;
        IntFunction<Object> toObject = Integer::valueOf;
        Function<Object, Boolean> equal = "equal"::equals;
        BiFunction<Character, Byte, Short> small = (letter, number) -> (short) (letter + number);
        Consumer<String> poppedBoolean = results::add;
        Consumer<Integer> poppedLong = LambdaExpressions::square;
        Function<Float, Float> floats = value -> value * 2;
        ToLongFunction<Map.Entry<String, Integer>> widenedGeneric = Map.Entry::getValue;
        ToDoubleFunction<Map.Entry<String, Short>> ofShort = Map.Entry::getValue;
        Predicate<Map.Entry<String, Boolean>> ofBoolean = Map.Entry::getValue;
        results.add(same.applyAsInt("ab") + "," + widened.applyAsLong("abc") + "," + unboxed.applyAsDouble(9));
        results.add(boxed.apply("abcd") + "," + both.apply(1 << 20) + "," + ofInts.applyAsInt(-3) + ","
                + sum.applyAsInt(2, 3));
        results.add(root.applyAsDouble(2) + "," + toObject.apply(6) + "," + equal.apply("equal") + ","
                + small.apply('a', (byte) 2) + "," + floats.apply(1.5f));
        results.add(widenedGeneric.applyAsLong(Map.entry("a", 3)) + ","
                + ofShort.applyAsDouble(Map.entry("a", (short) 4)) + "," + ofBoolean.test(Map.entry("a", true)));
        poppedBoolean.accept("popped");
        poppedLong.accept(3);
    }

    private String privateInstance(String text) {
        return field + text;
    }

    private String privateWithoutArguments() {
        return field;
    }

    private static String privateStatic(String text) {
        return text + text;
    }

    private static long square(int number) {
        return (long) number * number;
    }
}
