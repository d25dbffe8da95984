package dev.wakebox.webhooks;

import java.util.regex.Pattern;

/** The form of a URL to which webhooks may be sent although it comes with a request. */
public final class WebhookUrl {
    /** Says what {@link #isPublic} requires. */
    public static final String RULE =
            "must be an https URL of a public host, by its name and without credentials, of up to 2048 characters";

    private static final int LONGEST = 2048;
    /** As in api/execution.schema.json. Names below local, localhost and internal are private. */
    private static final Pattern PUBLIC = Pattern.compile(
            "^https://(?![^/?:]*\\.([Ll][Oo][Cc][Aa][Ll]([Hh][Oo][Ss][Tt])?|[Ii][Nn][Tt][Ee][Rr][Nn][Aa][Ll])([:/?]|$))"
                    + "(?!.*%(?![0-9A-Fa-f]{2}))"
                    + "([A-Za-z0-9-]{1,63}\\.){1,20}[A-Za-z][A-Za-z0-9-]{0,62}"
                    + "(:[1-9][0-9]{0,3}|:[1-5][0-9]{4}|:6[0-4][0-9]{3})?"
                    + "([/?][A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?$");

    private WebhookUrl() {}

    /** Whether the URL has the form. Its host may still have a private address, which the sender checks. */
    public static boolean isPublic(String url) {
        return url.length() <= LONGEST && PUBLIC.matcher(url).matches();
    }
}
