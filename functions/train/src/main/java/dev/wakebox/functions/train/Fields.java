package dev.wakebox.functions.train;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Unicode;
import dev.wakebox.runtime.WakeboxException;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * The fields of a request. Each is read by its rule; the error for a broken rule names the field.
 *
 * <p>Numbers and booleans may be JSON values or strings, because an HTML form has only strings.
 */
record Fields(JsonObject values) {
    static final int LONGEST_TEXT = 100;
    private static final int LONGEST_NUMBER = 40;

    /** Whether the field is present and not null. */
    boolean has(String name) {
        return values.has(name);
    }

    /** A text of 1 to 100 characters that is not blank. */
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
        Unicode.check(name, text);
        return text;
    }

    /** {@code true} or {@code false}. A page omits the field if its switch was never changed; that means false. */
    boolean flag(String name) {
        Object value = values.get(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        return switch (value.toString().strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw WakeboxException.invalidField(name, name + " must be true or false.");
        };
    }

    /** A number in a range that includes both ends. */
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

    /** A whole number in a range that includes both ends. */
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
                // all values that aren't a number have the same message
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
