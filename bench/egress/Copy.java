import com.amazonaws.services.lambda.runtime.Context;
import dev.wakebox.functions.egressworker.EgressWorkerHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the queue worker of webhook egress store the output of one job, and prints its memory use. */
final class Copy {
    public static void main(String[] arguments) throws Exception {
        var context = (Context) Proxy.newProxyInstance(
                Copy.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (proxy, method, values) -> method.getReturnType() == String.class ? "bench" : 0);
        String event = "{\"Records\": [{\"messageId\": \"1\", \"eventSource\": \"aws:sqs\", \"body\": \"{\\\"id\\\": \\\""
                + arguments[0] + "\\\"}\"}]}";
        var out = new ByteArrayOutputStream();
        new EgressWorkerHandler()
                .handleRequest(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, context);
        if (!out.toString(StandardCharsets.UTF_8).equals("{\"batchItemFailures\":[]}")) {
            throw new IllegalStateException(out.toString(StandardCharsets.UTF_8));
        }
        String peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElseThrow();
        System.out.println("peak RSS " + Long.parseLong(peak.replaceAll("\\D", "")) / 1024 + " MB");
    }
}
