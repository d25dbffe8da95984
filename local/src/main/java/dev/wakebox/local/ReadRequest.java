package dev.wakebox.local;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request whose body has already been read, and can be read once more. */
final class ReadRequest extends Request.Wrapper {
    private @Nullable ByteBuffer body;

    ReadRequest(Request request, byte[] body) {
        super(request);
        this.body = ByteBuffer.wrap(body);
    }

    @Override
    public Content.Chunk read() {
        ByteBuffer unread = body;
        body = null;
        return unread == null ? Content.Chunk.EOF : Content.Chunk.from(unread, true);
    }

    @Override
    public void demand(Runnable demandCallback) {
        demandCallback.run();
    }

    @Override
    public void fail(Throwable failure) {
        body = null;
    }
}
