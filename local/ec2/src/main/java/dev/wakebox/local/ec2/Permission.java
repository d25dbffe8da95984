package dev.wakebox.local.ec2;

import java.util.Map;

/**
 * A permission that the caller of an operation needs.
 *
 * @param action such as {@code ec2:StopInstances}
 * @param resource the ARN of the resource, or {@code *}
 * @param context the condition keys of the request and the resource, each with a text or a list of texts
 */
public record Permission(String action, String resource, Map<String, ?> context) {
    public Permission {
        context = Map.copyOf(context);
    }
}
