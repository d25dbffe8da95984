package dev.wakebox.local.ec2;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a longer list. The token names its last item, so that no item is repeated or left out when the list changes
 * in between.
 *
 * @param nextToken null on the last page
 */
record Page<T>(List<T> items, @Nullable String nextToken) {
    /**
     * @param max 0 for no limit
     * @param token null or empty for the first page
     * @param key the unique key by which the list is ordered
     */
    static <T> Page<T> of(List<T> all, int max, @Nullable String token, Function<T, String> key) {
        String after = decode(token == null ? "" : token);
        List<T> rest = all.stream()
                .filter(item -> key.apply(item).compareTo(after) > 0)
                .sorted(Comparator.comparing(key))
                .toList();
        if (max == 0 || rest.size() <= max) {
            return new Page<>(rest, null);
        }
        List<T> items = rest.subList(0, max);
        String last = key.apply(items.getLast());
        return new Page<>(items, Base64.getEncoder().encodeToString(last.getBytes(StandardCharsets.UTF_8)));
    }

    private static String decode(String token) {
        try {
            return new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiException("InvalidNextToken", "The token '" + token + "' is invalid");
        }
    }
}
