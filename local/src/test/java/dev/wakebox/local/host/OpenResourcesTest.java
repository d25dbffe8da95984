package dev.wakebox.local.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenResourcesTest {
    private final List<String> closed = new ArrayList<>();
    private final OpenResources open = new OpenResources();

    @Test
    void close_always_closesTheLastFirstAndEachOnce() {
        open.add(() -> closed.add("first"));
        open.add(() -> closed.add("second"));

        open.close();
        open.close();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void close_whenSomeFail_closesTheOthersAndReportsEachFailure() {
        var port = new IOException("the port is still open");
        var process = new IllegalStateException("the process is still there");
        open.add(() -> closed.add("first"));
        open.add(() -> {
            throw process;
        });
        open.add(() -> closed.add("third"));
        open.add(() -> {
            throw port;
        });

        assertThatThrownBy(open::close)
                .isInstanceOf(LocalException.class)
                .hasMessage("Not everything could be stopped: the port is still open")
                .hasCause(port)
                .hasSuppressedException(process);
        assertThat(closed).containsExactly("third", "first");
    }
}
