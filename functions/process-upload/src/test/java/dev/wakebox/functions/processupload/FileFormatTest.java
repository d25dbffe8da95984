package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.storage.HeadReads.Beginning;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileFormatTest {
    @ParameterizedTest
    @CsvSource({
        "255044462d312e37, a PDF document",
        "504b0304140000, a ZIP archive or an Office document",
        "504b0506000000, an archive",
        "1f8b0800, an archive",
        "526172211a0700, an archive",
        "d0cf11e0a1b11ae100, an Office document",
        "7b5c727466, an Office document",
        "89504e470d0a1a0a00, a picture",
        "ffd8ffe000104a464946, a picture",
        "474946383961, a picture",
        "52494646aabbccdd57454250, a picture",
        "000000186674797068656963, a picture",
        "0000001c6674797061766966, a picture",
        "52494646aabbccdd57415645, an audio file",
        "494433040000, an audio file",
        "000000206674797 04d344120, an audio file",
        "7f454c46020101, a program",
        "fffe680069000d000a00, a text"
    })
    void file_whenItsBeginningIsThatOfSomethingElse_isNoVideo(String hex, String what) {
        assertThat(noVideo(HexFormat.of().parseHex(hex.replace(" ", "")))).contains(what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html><title>Sign in</title>",
                "\n  <HTML lang=en>",
                "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
                "<a href=x>"
            })
    void page_whenUploaded_isNoVideo(String text) {
        assertThat(noVideo(text)).contains("a web page");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"message\": \"Forbidden\"}",
                "[{\"id\": 1}]",
                "Dear reader,\nthis is no video but a letter.\n",
                "fecha;coches\r\n2026-11-28;17 — días\r\n"
            })
    void text_whenUploaded_isNoVideo(String text) {
        assertThat(noVideo(text)).contains("a text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000186674797069736f6d", // mp4
                "0000002066747970717420 20", // mov
                "00000020667479704d345620", // m4v
                "000000146674797033677035", // 3gp
                "000001e86d6f6f76", // QuickTime without ftyp
                "1a45dfa39342868101", // webm, mkv
                "52494646aabbccdd41564920", // avi
                "000001ba44000400", // MPEG program stream
                "3026b2758e66cf11a6d9", // wmv
                "464c5601", // flv
                "4f67675300", // ogg
                "74657374", // "test"
                "00",
                "010203"
            })
    void file_whenItMayBeAVideo_isLeftToTheInstance(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));

        assertThat(noVideo(bytes)).isEmpty();
        assertThat(FileFormat.noVideo(new Beginning(bytes, "video/mp4"))).isEmpty();
        assertThat(FileFormat.noVideo(new Beginning(bytes, "application/octet-stream")))
                .isEmpty();
        assertThat(FileFormat.noVideo(new Beginning(bytes, "text/plain; charset=UTF-8")))
                .isEmpty();
    }

    @Test
    void transportStream_whenItHasText_mayBeAVideo() {
        byte[] stream = "x\n".repeat(512).getBytes(StandardCharsets.US_ASCII);
        stream[0] = 'G';
        stream[188] = 'G';
        assertThat(noVideo(stream)).isEmpty();

        byte[] camera = "x\n".repeat(512).getBytes(StandardCharsets.US_ASCII);
        camera[4] = 'G';
        camera[196] = 'G';
        assertThat(noVideo(camera)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "image/png, 010203, a picture",
        "'text/html; charset=utf-8', 010203, a web page",
        "Application/PDF, 010203, a PDF document",
        "image/png, 000000186674797069736f6d,",
        "text/html, 1a45dfa39342868101,"
    })
    void contentType_whenTheBytesSayNothing_decides(String type, String hex, String what) {
        assertThat(FileFormat.noVideo(new Beginning(HexFormat.of().parseHex(hex), type)))
                .isEqualTo(Optional.ofNullable(what));
    }

    @Test
    void bytes_whenRandom_mayBeAVideo() {
        var random = new Random(18);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[64 + random.nextInt(FileFormat.BYTES)];
            random.nextBytes(bytes);
            bytes[0] = (byte) 0xaa;
            assertThat(noVideo(bytes)).isEmpty();
        }
    }

    private static Optional<String> noVideo(String text) {
        return noVideo(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> noVideo(byte[] bytes) {
        return FileFormat.noVideo(new Beginning(bytes, "video/mp4"));
    }
}
