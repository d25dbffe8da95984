package dev.wakebox.classifier;

import static dev.wakebox.classifier.Questions.ENCODER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.WakeboxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
    private static final Classifier CLASSIFIER =
            Training.of(Questions.examples(), ENCODER).classifier();
    private static final byte[] FILE = CLASSIFIER.toBytes();

    @Test
    void read_afterWrite_answersTheSame() {
        var read = Classifier.read(FILE, ENCODER);

        assertThat(read.toBytes()).isEqualTo(FILE);
        for (String question : new String[] {"How old are you?", "who is your boss", "what is the weather like"}) {
            assertThat(read.answer(question, ENCODER)).isEqualTo(CLASSIFIER.answer(question, ENCODER));
        }
    }

    @Test
    void read_whenCutAnywhere_refuses() {
        for (int length = 0; length < FILE.length; length += length < 200 ? 1 : 997) {
            assertRefused(Arrays.copyOf(FILE, length), "The model cannot be used: ");
        }
    }

    @Test
    void read_whenAnyBitIsFlipped_refuses() {
        var random = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = FILE.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            assertRefused(damaged, "The model cannot be used: ");
        }
    }

    @Test
    void read_whenForeign_saysSo() {
        assertRefused("PK\u0003\u0004 something else".getBytes(StandardCharsets.UTF_8), "it is not a model file.");
    }

    @Test
    void read_whenOfAnotherVersion_saysWhichIsKnown() {
        byte[] file = FILE.clone();
        file[8] = 2;

        assertRefused(file, "its format is version 2, and only 1 is known here; train the mentor again.");
    }

    @Test
    void read_whenMadeWithAnotherEncoder_saysSo() {
        byte[] file = FILE.clone();
        file[16]++;

        assertRefused(signed(file), "it was made with another sentence encoder; train the mentor again.");
    }

    /** Numbers that a faulty writer could store, with a correct checksum. */
    @ParameterizedTest
    @CsvSource({"48", "52", "56", "76"})
    void read_whenACountIsHuge_refusesBeforeItAllocates(int offset) {
        for (int count : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 1 << 20}) {
            byte[] file = FILE.clone();
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, count);
            assertRefused(signed(file), "The model cannot be used: it ");
        }
    }

    private static byte[] signed(byte[] file) {
        var checksum = new CRC32C();
        checksum.update(file, 0, file.length - 4);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(file.length - 4, (int) checksum.getValue());
        return file;
    }

    private static void assertRefused(byte[] file, String why) {
        assertThatThrownBy(() -> Classifier.read(file, ENCODER))
                .isInstanceOf(WakeboxException.class)
                .hasMessageStartingWith("The model cannot be used: ")
                .hasMessageContaining(why);
    }
}
