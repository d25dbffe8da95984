package dev.wakebox.platform;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Recognises an HTML page, such as the login page of a proxy, in place of an output. */
final class WebPage {
    /** The number of bytes to examine. */
    static final int BEGINNING = 4096;

    private static final Pattern TYPE = Pattern.compile("\"?(text/html|application/xhtml\\+xml)\\b.*");
    /** Skips zero bytes and byte-order marks, so that UTF-16 is recognised. */
    private static final Pattern UNSEEN = Pattern.compile("[\\x00\\xFE\\xFF]|\\xEF\\xBB\\xBF");

    /** Most outputs are JSON: their first character ends the check. */
    private static final Pattern MARKUP = Pattern.compile("[\\s\\x00\\xFE\\xFF\\xEF\\xBB\\xBF]*+<");

    private static final Pattern START = Pattern.compile(
            "(?is)(?:\\s++|<\\?xml.*?\\?>|<!--.*?-->)*+<(?:!doctype\\s+html|html|head|body|title|script|meta|style|link|div|center|h[1-6]|form|iframe|p|br|table|font|noscript|pre)(?![\\w:.-])");

    private WebPage() {}

    static boolean isAnnouncedBy(String contentType) {
        return TYPE.matcher(contentType.strip().toLowerCase(Locale.ROOT)).matches();
    }

    /** Whether a body that begins with these bytes is an HTML page. */
    static boolean beginsWith(byte[] beginning, int length) {
        String text = new String(beginning, 0, length, StandardCharsets.ISO_8859_1);
        return MARKUP.matcher(text).lookingAt()
                && START.matcher(UNSEEN.matcher(text).replaceAll("")).lookingAt();
    }
}
