package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.crac.Core;

/** Primes a function as SnapStart does, with a stand-in for AWS that accepts every call. */
public final class RehearsedFunction {
    private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");
    private static final int PASSES = 3;

    private RehearsedFunction() {}

    /**
     * The calls to AWS that left the process, in order. Fails when an invocation fails.
     *
     * @param function calls its public constructor, which must create the clients
     */
    public static List<String> callsThatLeave(Supplier<? extends LambdaFunction> function) {
        var calls = Collections.synchronizedList(new ArrayList<String>());
        try {
            HttpServer aws = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            System.setProperty(
                    "aws.endpointUrl", "http://127.0.0.1:" + aws.getAddress().getPort());
            try {
                LambdaFunction primed = function.get();
                Rehearsal script = Rehearsal.of(Json.object(primed.getClass().getResourceAsStream("rehearsal.json"))
                        .object("answers"));
                aws.createContext("/", exchange -> {
                    String call = operation(exchange);
                    calls.add(call);
                    answer(exchange, script.answer(call));
                });
                aws.start();
                var priming = new Priming(primed, PASSES);
                priming.beforeCheckpoint(Core.getGlobalContext());
                assertThat(priming.passes()).isEqualTo(PASSES);
                assertThat(Rehearsal.current()).isEmpty();
            } finally {
                System.clearProperty("aws.endpointUrl");
                aws.stop(0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(calls);
    }

    /**
     * The HTTP statuses of the answers to the events of {@code rehearsal.json}, as priming gets them. No call leaves the
     * process.
     */
    public static List<Object> statuses(Supplier<? extends LambdaFunction> function) {
        LambdaFunction primed = function.get();
        try {
            JsonObject script = Json.object(requireNonNull(primed.getClass().getResourceAsStream("rehearsal.json")));
            Rehearsal.of(script.object("answers")).begin();
            try {
                var statuses = new ArrayList<Object>();
                for (Object event : script.list("events")) {
                    Object answer = primed.handle(new ByteArrayInputStream(Json.bytes(requireNonNull(event))));
                    statuses.add(requireNonNull(
                            Json.object(Json.bytes(requireNonNull(answer))).get("statusCode")));
                }
                return statuses;
            } finally {
                Rehearsal.end();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does something as in front of AWS while a function is primed: reads go there, and other calls are refused. */
    public static void inFrontOfAws(Runnable action) throws IOException {
        Rehearsal.ofReads().begin();
        try {
            action.run();
        } finally {
            Rehearsal.end();
        }
    }

    private static String operation(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        Matcher action = ACTION.matcher(body);
        if (target != null) {
            return target.substring(target.lastIndexOf('.') + 1);
        }
        return action.find() ? action.group(1) : exchange.getRequestMethod() + " " + exchange.getRequestURI();
    }

    private static void answer(HttpExchange exchange, Rehearsal.Answer answer) throws IOException {
        try (exchange) {
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            boolean none = exchange.getRequestMethod().equals("HEAD") || answer.body().length == 0;
            exchange.sendResponseHeaders(answer.status(), none ? -1 : answer.body().length);
            if (!none) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }
}
