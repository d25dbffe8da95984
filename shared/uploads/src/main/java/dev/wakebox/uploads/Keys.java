package dev.wakebox.uploads;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the files of an upload are in the data bucket. */
public final class Keys {
    private static final String ID = "([0-9a-f]{32})";
    private static final Pattern VIDEO = Pattern.compile("videos/" + ID + "\\.[a-z0-9]+");
    private static final Pattern SUMMARY = Pattern.compile("csvs/summary" + ID + "\\.csv");
    private static final Pattern WORKBOOK = Pattern.compile("excel/" + ID + "\\.xlsx");

    private static final Pattern WHOLE_ID = Pattern.compile(ID);

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

    /** The upload whose file this is, or empty when it is none. */
    public static Optional<String> uploadOfVideo(String key) {
        return id(VIDEO.matcher(key));
    }

    /** The upload whose result this is, or empty when it is none. */
    public static Optional<String> uploadOfSummary(String key) {
        return id(SUMMARY.matcher(key));
    }

    /** The upload whose workbook this is, or empty when it is none. */
    public static Optional<String> uploadOfWorkbook(String key) {
        return id(WORKBOOK.matcher(key));
    }

    private static Optional<String> id(Matcher matcher) {
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
