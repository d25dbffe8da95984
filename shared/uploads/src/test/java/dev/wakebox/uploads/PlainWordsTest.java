package dev.wakebox.uploads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainWordsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ana",
                "Ana María Núñez-Prado",
                "J.R. Smith",
                "Dr. No",
                "王小明",
                "عائشة",
                "O'Neill & Sons, Inc.",
                "=cmd()|'/C calc'!A0",
                "{{contact}} {{#links}}x{{/links}}",
                "<img src=x onerror=alert(1)>",
                "Ana 10:30",
                "Ana [10:30]",
                "Ana 1.2.3",
                "C:\\Ana",
                "Ana: Bo",
                "🚦 Ana"
            })
    void name_whenHarmless_staysAsItIs(String name) {
        assertThat(PlainWords.name(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "Your account is locked: https://evil.example/login, Your account is locked:",
        "Ana HTTPS://EVIL.EXAMPLE, Ana",
        "Ana www.evil.example, Ana",
        "Ana (www.evil.example), Ana",
        "Ana evil.example/login, Ana",
        "Ana evil.example, Ana evil example",
        "Ana evil。example, Ana evil example",
        "Ana evil．example, Ana evil example",
        "Ana evil․example, Ana evil example",
        "Ana 💩.example, Ana 💩 example",
        "Ana bücher.example, Ana bücher example",
        "Ana ｈｔｔｐｓ：／／evil, Ana",
        "Ana https:evil.example, Ana",
        "Ana //evil.example, Ana",
        "Ana \\\\evil\\share, Ana",
        "Ana mailto:eve@evil.example, Ana",
        "Ana tel:+15550100, Ana",
        "Ana javascript:alert(1), Ana",
        "Ana eve@evil.example, Ana",
        "Ana eve＠evil.example, Ana",
        "Ana hxxp://evil.example, Ana",
        "Ana hxxps[:]//evil[.]example, Ana",
        "Ana exámple。com, Ana exámple com",
        "Ana evil‥example, Ana evil example",
        "Ana evil.भारत, Ana evil भारत",
        "Ana ⓔⓥⓘⓛ.ⓔⓧⓐⓜⓟⓛⓔ, Ana evil example",
        "Ana 192.0.2.1/login, Ana",
        "Ana 192.0.2.1, Ana",
        "Ana [2001:db8::1], Ana",
        "Ana skype:eve, Ana skype: eve",
        "Ana bitcoin:1A1zP1?amount=1, Ana bitcoin: 1A1zP1?amount=1",
        "Ana (view-source:evil), Ana (view-source: evil)",
        "Ana http:⁄⁄evil.example⁄login, Ana",
        "Ana =?utf-8?B?aHR0cHM6Ly9ldmlsLmV4YW1wbGU=?=, Ana",
        "Ana =?utf-8?Q?evil example?=, Ana",
        "Ana ＝？utf-8？Q？evil？＝, Ana",
        "https://evil.example, ''"
    })
    void name_whenItHoldsALinkOrAnAddress_losesIt(String name, String cleaned) {
        assertThat(PlainWords.name(name)).isEqualTo(cleaned);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x0000, 0x0009, 0x000A, 0x000D, 0x001B, 0x007F, 0x0085, 0x00AD, 0x034F, 0x061C, 0x115F, 0x180E, 0x200B,
                0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202D, 0x202E, 0x2060, 0x2066, 0x2069, 0x2800,
                0x3164, 0xD800, 0xDFFF, 0xE000, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFFE, 0xE0041
            })
    void text_whenItHoldsWhatCannotBeSeen_losesIt(int unseen) {
        String mark = new StringBuilder().appendCodePoint(unseen).toString();

        for (String cleaned : new String[] {
            PlainWords.name("Ana" + mark + "Bo"),
            PlainWords.sentence(mark + "Ana Bo" + mark),
            PlainWords.filename("Ana" + mark + "Bo.mp4"),
            PlainWords.filename("Ana.m" + mark + "p4")
        }) {
            assertThat(cleaned).doesNotContain(mark).startsWith("Ana");
        }
        assertThat(PlainWords.name("Ana ht" + mark + "tps:" + mark + "//evil.example"))
                .doesNotContain("evil.example");
    }

    @ParameterizedTest
    @CsvSource({
        "junction-4.mp4, junction-4.mp4",
        "'cruce \"4\"\n<b>.mp4', 'cruce \"4\" <b>.mp4'",
        "2026.11.28 08.15.mp4, 2026.11.28 08.15.mp4",
        "a\u202e4pm.exe.mp4, a4pm exe.mp4",
        "https://evil.example/login.mp4, video.mp4",
        "pay at evil.example.mp4, pay at evil example.mp4",
        "eve@evil.example.mp4, video.mp4",
        ".mp4, video.mp4",
        "=?utf-8?Q?evil?=.mp4, video.mp4",
        "192.0.2.1, video",
        "28.11.2026, 28.11.2026",
        "no ending, no ending",
        "'line\r\nBcc: eve@example.org\r\n.mp4', 'line Bcc:.mp4'"
    })
    void filename_whenCleaned_keepsItsEnding(String filename, String cleaned) {
        assertThat(PlainWords.filename(filename)).isEqualTo(cleaned);
    }

    @Test
    void text_whenLong_isCutBetweenCharacters() {
        assertThat(PlainWords.name("🚦".repeat(200))).isEqualTo("🚦".repeat(79) + "…");
        assertThat(PlainWords.filename("🚦".repeat(500) + ".mp4")).isEqualTo("🚦".repeat(199) + "….mp4");
    }

    @Test
    void text_whenMadeToTakeLong_takesNoTime() {
        for (String part :
                new String[] {"a", "a.", "a:", "/", "@", "www.", "\u202e", " ", "1", "1.", "[", "[:", ":", "=", "?"}) {
            assertThat(PlainWords.sentence(part.repeat(50_000))).hasSizeLessThanOrEqualTo(300);
        }
    }
}
