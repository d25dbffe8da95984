package dev.wakebox.local.httpapi;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies AWS signatures, version 4. The SDK's signer can't sign again for comparison, because it always signs {@code
 * x-amz-content-sha256}, which other clients don't send to API Gateway.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">how they
 *     are created</a>
 */
public final class SigV4 {
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "AWS4-HMAC-SHA256 +Credential=([^/,]+)/(\\d{8})/([^/,]+)/([^/,]+)/aws4_request, *SignedHeaders=([^,]+),"
                    + " *Signature=([0-9a-f]{64})");
    private static final Pattern SCOPE_SERVICE = Pattern.compile("[^/]+/\\d{8}/[^/]*/([^/,&]+)/aws4_request");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT);
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final String accessKey;
    private final String secretKey;
    private final Clock clock;

    public SigV4(String accessKey, String secretKey, Clock clock) {
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.clock = clock;
    }

    String accessKey() {
        return accessKey;
    }

    /** The service in a credential scope, from an {@code Authorization} header or {@code X-Amz-Credential}. */
    public static Optional<String> service(String credential) {
        Matcher scope = SCOPE_SERVICE.matcher(credential);
        return scope.find() ? Optional.of(scope.group(1)) : Optional.empty();
    }

    /** Whether the request to API Gateway has a valid and recent signature with the secret key. */
    boolean verifies(ApiRequest request) {
        Matcher authorization = AUTHORIZATION.matcher(request.header("authorization", ""));
        if (!authorization.matches()) {
            return false;
        }
        String date = authorization.group(2);
        String region = authorization.group(3);
        String service = authorization.group(4);
        String signedHeaders = authorization.group(5);
        String time = request.header("x-amz-date", "");
        if (!authorization.group(1).equals(accessKey)
                || !service.equals("execute-api")
                || !Arrays.asList(signedHeaders.split(";")).contains("host")
                || !time.startsWith(date)
                || !isNow(time)) {
            return false;
        }
        String bodyHash = hex(sha256(request.body()));
        String statedHash = request.header("x-amz-content-sha256", bodyHash);
        if (!statedHash.equals(bodyHash) && !statedHash.equals("UNSIGNED-PAYLOAD")) {
            return false;
        }
        String canonical = String.join(
                "\n",
                request.method(),
                canonicalPath(request.path()),
                canonicalQuery(request.query()),
                Arrays.stream(signedHeaders.split(";"))
                        .map(name ->
                                name + ":" + request.header(name, "").strip().replaceAll(" +", " ") + "\n")
                        .collect(Collectors.joining()),
                signedHeaders,
                statedHash);
        String scope = date + "/" + region + "/" + service + "/aws4_request";
        String toSign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hex(sha256(utf8(canonical)));
        byte[] key = hmac(hmac(hmac(hmac(utf8("AWS4" + secretKey), date), region), service), "aws4_request");
        return MessageDigest.isEqual(
                utf8(hex(hmac(key, toSign))), utf8(Objects.requireNonNull(authorization.group(6))));
    }

    private boolean isNow(String time) {
        try {
            Instant signed = LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC);
            return Duration.between(signed, clock.instant()).abs().compareTo(TOLERANCE) <= 0;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Each segment is encoded once more, in addition to the encoding in which it was sent. */
    private static String canonicalPath(String path) {
        return Arrays.stream(path.split("/", -1)).map(SigV4::encode).collect(Collectors.joining("/"));
    }

    private static String canonicalQuery(String query) {
        return Arrays.stream(query.split("&"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.contains("=") ? pair : pair + "=")
                .map(pair -> pair.replace("+", "%20"))
                .sorted()
                .collect(Collectors.joining("&"));
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has HmacSHA256
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
