package dev.wakebox.local.graphql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A field that an operation asks for, with what it asks of it. Arguments aren't kept: those of our operations are in
 * the variables.
 *
 * @see <a href="https://spec.graphql.org/October2021/#sec-Document-Syntax">GraphQL, document syntax</a>
 */
record Selection(String field, List<Selection> of) {
    private static final Pattern TOKEN = Pattern.compile("\\.\\.\\.|[_A-Za-z]\\w*|[{}()!$:=@\\[\\]]|\"[^\"]*\"|-?\\d+");

    /** An operation. */
    record Operation(String kind, List<Selection> fields) {}

    /**
     * Reads a document with one operation and any fragments.
     *
     * @throws IllegalArgumentException when it isn't one
     */
    static Operation parse(String document) {
        var parser = new Parser(document);
        Operation operation = parser.document();
        return new Operation(operation.kind(), parser.spread(operation.fields()));
    }

    private static final class Parser {
        private static final String SPREAD = "...";

        private final Deque<String> tokens = new ArrayDeque<>();
        private final Map<String, List<Selection>> fragments = new HashMap<>();

        Parser(String document) {
            var token = TOKEN.matcher(document);
            while (token.find()) {
                tokens.add(token.group());
            }
        }

        Operation document() {
            Operation operation = null;
            while (!tokens.isEmpty()) {
                String kind = "{".equals(tokens.peek()) ? "query" : tokens.remove();
                String name = "{".equals(tokens.peek()) || "(".equals(tokens.peek()) ? "" : next();
                if (kind.equals("fragment")) {
                    expect("on");
                    next();
                    fragments.put(name, selections());
                } else {
                    skipArguments();
                    operation = new Operation(kind, selections());
                }
            }
            if (operation == null) {
                throw new IllegalArgumentException("Syntax Error: there is no operation.");
            }
            return operation;
        }

        /** With the fields of each fragment in its place. */
        List<Selection> spread(List<Selection> selections) {
            var whole = new ArrayList<Selection>();
            for (Selection selection : selections) {
                if (selection.field().startsWith(SPREAD)) {
                    List<Selection> fragment = fragments.get(selection.field().substring(SPREAD.length()));
                    if (fragment == null) {
                        throw new IllegalArgumentException("Unknown fragment \"" + selection.field() + "\".");
                    }
                    whole.addAll(spread(fragment));
                } else {
                    whole.add(new Selection(selection.field(), spread(selection.of())));
                }
            }
            return whole;
        }

        private List<Selection> selections() {
            expect("{");
            var selections = new ArrayList<Selection>();
            while (!"}".equals(tokens.peek())) {
                String field = next();
                if (field.equals(SPREAD)) {
                    selections.add(new Selection(SPREAD + next(), List.of()));
                } else {
                    skipArguments();
                    selections.add(new Selection(field, "{".equals(tokens.peek()) ? selections() : List.of()));
                }
            }
            expect("}");
            return selections;
        }

        private void skipArguments() {
            if ("(".equals(tokens.peek())) {
                while (!next().equals(")")) {
                    // its value is in the variables
                }
            }
        }

        private void expect(String token) {
            String actual = next();
            if (!actual.equals(token)) {
                throw new IllegalArgumentException(
                        "Syntax Error: expected \"" + token + "\", found \"" + actual + "\".");
            }
        }

        private String next() {
            String token = tokens.poll();
            if (token == null) {
                throw new IllegalArgumentException("Syntax Error: unexpected end.");
            }
            return token;
        }
    }
}
