package dev.wakebox.local.toy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Authorizes callers that claim to be Alice. */
public final class AuthorizerHandler implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        boolean alice = new String(input.readAllBytes(), UTF_8).contains("\"identitySource\":[\"Bearer alice\"]");
        output.write(("{\"isAuthorized\":" + alice + ",\"context\":{\"name\":\"alice\"}}").getBytes(UTF_8));
    }
}
