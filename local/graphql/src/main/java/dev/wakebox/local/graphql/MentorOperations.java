package dev.wakebox.local.graphql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.Value;
import graphql.schema.Coercing;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLScalarType;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Executes operations on the mentors. The schema refuses an operation with an unknown field, argument or type.
 * Thread-safe.
 */
final class MentorOperations {
    private final GraphQL graphQl;

    MentorOperations(MentorData data) {
        var wiring = RuntimeWiring.newRuntimeWiring()
                .scalar(GraphQLScalarType.newScalar()
                        .name("Object")
                        .coercing(new AnyJson())
                        .build())
                .type("Query", type -> type.dataFetcher("mentor", call -> data.mentor(text(call, "id")))
                        .dataFetcher(
                                "mentorsById",
                                call -> ids(call).stream().map(data::mentor).toList())
                        .dataFetcher("mentorCanEdit", call -> data.mayEdit(text(call, "mentor"), sender(call)))
                        .dataFetcher("trainTask", call -> data.trainTask(text(call, "taskId")))
                        .dataFetcher("userQuestions", call -> data.gradedQuestions(mentorOfFilter(call)))
                        .dataFetcher(
                                "categoryAnswers",
                                call -> data.categoryAnswers(text(call, "mentor"), text(call, "category")))
                        .dataFetcher("me", call -> sender(call).isAnonymous() ? null : Map.of()))
                .type("Me", type -> type.dataFetcher("mentor", _ -> data.mentor(GraphQlStandIn.MENTOR)))
                .type("Mutation", type -> type.dataFetcher("me", call -> {
                            requireAuthenticated(call);
                            return Map.of();
                        })
                        .dataFetcher("updateMentorTraining", call -> {
                            requireAuthenticated(call);
                            return data.markTrained(text(call, "id"));
                        })
                        .dataFetcher(
                                "userQuestionCreate",
                                call -> data.noteUserQuestion(requireNonNull(call.getArgument("userQuestion")))))
                .type(
                        "MeMutation",
                        type -> type.dataFetcher(
                                "mentorTrainTaskAddOrUpdate",
                                call -> data.noteTrainTask(
                                        text(call, "taskDocId"), text(call, "mentorId"), text(call, "status"))))
                .build();
        graphQl = GraphQL.newGraphQL(
                        new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(schema()), wiring))
                .build();
    }

    ExecutionResult execute(String document, Map<String, ? extends @Nullable Object> variables, Sender sender) {
        return graphQl.execute(ExecutionInput.newExecutionInput(document)
                .variables(JsonObject.copyOf(variables))
                .graphQLContext(Map.of(Sender.class, sender))
                .build());
    }

    private static String schema() {
        try (InputStream schema = MentorOperations.class.getResourceAsStream("schema.graphqls")) {
            return new String(
                    requireNonNull(schema, "schema.graphqls is missing").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireAuthenticated(DataFetchingEnvironment call) {
        if (sender(call).isAnonymous()) {
            throw new IllegalArgumentException("Only authenticated users");
        }
    }

    private static Sender sender(DataFetchingEnvironment call) {
        return requireNonNull(call.getGraphQlContext().get(Sender.class));
    }

    private static String text(DataFetchingEnvironment call, String argument) {
        return requireNonNull(call.getArgument(argument)).toString();
    }

    private static List<String> ids(DataFetchingEnvironment call) {
        return requireNonNull(call.<List<@Nullable Object>>getArgument("ids")).stream()
                .map(Objects::toString)
                .toList();
    }

    private static String mentorOfFilter(DataFetchingEnvironment call) {
        return call.getArgument("filter") instanceof Map<?, ?> filter ? String.valueOf(filter.get("mentor")) : "";
    }

    /** A scalar that accepts any JSON value. */
    private static final class AnyJson implements Coercing<Object, Object> {
        @Override
        public Object serialize(Object result, GraphQLContext context, Locale locale) {
            return result;
        }

        @Override
        public Object parseValue(Object input, GraphQLContext context, Locale locale) {
            return input;
        }

        @Override
        public Object parseLiteral(Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
            throw new IllegalArgumentException("Give the Object as a variable.");
        }
    }
}
