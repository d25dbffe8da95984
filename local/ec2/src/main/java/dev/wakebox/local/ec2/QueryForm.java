package dev.wakebox.local.ec2;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Reads the form of EC2's query protocol as a tree: in {@code Filter.1.Value.2=x}, each dot leads one level down. */
final class QueryForm {
    private static final class Branch extends TreeMap<String, Object> {}

    private QueryForm() {}

    static Map<String, ?> tree(String body) {
        var root = new Branch();
        for (String pair : body.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] both = pair.split("=", 2);
                put(root, decode(both[0]), both.length == 1 ? "" : decode(both[1]));
            }
        }
        return root;
    }

    private static void put(Branch branch, String path, String value) {
        String[] names = path.split("\\.", 2);
        if (names.length == 1) {
            branch.put(path, value);
        } else if (branch.computeIfAbsent(names[0], _ -> new Branch()) instanceof Branch lower) {
            put(lower, names[1], value);
        } else {
            throw malformed(path);
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw malformed(text);
        }
    }

    private static ApiException malformed(String text) {
        return new ApiException("MalformedQueryString", "The request's body is not a form: " + text);
    }
}
