package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.Unicode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

/**
 * Stores job records in a DynamoDB table with the partition key {@code id} and {@code expiresAt} as its TTL.
 * Thread-safe.
 *
 * <p>DynamoDB deletes expired items hours late, so every condition also checks the expiry.
 */
public final class DynamoDbJobStore implements JobStore {
    /** DynamoDB appends at an index beyond the end of a list, so this appends until the list is full. */
    private static final String ADDED_TO_HISTORY = "history[" + (Job.LONGEST_HISTORY - 1) + "] = :change";

    private static final String ALIVE = "(attribute_not_exists(expiresAt) OR expiresAt > :now)";

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final Clock clock;

    public DynamoDbJobStore(DynamoDbClient dynamoDb, String table, Clock clock) {
        this.dynamoDb = requireNonNull(dynamoDb, "dynamoDb is null");
        this.table = requireNonNull(table, "table is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The jobs of this table, with the region, credentials and endpoint of the environment. */
    public static DynamoDbJobStore ofTable(String table) {
        return new DynamoDbJobStore(
                DynamoDbClient.builder().httpClient(AwsHttp.client()).build(), table, Clock.systemUTC());
    }

    @Override
    public Optional<Job> find(JobId id) {
        return call("read", id, () -> Optional.of(dynamoDb.getItem(
                                request -> request.tableName(table).key(key(id)).consistentRead(true))
                        .item())
                .filter(item -> !item.isEmpty())
                .map(item -> job(id, item))
                .filter(job -> job.expiresAt() == null || clock.instant().isBefore(job.expiresAt())));
    }

    @Override
    public boolean create(Job job) {
        return call("write", job.id(), () -> {
            try {
                dynamoDb.putItem(request -> request.tableName(table)
                        .item(item(job))
                        .conditionExpression("attribute_not_exists(id) OR expiresAt <= :now")
                        .expressionAttributeValues(Map.of(":now", seconds(clock.instant()))));
                return true;
            } catch (ConditionalCheckFailedException e) {
                return false;
            }
        });
    }

    @Override
    public Optional<Job> lease(JobId id, Lease lease, Instant now) {
        return update(
                id,
                "SET leaseOwner = :owner, leaseUntil = :until",
                "(attribute_not_exists(leaseOwner) OR leaseOwner = :owner OR leaseUntil <= :leaseNow)",
                Map.of(),
                Map.of(
                        ":owner", text(lease.owner()),
                        ":until", millis(lease.until()),
                        ":leaseNow", millis(now)));
    }

    @Override
    public void release(JobId id, String owner) {
        var _ = update(
                id, "REMOVE leaseOwner, leaseUntil", "leaseOwner = :owner", Map.of(), Map.of(":owner", text(owner)));
    }

    @Override
    public Optional<Job> move(JobId id, Move move) {
        var names = new HashMap<String, String>();
        var values = new HashMap<String, AttributeValue>();
        var sets = new ArrayList<String>(List.of("#state = :to", ADDED_TO_HISTORY));
        var removes = new ArrayList<String>();
        names.put("#state", "state");
        values.put(":to", text(move.to().state()));
        values.put(":change", change(move.to()));
        move.attributes().forEach((name, value) -> {
            int n = names.size();
            names.put("#a" + n, name);
            values.put(":a" + n, text(value));
            sets.add("attributes.#a" + n + " = :a" + n);
        });
        if (move.expiresAt() == null) {
            removes.add("expiresAt");
        } else {
            sets.add("expiresAt = :expiresAt");
            values.put(":expiresAt", seconds(move.expiresAt()));
        }
        for (String state : move.from()) {
            values.put(":from" + values.size(), text(state));
        }
        String condition = values.keySet().stream()
                .filter(name -> name.startsWith(":from"))
                .collect(joining(", ", "#state IN (", ")"));
        if (move.owner() != null) {
            condition += " AND leaseOwner = :owner";
            values.put(":owner", text(move.owner()));
            removes.addAll(List.of("leaseOwner", "leaseUntil"));
        }
        String expression =
                "SET " + String.join(", ", sets) + (removes.isEmpty() ? "" : " REMOVE " + String.join(", ", removes));
        return update(id, expression, condition, names, values);
    }

    private Optional<Job> update(
            JobId id,
            String expression,
            String condition,
            Map<String, String> names,
            Map<String, AttributeValue> values) {
        var all = new HashMap<>(values);
        all.put(":now", seconds(clock.instant()));
        return call("change", id, () -> {
            try {
                return Optional.of(job(
                        id,
                        dynamoDb.updateItem(request -> request.tableName(table)
                                        .key(key(id))
                                        .updateExpression(expression)
                                        .conditionExpression("attribute_exists(id) AND " + ALIVE + " AND " + condition)
                                        .expressionAttributeNames(names.isEmpty() ? null : names)
                                        .expressionAttributeValues(all)
                                        .returnValues(ReturnValue.ALL_NEW))
                                .attributes()));
            } catch (ConditionalCheckFailedException e) {
                return Optional.empty();
            }
        });
    }

    private static Map<String, AttributeValue> key(JobId id) {
        return Map.of("id", text(id.toString()));
    }

    private static Map<String, AttributeValue> item(Job job) {
        var item = new HashMap<>(key(job.id()));
        item.put("state", text(job.state()));
        item.put(
                "attributes",
                AttributeValue.fromM(job.attributes().entrySet().stream()
                        .collect(toMap(Map.Entry::getKey, entry -> text(entry.getValue())))));
        item.put(
                "history",
                AttributeValue.fromL(
                        job.history().stream().map(DynamoDbJobStore::change).toList()));
        if (job.lease() != null) {
            item.put("leaseOwner", text(job.lease().owner()));
            item.put("leaseUntil", millis(job.lease().until()));
        }
        if (job.expiresAt() != null) {
            item.put("expiresAt", seconds(job.expiresAt()));
        }
        return item;
    }

    private static Job job(JobId id, Map<String, AttributeValue> item) {
        return new Job(
                id,
                member(item, "attributes").m().entrySet().stream()
                        .collect(toMap(
                                Map.Entry::getKey, entry -> entry.getValue().s())),
                member(item, "history").l().stream()
                        .map(entry -> change(entry.m()))
                        .toList(),
                item.containsKey("leaseOwner")
                        ? new Lease(
                                member(item, "leaseOwner").s(),
                                Instant.ofEpochMilli(Long.parseLong(
                                        member(item, "leaseUntil").n())))
                        : null,
                expiry(item.get("expiresAt")));
    }

    private static AttributeValue change(Change change) {
        return AttributeValue.fromM(Map.of(
                "state", text(change.state()),
                "at", text(change.at().toString()),
                "reason", text(change.reason())));
    }

    private static Change change(Map<String, AttributeValue> change) {
        return new Change(
                member(change, "state").s(),
                Instant.parse(member(change, "at").s()),
                member(change, "reason").s());
    }

    private static AttributeValue member(Map<String, AttributeValue> item, String name) {
        return requireNonNull(item.get(name), () -> "The job's record has no \"" + name + "\".");
    }

    private static @Nullable Instant expiry(@Nullable AttributeValue value) {
        return value == null ? null : Instant.ofEpochSecond(Long.parseLong(value.n()));
    }

    /** DynamoDB refuses unpaired surrogates, which texts of other servers may have. */
    private static AttributeValue text(String text) {
        return AttributeValue.fromS(Unicode.repaired(text));
    }

    private static AttributeValue seconds(Instant time) {
        return AttributeValue.fromN(Long.toString(time.getEpochSecond()));
    }

    private static AttributeValue millis(Instant time) {
        return AttributeValue.fromN(Long.toString(time.toEpochMilli()));
    }

    private <T> T call(String verb, JobId id, Supplier<T> operation) {
        return AwsErrors.translated(verb + " the job \"" + id + "\" in the table \"" + table + "\"", operation);
    }
}
