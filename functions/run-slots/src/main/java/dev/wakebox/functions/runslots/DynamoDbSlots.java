package dev.wakebox.functions.runslots;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Slots and queue in one table. An item of the kind {@code slot} is a slot that a run has, with its number as {@code place}; one of the
 * kind {@code waiting} is a run in the queue, whose {@code place} begins with the time of its start, so that DynamoDB sorts the queue.
 * Thread-safe.
 */
final class DynamoDbSlots implements SlotTable {
    private static final String KIND = "kind";
    private static final String PLACE = "place";
    private static final String EXECUTION = "execution";
    private static final String TOKEN = "token";
    private static final String NAME = "name";
    private static final String STARTED_AT = "startedAt";
    private static final String SINCE = "since";
    private static final String SLOT = "slot";
    private static final String WAITING = "waiting";

    /** Of one length, so that the order of the texts is that of the times. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final DynamoDbClient dynamoDb;
    private final String table;

    DynamoDbSlots(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = requireNonNull(dynamoDb, "dynamoDb is null");
        this.table = requireNonNull(table, "table is null");
    }

    @Override
    public List<TakenSlot> taken() {
        return translated(what("read the slots"), () -> {
            var slots = new ArrayList<TakenSlot>();
            Map<String, AttributeValue> next = Map.of();
            do {
                var request = query(SLOT);
                if (!next.isEmpty()) {
                    request.exclusiveStartKey(next);
                }
                var page = dynamoDb.query(request.build());
                page.items().forEach(item -> slots.add(slot(item)));
                next = page.lastEvaluatedKey();
            } while (!next.isEmpty());
            return slots;
        });
    }

    @Override
    public Optional<QueuedRun> first() {
        return translated(
                what("read the queue"),
                () -> dynamoDb.query(query(WAITING).limit(1).build()).items().stream()
                        .map(DynamoDbSlots::queued)
                        .findFirst());
    }

    @Override
    public void add(QueuedRun run) {
        var _ = translated(
                what("add " + run.execution() + " to the queue"),
                () -> dynamoDb.putItem(request -> request.tableName(table).item(item(run))));
    }

    @Override
    public boolean move(QueuedRun run, int slot, Instant now) {
        var leave = TransactWriteItem.builder()
                .delete(delete -> delete.tableName(table)
                        .key(key(run.name(), run.startedAt()))
                        .conditionExpression("#token = :token")
                        .expressionAttributeNames(Map.of("#token", TOKEN))
                        .expressionAttributeValues(Map.of(":token", text(run.token()))))
                .build();
        var take = TransactWriteItem.builder()
                .put(put -> put.tableName(table)
                        .item(Map.of(
                                KIND, text(SLOT),
                                PLACE, text(place(slot)),
                                EXECUTION, text(run.execution()),
                                TOKEN, text(run.token()),
                                SINCE, text(TIME.format(now))))
                        .conditionExpression("attribute_not_exists(kind)"))
                .build();
        return translated(what("give a slot to " + run.execution()), () -> {
            try {
                dynamoDb.transactWriteItems(request -> request.transactItems(leave, take));
                return true;
            } catch (TransactionCanceledException e) {
                if (e.cancellationReasons().stream()
                        .anyMatch(reason -> List.of("ConditionalCheckFailed", "TransactionConflict")
                                .contains(String.valueOf(reason.code())))) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void told(TakenSlot slot) {
        var _ = conditionally(
                what("record that " + slot.execution() + " was told about its slot"),
                () -> dynamoDb.updateItem(request -> request.tableName(table)
                        .key(key(SLOT, place(slot.number())))
                        .updateExpression("REMOVE #token")
                        .conditionExpression("execution = :execution")
                        .expressionAttributeNames(Map.of("#token", TOKEN))
                        .expressionAttributeValues(Map.of(":execution", text(slot.execution())))));
    }

    @Override
    public boolean free(int slot, String execution) {
        return conditionally(
                what("free the slot of " + execution),
                () -> dynamoDb.deleteItem(request -> request.tableName(table)
                        .key(key(SLOT, place(slot)))
                        .conditionExpression("execution = :execution")
                        .expressionAttributeValues(Map.of(":execution", text(execution)))));
    }

    @Override
    public void remove(String name, Instant startedAt) {
        var _ = translated(
                what("remove " + name + " from the queue"),
                () -> dynamoDb.deleteItem(request -> request.tableName(table).key(key(name, startedAt))));
    }

    /** A transaction of another invocation on the same item makes a call fail that can be repeated. */
    private static <T> T translated(String call, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (SdkException e) {
            throw AwsErrors.failed(call, e, Set.of("TransactionConflictException"));
        }
    }

    /** Whether the condition of the call was met. */
    private static boolean conditionally(String call, Runnable change) {
        return translated(call, () -> {
            try {
                change.run();
                return true;
            } catch (ConditionalCheckFailedException e) {
                return false;
            }
        });
    }

    private QueryRequest.Builder query(String kind) {
        return QueryRequest.builder()
                .tableName(table)
                .consistentRead(true)
                .keyConditionExpression("kind = :kind")
                .expressionAttributeValues(Map.of(":kind", text(kind)));
    }

    private String what(String call) {
        return call + " in the table \"" + table + "\"";
    }

    private static Map<String, AttributeValue> item(QueuedRun run) {
        return Map.of(
                KIND, text(WAITING),
                PLACE, text(place(run.name(), run.startedAt())),
                EXECUTION, text(run.execution()),
                NAME, text(run.name()),
                STARTED_AT, text(TIME.format(run.startedAt())),
                TOKEN, text(run.token()));
    }

    private static QueuedRun queued(Map<String, AttributeValue> item) {
        return new QueuedRun(
                value(item, EXECUTION), value(item, NAME), Instant.parse(value(item, STARTED_AT)), value(item, TOKEN));
    }

    private static TakenSlot slot(Map<String, AttributeValue> item) {
        return new TakenSlot(
                Integer.parseInt(value(item, PLACE)),
                value(item, EXECUTION),
                Optional.ofNullable(item.get(TOKEN)).map(AttributeValue::s));
    }

    private static String value(Map<String, AttributeValue> item, String name) {
        return requireNonNull(item.get(name), name).s();
    }

    private static Map<String, AttributeValue> key(String name, Instant startedAt) {
        return key(WAITING, place(name, startedAt));
    }

    private static Map<String, AttributeValue> key(String kind, String place) {
        return Map.of(KIND, text(kind), PLACE, text(place));
    }

    private static String place(String name, Instant startedAt) {
        return TIME.format(startedAt) + "#" + name;
    }

    private static String place(int slot) {
        return String.format(Locale.ROOT, "%04d", slot);
    }

    private static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }
}
