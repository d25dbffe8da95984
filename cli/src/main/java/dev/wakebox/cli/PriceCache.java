package dev.wakebox.cli;

import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.Prices;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** Keeps the prices of other {@link Prices} in a file for a day. Without a file that can be read and written, it asks each time. Not thread-safe. */
final class PriceCache implements Prices {
    private static final Duration KEPT = Duration.ofDays(1);
    private static final String USD = "usd";
    private static final String AT = "at";

    private final Path file;
    private final Prices prices;
    private final Instant now;
    private JsonObject kept;

    PriceCache(Path file, Prices prices, Instant now) {
        this.file = file;
        this.prices = prices;
        this.now = now;
        this.kept = read();
    }

    /** The file for a region in the user's cache directory (XDG). */
    static Path file(Map<String, String> environment, String region) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path directory = cache.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache")
                : Path.of(cache);
        return directory.resolve("wakebox").resolve("prices-" + region + ".json");
    }

    @Override
    public Optional<BigDecimal> of(PricedItem item) {
        String key = item.toString();
        if (kept.hasObject(key)) {
            return Optional.of(new BigDecimal(kept.object(key).text(USD)));
        }
        Optional<BigDecimal> price = prices.of(item);
        price.ifPresent(usd -> {
            kept = kept.with(key, JsonObject.of(USD, usd.toPlainString()).with(AT, now.toString()));
            write();
        });
        return price;
    }

    private JsonObject read() {
        var fresh = JsonObject.of();
        try {
            JsonObject all = Json.object(Files.readAllBytes(file));
            for (String key : all.keySet()) {
                JsonObject entry = all.object(key);
                new BigDecimal(entry.text(USD));
                if (Instant.parse(entry.text(AT)).plus(KEPT).isAfter(now)) {
                    fresh = fresh.with(key, entry);
                }
            }
            return fresh;
        } catch (IOException | WakeboxException | NumberFormatException | DateTimeParseException e) {
            return JsonObject.of(); // absent or damaged: it is made again
        }
    }

    private void write() {
        try {
            Files.createDirectories(file.getParent());
            Path written = Files.createTempFile(file.getParent(), "prices", ".json");
            Files.write(written, Json.bytes(kept));
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // The prices are asked again the next time.
        }
    }
}
