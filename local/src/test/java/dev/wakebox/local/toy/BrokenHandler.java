package dev.wakebox.local.toy;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.InputStream;
import java.io.OutputStream;

/** Its constructor throws. */
public final class BrokenHandler implements RequestStreamHandler {
    public BrokenHandler() {
        throw new IllegalStateException("TABLE is not set");
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) {
        throw new AssertionError("never made");
    }
}
