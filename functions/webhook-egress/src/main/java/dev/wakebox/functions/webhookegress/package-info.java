/** The platform's webhook about a completed job. */
@NullMarked
package dev.wakebox.functions.webhookegress;

import org.jspecify.annotations.NullMarked;
