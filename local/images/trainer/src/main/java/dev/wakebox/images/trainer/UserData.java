package dev.wakebox.images.trainer;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.HashMap;
import java.util.List;

/** The user data of the instance: lines such as {@code BUCKET=my-bucket}; other lines are ignored. */
record UserData(String bucket, TrainerFault fault) {
    static UserData parse(List<String> lines) {
        var values = new HashMap<String, String>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        String bucket = values.getOrDefault("BUCKET", "");
        if (bucket.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, "The user data names no bucket; add a line BUCKET=<name>.");
        }
        return new UserData(bucket, fault(values.getOrDefault("TRAINER_FAULT", "")));
    }

    private static TrainerFault fault(String value) {
        return switch (value) {
            case "" -> TrainerFault.NONE;
            case "crash" -> TrainerFault.CRASH;
            case "hang" -> TrainerFault.HANG;
            default ->
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "TRAINER_FAULT is \"" + value + "\" in the user data; it must be \"crash\" or \"hang\".");
        };
    }
}
