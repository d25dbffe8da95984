package dev.wakebox.local.compute;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The parameters of a request in EC2's query protocol, where {@code Filter.1.Value.2} is a place in a tree. */
record Parameters(Map<String, String> flat) {
    static Parameters ofForm(String body) {
        Map<String, String> flat = new TreeMap<>();
        for (String pair : body.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                flat.put(
                        decode(equals < 0 ? pair : pair.substring(0, equals)),
                        equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return new Parameters(flat);
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(flat.get(name));
    }

    String require(String name) {
        return find(name)
                .orElseThrow(() ->
                        new ApiException("MissingParameter", "The request must contain the parameter " + name + "."));
    }

    boolean flag(String name, boolean fallback) {
        return find(name).map(Boolean::parseBoolean).orElse(fallback);
    }

    int integer(String name, int fallback) {
        return find(name).map(text -> parse(name, text)).orElse(fallback);
    }

    int requireInteger(String name) {
        return parse(name, require(name));
    }

    /** The scalars {@code name.1}, {@code name.2}, … in the order of their numbers. */
    List<String> values(String name) {
        return structures(name).stream()
                .map(element -> element.find("").orElse(""))
                .toList();
    }

    /** The structures {@code name.1.*}, {@code name.2.*}, … in the order of their numbers. */
    List<Parameters> structures(String name) {
        Map<Integer, Map<String, String>> elements = new TreeMap<>();
        String prefix = name + ".";
        flat.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                String[] rest = key.substring(prefix.length()).split("\\.", 2);
                elements.computeIfAbsent(parse(key, rest[0]), _ -> new TreeMap<>())
                        .put(rest.length == 1 ? "" : rest[1], value);
            }
        });
        List<Parameters> result = new ArrayList<>();
        elements.values().forEach(element -> result.add(new Parameters(element)));
        return result;
    }

    /** The structure {@code name.*}; empty when nothing of it was sent. */
    Parameters structure(String name) {
        String prefix = name + ".";
        return new Parameters(flat.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .collect(Collectors.toMap(
                        entry -> entry.getKey().substring(prefix.length()),
                        Map.Entry::getValue,
                        (a, _) -> a,
                        TreeMap::new)));
    }

    private static int parse(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new ApiException(
                    "InvalidParameterValue",
                    "Value (" + text + ") for parameter " + name + " is invalid: not a number.");
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiException("MalformedQueryString", "The request's body is not a form: " + text);
        }
    }
}
