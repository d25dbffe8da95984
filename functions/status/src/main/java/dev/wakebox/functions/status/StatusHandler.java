package dev.wakebox.functions.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;

/** {@code GET /status}: returns whether the training server is sleeping or active. */
public final class StatusHandler extends LambdaFunction {
    private final StatusStore statuses;

    public StatusHandler() {
        this(new StatusStore(S3ObjectStore.ofBucket(Environment.required("BUCKET")), Clock.systemUTC()));
    }

    StatusHandler(StatusStore statuses) {
        this.statuses = requireNonNull(statuses, "statuses is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        try {
            String word = statuses.read().status().state().word();
            return HttpResponse.success("status", word);
        } catch (WakeboxException e) {
            // the front end handles a single failure of this request, 500, also for a transient cause
            throw new WakeboxException(ErrorCode.INTERNAL, requireNonNull(e.getMessage()), e);
        }
    }
}
