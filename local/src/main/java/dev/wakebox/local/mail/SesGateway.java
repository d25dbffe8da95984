package dev.wakebox.local.mail;

import dev.wakebox.local.host.LoopbackServer;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code SendEmail} of SES (API v2): the emulator puts each mail into its mailbox, unless a fault is requested, and the
 * {@link MailboxSimulator} publishes the mail's events. Thread-safe.
 */
public final class SesGateway {
    private static final String PATH = "/v2/email/outbound-emails";

    private final MailboxSimulator simulator;
    private final MailFaults faults = new MailFaults();

    public SesGateway(MailboxSimulator simulator) {
        this.simulator = simulator;
    }

    public static boolean isSendEmail(Request request) {
        return request.getMethod().equals("POST")
                && Request.getPathInContext(request).equals(PATH);
    }

    /** @param forward sends the request to the emulator, as it came */
    public void sendEmail(
            Request request, byte[] body, Response response, Callback callback, Callable<ContentResponse> forward)
            throws Exception {
        JsonObject mail = Json.object(body);
        List<String> recipients = recipients(mail);
        Optional<MailFaults.Effect> fault = faults.next(recipients);
        if (fault.orElse(null) instanceof MailFaults.Effect.Refused refused) {
            refuse(response, callback, refused);
            return;
        }
        ContentResponse answer = forward.call();
        if (fault.isPresent()) {
            cut(request, callback);
        } else {
            String error = answer.getHeaders().get("x-amzn-errortype");
            if (error != null) {
                response.getHeaders().put("x-amzn-errortype", error);
            }
            LoopbackServer.answer(response, callback, answer.getStatus(), "application/json", answer.getContent());
        }
        if (answer.getStatus() == 200 && mail.has("ConfigurationSetName")) {
            simulator.publish(new MailboxSimulator.Accepted(
                    Json.object(answer.getContent()).text("MessageId"),
                    mail.text("FromEmailAddress"),
                    recipients,
                    mail.text("ConfigurationSetName")));
        }
    }

    private static List<String> recipients(JsonObject mail) {
        JsonObject destination = mail.object("Destination");
        return Stream.of("ToAddresses", "CcAddresses", "BccAddresses")
                .flatMap(kind -> destination.texts(kind).stream())
                .toList();
    }

    private static void refuse(Response response, Callback callback, MailFaults.Effect.Refused refused) {
        response.getHeaders().put("x-amzn-errortype", refused.code());
        byte[] body = Json.bytes(Map.of("message", "The mail is refused with " + refused.code() + ", as requested."));
        LoopbackServer.answer(response, callback, refused.status(), "application/json", body);
    }

    /** Closes the connection without an answer. */
    private static void cut(Request request, Callback callback) {
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        callback.failed(new EofException("The answer is dropped, as requested."));
    }
}
