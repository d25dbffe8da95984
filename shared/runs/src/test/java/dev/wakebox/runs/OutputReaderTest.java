package dev.wakebox.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

class OutputReaderTest {
    private static final OutputStreams OUTPUT = new OutputStreams("/w/commands", "out", "err");

    private final InMemoryStreams streams = new InMemoryStreams();
    private final OutputReader output = new OutputReader(streams);

    @Test
    void read_whenStreamsGrow_returnsEachLineOnceByTime() {
        OutputPage none = output.read(OUTPUT, Optional.empty());
        assertThat(none.lines()).as("no stream exists yet").isEmpty();
        assertThat(none.end()).isTrue();
        streams.add("out", 1, "a");
        streams.add("out", 3, "c");
        streams.add("err", 2, "b");
        OutputPage first = output.read(OUTPUT, Optional.of(none.next()));
        assertThat(first.lines()).extracting(OutputLine::text).containsExactly("a", "b", "c");
        OutputPage second = output.read(OUTPUT, Optional.of(first.next()));
        assertThat(second).isEqualTo(new OutputPage(List.of(), first.next(), true));

        streams.add("err", 4, "d");

        assertThat(output.read(OUTPUT, Optional.of(second.next())).lines())
                .extracting(line -> line.stream() + " " + line.text())
                .containsExactly("stderr d");
    }

    @Test
    void read_whenAPageIsNotAll_saysSo() {
        for (int i = 0; i < 7; i++) {
            streams.add("out", i, "line " + i);
        }

        var texts = new ArrayList<String>();
        Optional<String> after = Optional.empty();
        OutputPage page;
        do {
            page = output.read(OUTPUT, after);
            page.lines().forEach(line -> texts.add(line.text()));
            after = Optional.of(page.next());
        } while (!page.end());

        assertThat(texts).hasSize(7).startsWith("line 0").endsWith("line 6");
        assertThat(page.next()).matches("[A-Za-z0-9_-]+");
    }

    @Test
    void read_afterAPositionOfAnotherAttempt_beginsAgain() {
        streams.add("out", 1, "first attempt");
        streams.add("out2", 9, "second attempt");
        OutputPage first = output.read(OUTPUT, Optional.empty());

        OutputPage second = output.read(new OutputStreams("/w/commands", "out2", "err2"), Optional.of(first.next()));

        assertThat(second.lines()).extracting(OutputLine::text).containsExactly("second attempt");
    }

    /** The output of a run of more than 48 hours is in the streams of several commands. */
    @Test
    void read_whenStreamsContinueOthers_readsEachLineOnceAcrossThem() {
        for (int i = 0; i < 7; i++) {
            streams.add("out", i, "line " + i);
        }
        var texts = new ArrayList<String>();
        Optional<String> after = readAll(OUTPUT, Optional.empty(), texts);
        streams.add("out", 7, "line 7");
        var second = new OutputStreams("/w/commands", "out2", "err2", List.of(OUTPUT));
        after = readAll(second, after, texts);
        streams.add("err2", 8, "line 8");
        after = readAll(second, after, texts);
        streams.add("out3", 9, "line 9");
        var third = new OutputStreams("/w/commands", "out3", "err3", second.parts());
        readAll(third, after, texts);
        var again = new ArrayList<String>();
        readAll(third, Optional.empty(), again);

        assertThat(texts)
                .containsExactlyElementsOf(
                        IntStream.range(0, 10).mapToObj(i -> "line " + i).toList());
        assertThat(again).isEqualTo(texts);
    }

    private Optional<String> readAll(OutputStreams from, Optional<String> after, List<String> texts) {
        Optional<String> position = after;
        OutputPage page;
        do {
            page = output.read(from, position);
            page.lines().forEach(line -> texts.add(line.text()));
            position = Optional.of(page.next());
        } while (!page.end());
        return position;
    }

    @Test
    void read_whenTheTokenHasExpired_continuesAfterTheLastLine() {
        streams.add("out", 1, "a");
        streams.add("out", 2, "b");
        OutputPage first = output.read(OUTPUT, Optional.empty());
        streams.add("out", 5, "c");
        streams.expired = true;

        assertThat(output.read(OUTPUT, Optional.of(first.next())).lines())
                .extracting(OutputLine::text)
                .containsExactly("c");
    }

    @Test
    void read_afterNoPosition_namesTheField() {
        for (String after : List.of("", "?", "e30", "W10")) {
            assertThatThrownBy(() -> output.read(OUTPUT, Optional.of(after)))
                    .as(after)
                    .isInstanceOfSatisfying(
                            WakeboxException.class, e -> assertThat(e.field()).isEqualTo("after"));
        }
    }

    /** The streams of one log group; three events a page. */
    private static final class InMemoryStreams implements CloudWatchLogsClient {
        private final Map<String, List<OutputLogEvent>> events = new HashMap<>();
        private boolean expired;

        void add(String stream, long time, String line) {
            events.computeIfAbsent(stream, _ -> new ArrayList<>())
                    .add(OutputLogEvent.builder().timestamp(time).message(line).build());
        }

        @Override
        public GetLogEventsResponse getLogEvents(GetLogEventsRequest request) {
            assertThat(request.logGroupName()).isEqualTo("/w/commands");
            assertThat(request.startFromHead()).isTrue();
            List<OutputLogEvent> stream = events.get(request.logStreamName());
            if (stream == null) {
                throw ResourceNotFoundException.builder()
                        .message("The specified log stream does not exist.")
                        .build();
            }
            if (expired && request.nextToken() != null) {
                throw InvalidParameterException.builder()
                        .message("The specified nextToken is invalid.")
                        .build();
            }
            if (request.startTime() != null) {
                stream = stream.stream()
                        .filter(event -> event.timestamp() >= request.startTime())
                        .toList();
            }
            int from = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
            int to = Math.min(stream.size(), from + 3);
            return GetLogEventsResponse.builder()
                    .events(stream.subList(from, to))
                    .nextForwardToken(String.valueOf(to))
                    .build();
        }

        @Override
        public String serviceName() {
            return "logs";
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
