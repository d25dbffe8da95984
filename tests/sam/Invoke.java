import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.lang.reflect.Proxy;

/**
 * Runs a function from its deployed package, with nothing else on the class path.
 *
 * <p>{@code java -cp <package>:<package>/lib/* Invoke.java <handler> < event > answer}
 */
final class Invoke {
    private Invoke() {}

    public static void main(String[] arguments) throws Exception {
        String type = arguments[0].split("::")[0];
        var handler = (RequestStreamHandler) Class.forName(type).getConstructor().newInstance();
        var context = (Context) Proxy.newProxyInstance(
                Invoke.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (_, method, _) -> switch (method.getName()) {
                    case "getRemainingTimeInMillis" -> 15_000;
                    case "getMemoryLimitInMB" -> 512;
                    case "getAwsRequestId" -> "11111111-2222-3333-4444-555555555555";
                    default -> null;
                });
        handler.handleRequest(System.in, System.out, context);
        System.out.flush();
    }
}
