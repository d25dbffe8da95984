package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** Keeps needs in the table of job records: one item per thing, with a string set. Thread-safe. */
public final class DynamoDbUsageLedger implements UsageLedger {
    private final DynamoDbClient dynamoDb;
    private final String table;

    public DynamoDbUsageLedger(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = requireNonNull(dynamoDb, "dynamoDb is null");
        this.table = requireNonNull(table, "table is null");
    }

    /** The needs in this table, with the region, credentials and endpoint of the environment. */
    public static DynamoDbUsageLedger ofTable(String table) {
        return new DynamoDbUsageLedger(
                DynamoDbClient.builder().httpClient(AwsHttp.client()).build(), table);
    }

    @Override
    public State of(String thing) {
        return AwsErrors.translated(
                what("read", thing),
                () -> state(dynamoDb.getItem(request ->
                                request.tableName(table).key(key(thing)).consistentRead(true))
                        .item()));
    }

    @Override
    public State add(String thing, String job) {
        return jobs("ADD", thing, job);
    }

    @Override
    public State remove(String thing, String job) {
        return jobs("DELETE", thing, job);
    }

    @Override
    public State served(String thing, String job, Instant at) {
        return update(thing, request -> request.updateExpression("SET lastServed = :at DELETE jobs :job")
                .expressionAttributeValues(Map.of(":at", time(at), ":job", AttributeValue.fromSs(List.of(job)))));
    }

    @Override
    public boolean end(String thing, Instant until, Instant now) {
        return AwsErrors.translated(what("change", thing), () -> {
            try {
                // DynamoDB has no empty sets: it removes the attribute together with the last member.
                dynamoDb.updateItem(request -> request.tableName(table)
                        .key(key(thing))
                        .updateExpression("SET endingUntil = :until")
                        .conditionExpression("attribute_not_exists(jobs)"
                                + " AND (attribute_not_exists(endingUntil) OR endingUntil <= :now)")
                        .expressionAttributeValues(Map.of(":until", time(until), ":now", time(now))));
                return true;
            } catch (ConditionalCheckFailedException e) {
                return false;
            }
        });
    }

    @Override
    public void ended(String thing) {
        var _ = update(thing, request -> request.updateExpression("REMOVE endingUntil"));
    }

    private State jobs(String action, String thing, String job) {
        return update(thing, request -> request.updateExpression(action + " jobs :job")
                .expressionAttributeValues(Map.of(":job", AttributeValue.fromSs(List.of(job)))));
    }

    private State update(String thing, Consumer<UpdateItemRequest.Builder> change) {
        var request = UpdateItemRequest.builder()
                .tableName(table)
                .key(key(thing))
                .returnValues(ReturnValue.ALL_NEW)
                .applyMutation(change)
                .build();
        return AwsErrors.translated(
                what("change", thing), () -> state(dynamoDb.updateItem(request).attributes()));
    }

    private String what(String verb, String thing) {
        return verb + " the jobs that need \"" + thing + "\" in the table \"" + table + "\"";
    }

    private static Map<String, AttributeValue> key(String thing) {
        return Map.of("id", AttributeValue.fromS("needs#" + thing));
    }

    private static AttributeValue time(Instant at) {
        return AttributeValue.fromN(Long.toString(at.toEpochMilli()));
    }

    private static State state(Map<String, AttributeValue> item) {
        AttributeValue jobs = item.get("jobs");
        return new State(
                jobs == null ? Set.of() : Set.copyOf(jobs.ss()),
                instant(item.get("endingUntil")),
                instant(item.get("lastServed")));
    }

    private static Instant instant(@Nullable AttributeValue value) {
        return value == null ? Instant.EPOCH : Instant.ofEpochMilli(Long.parseLong(value.n()));
    }
}
