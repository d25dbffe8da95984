package dev.wakebox.functions.excel;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/** The value of a cell of a CSV file. A text that isn't clearly a number or a date stays a text. */
sealed interface CellValue {
    /** A number. */
    record Numeric(double value) implements CellValue {}

    /** A date. */
    record Day(LocalDate value) implements CellValue {}

    /** A date and time; a value with an offset is converted to UTC. */
    record Moment(LocalDateTime value) implements CellValue {}

    /** Any other text. */
    record Text(String value) implements CellValue {
        public Text {
            requireNonNull(value, "value is null");
        }
    }

    /** A value with more digits than a workbook keeps, or with a leading zero, is an identifier and not a number. */
    Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,14})");

    Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?");

    Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?.*)?");

    /** The earliest date that a workbook can hold. */
    LocalDate FIRST_DAY = LocalDate.of(1900, 3, 1);

    static CellValue of(String text) {
        if (text.isEmpty() || text.length() > 60) {
            return new Text(text);
        }
        char first = text.charAt(0);
        if (first != '-' && (first < '0' || first > '9')) {
            return new Text(text);
        }
        if (INTEGER.matcher(text).matches() || DECIMAL.matcher(text).matches()) {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? new Numeric(number) : new Text(text);
        }
        return DATE.matcher(text).matches() ? date(text) : new Text(text);
    }

    private static CellValue date(String text) {
        try {
            CellValue value = text.length() == 10 ? new Day(LocalDate.parse(text)) : moment(text.replace(' ', 'T'));
            boolean known =
                    switch (value) {
                        case Day(LocalDate day) -> !day.isBefore(FIRST_DAY);
                        case Moment(LocalDateTime moment) ->
                            !moment.toLocalDate().isBefore(FIRST_DAY);
                        case Numeric _, Text _ -> true;
                    };
            return known ? value : new Text(text);
        } catch (DateTimeException e) {
            return new Text(text);
        }
    }

    private static CellValue moment(String text) {
        boolean offset = text.endsWith("Z") || text.lastIndexOf('+') > 10 || text.lastIndexOf('-') > 10;
        return new Moment(
                offset
                        ? OffsetDateTime.parse(text)
                                .withOffsetSameInstant(ZoneOffset.UTC)
                                .toLocalDateTime()
                        : LocalDateTime.parse(text));
    }
}
