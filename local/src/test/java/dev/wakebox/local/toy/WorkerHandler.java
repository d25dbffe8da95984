package dev.wakebox.local.toy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Passes its events to the test. */
public final class WorkerHandler implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        Collector.show(input.readAllBytes());
        output.write("{\"batchItemFailures\":[]}".getBytes(UTF_8));
    }
}
