package dev.wakebox.functions.train;

import dev.wakebox.runtime.WakeboxException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request, each read by its rule; a broken rule is refused with the field's name.
 *
 * <p>Numbers and booleans may be JSON's own or strings, because an HTML form has nothing but strings.
 */
record Fields(Map<String, @Nullable Object> values) {
    static final int LONGEST_TEXT = 100;
    private static final int LONGEST_NUMBER = 40;

    /** Whether the field is there and not null. */
    boolean has(String name) {
        return values.get(name) != null;
    }

    /** A text of 1 to 100 characters that isn't blank. */
    String text(String name) {
        if (!(required(name) instanceof String text)) {
            throw WakeboxException.invalidField(name, name + " must be a text.");
        }
        if (text.isBlank()) {
            throw WakeboxException.invalidField(name, name + " must not be empty.");
        }
        if (text.length() > LONGEST_TEXT) {
            throw WakeboxException.invalidField(
                    name, name + " must not be longer than " + LONGEST_TEXT + " characters.");
        }
        if (!isUnicode(text)) {
            throw WakeboxException.invalidField(name, name + " has a character that is not valid Unicode.");
        }
        return text;
    }

    /** Whether a text can be written as UTF-8; half a surrogate pair, which JSON lets escape, cannot. */
    static boolean isUnicode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** {@code true} or {@code false}. */
    boolean flag(String name) {
        Object value = required(name);
        if (value instanceof Boolean flag) {
            return flag;
        }
        return switch (value.toString().strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw WakeboxException.invalidField(name, name + " must be true or false.");
        };
    }

    /** A number with both ends allowed. */
    double number(String name, double min, double max) {
        BigDecimal number = number(name);
        if (number.compareTo(BigDecimal.valueOf(min)) < 0 || number.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw WakeboxException.invalidField(
                    name, name + " must be a number from " + plain(min) + " to " + plain(max) + ".");
        }
        return number.doubleValue();
    }

    /** A number above 0 and below 1. */
    double fraction(String name) {
        double number = number(name, 0, 1);
        if (number == 0 || number == 1) {
            throw WakeboxException.invalidField(name, name + " must be a number above 0 and below 1.");
        }
        return number;
    }

    /** A whole number with both ends allowed. */
    long whole(String name, long min, long max) {
        BigDecimal number = number(name);
        if (number.compareTo(BigDecimal.valueOf(min)) < 0
                || number.compareTo(BigDecimal.valueOf(max)) > 0
                || number.stripTrailingZeros().scale() > 0) {
            throw WakeboxException.invalidField(
                    name, name + " must be a whole number from " + min + " to " + max + ".");
        }
        return number.longValueExact();
    }

    private BigDecimal number(String name) {
        Object value = required(name);
        String digits = value instanceof Number || value instanceof String
                ? value.toString().strip()
                : "";
        if (digits.length() <= LONGEST_NUMBER) {
            try {
                return new BigDecimal(digits);
            } catch (NumberFormatException e) {
                // falls through to the one message for everything that isn't a number
            }
        }
        throw WakeboxException.invalidField(name, name + " must be a number.");
    }

    private Object required(String name) {
        Object value = values.get(name);
        if (value == null) {
            throw WakeboxException.invalidField(name, name + " is missing.");
        }
        return value;
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
