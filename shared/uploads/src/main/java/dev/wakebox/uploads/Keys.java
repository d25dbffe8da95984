package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The keys of an upload's files in the data bucket. */
public final class Keys {
    /** Our own ids have 32 hexadecimal digits; a web page uses its own ids, such as cuids. */
    private static final String ID = "([A-Za-z0-9_-]{1,64})";

    private static final Pattern VIDEO = Pattern.compile("videos/" + ID + "\\.([A-Za-z0-9]{1,10})");
    private static final Pattern SUMMARY = Pattern.compile("csvs/summary" + ID + "\\.csv");
    private static final Pattern WORKBOOK = Pattern.compile("excel/" + ID + "\\.xlsx");

    private static final Pattern WHOLE_ID = Pattern.compile(ID);

    /**
     * The key of an uploaded file.
     *
     * @param extension as it is in the key
     */
    public record Video(String id, String extension) {
        public Video {
            requireNonNull(id, "id is null");
            requireNonNull(extension, "extension is null");
        }
    }

    private Keys() {}

    static boolean isId(String id) {
        return WHOLE_ID.matcher(id).matches();
    }

    public static String video(String id, String extension) {
        return "videos/" + id + "." + extension;
    }

    public static String processedVideo(String id) {
        return "processed_videos/" + id + ".mp4";
    }

    public static String csv(String id) {
        return "csvs/" + id + ".csv";
    }

    public static String summary(String id) {
        return "csvs/summary" + id + ".csv";
    }

    public static String workbook(String id) {
        return "excel/" + id + ".xlsx";
    }

    /** Whether the key is in the folder of uploaded files. */
    public static boolean isBelowVideos(String key) {
        return key.startsWith("videos/");
    }

    /** The upload of this file; empty when the key is not that of an uploaded file. */
    public static Optional<Video> uploadOfVideo(String key) {
        Matcher matcher = VIDEO.matcher(key);
        return matcher.matches() ? Optional.of(new Video(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** The upload of this result; empty when the key is not that of a result. */
    public static Optional<String> uploadOfSummary(String key) {
        return id(SUMMARY.matcher(key));
    }

    /** The upload of this workbook; empty when the key is not that of a workbook. */
    public static Optional<String> uploadOfWorkbook(String key) {
        return id(WORKBOOK.matcher(key));
    }

    private static Optional<String> id(Matcher matcher) {
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
