package dev.wakebox.functions.arrayplanner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.csv.CsvRow;
import dev.wakebox.csv.CsvRows;
import dev.wakebox.csv.CsvText;
import dev.wakebox.csv.UnreadableCsvException;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;

/**
 * The items of a list in S3, by the end of its key: a JSON list, a JSON value on each line, or CSV rows below a header, which
 * become objects. An item is never null.
 */
final class ItemList {
    private ItemList() {}

    /** @throws WakeboxException {@code INVALID_REQUEST} with the place in the list that can't be read */
    static List<Object> read(String key, byte[] content) {
        if (key.endsWith(".csv")) {
            return rows(content);
        }
        return key.endsWith(".jsonl") ? lines(new String(content, UTF_8)) : values(new String(content, UTF_8), "");
    }

    private static List<Object> lines(String text) {
        var items = new ArrayList<Object>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                items.addAll(values("[" + line + "]", "line " + number + " "));
            }
        }
        return items;
    }

    private static List<Object> values(String list, String where) {
        Object items;
        try {
            items = Json.object(("{\"items\":" + list + "\n}").getBytes(UTF_8)).get("items");
        } catch (WakeboxException e) {
            throw ArrayPlanner.wrong(
                    where + "can't be read: " + String.valueOf(e.getMessage()).replaceAll("\\.$", ""));
        }
        if (!(items instanceof List<?> values)) {
            throw ArrayPlanner.wrong(where + "must be a JSON list, such as [\"a\", \"b\"]");
        }
        var found = new ArrayList<Object>();
        for (Object value : values) {
            if (value == null) {
                throw ArrayPlanner.wrong(where + "must not have null as an item");
            }
            found.add(value);
        }
        return found;
    }

    private static List<Object> rows(byte[] content) {
        try {
            CsvRows rows = CsvText.of("the list", content, List.of()).rows();
            var items = new ArrayList<Object>();
            for (CsvRow row : rows) {
                JsonObject item = JsonObject.of();
                for (int i = 0; i < row.values().size(); i++) {
                    item = item.with(rows.names().get(i), row.values().get(i));
                }
                items.add(item);
            }
            return items;
        } catch (UnreadableCsvException e) {
            throw ArrayPlanner.wrong(
                    "can't be read: " + String.valueOf(e.getMessage()).replaceAll("\\.$", ""));
        }
    }
}
