package dev.wakebox.runtime;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.jr.ob.JacksonJrExtension;
import com.fasterxml.jackson.jr.ob.api.ExtensionContext;
import com.fasterxml.jackson.jr.ob.api.ReaderWriterProvider;
import com.fasterxml.jackson.jr.ob.api.ValueWriter;
import com.fasterxml.jackson.jr.ob.impl.JSONWriter;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record as a JSON object with its components in the order of their declaration. A null component is written as
 * null, an empty {@link Optional} is left out (jackson-jr's own writer can't leave out one component), and an instant is written in
 * ISO 8601.
 */
final class RecordWriter implements ValueWriter {
    /** Makes jackson-jr use this writer for every record. */
    static final JacksonJrExtension EXTENSION = new JacksonJrExtension() {
        @Override
        protected void register(ExtensionContext context) {
            context.appendProvider(new ReaderWriterProvider() {
                @Override
                public @Nullable ValueWriter findValueWriter(JSONWriter writer, Class<?> type) {
                    return type.isRecord() ? new RecordWriter(type) : null;
                }
            });
        }
    };

    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    private record Component(String key, Method accessor) {}

    private final Class<?> type;
    private final List<Component> components = new ArrayList<>();

    private RecordWriter(Class<?> type) {
        this.type = type;
        boolean snakeCase = type.isAnnotationPresent(SnakeCase.class);
        for (RecordComponent component : type.getRecordComponents()) {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true); // the record may be private to another class
            components.add(new Component(snakeCase ? snakeCase(component.getName()) : component.getName(), accessor));
        }
    }

    @Override
    public void writeValue(JSONWriter context, JsonGenerator generator, Object value) throws IOException {
        generator.writeStartObject();
        for (Component component : components) {
            Object written = read(component, value);
            if (written instanceof Optional<?> optional) {
                if (optional.isEmpty()) {
                    continue;
                }
                written = optional.get();
            }
            generator.writeFieldName(component.key());
            context.writeValue(written instanceof Instant instant ? instant.toString() : written);
        }
        generator.writeEndObject();
    }

    @Override
    public Class<?> valueType() {
        return type;
    }

    private static @Nullable Object read(Component component, Object value) {
        try {
            return component.accessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("The record's component " + component.key() + " could not be read.", e);
        }
    }

    private static String snakeCase(String name) {
        return CAPITAL.matcher(name).replaceAll(capital -> "_" + capital.group().toLowerCase(Locale.ROOT));
    }
}
