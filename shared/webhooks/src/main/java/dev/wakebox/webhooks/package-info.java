/** Webhooks as the specification Standard Webhooks describes them. */
@NullMarked
package dev.wakebox.webhooks;

import org.jspecify.annotations.NullMarked;
